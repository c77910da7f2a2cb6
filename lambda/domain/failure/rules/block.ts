import { LATER, type Rule, says, type Verdict } from '../rule.ts';

/** (d) The receiver refuses us or this mail: nothing is said of the mailbox. */

const CONTENT: Verdict = ['block', 'content'];
const POLICY: Verdict = ['block', 'policy'];

export const BLOCK_RULES: readonly Rule[] = [
  {
    name: 'spam',
    says: says(
      '\\b(?:anti-?)?spam',
      '\\bjunk',
      '\\bunsolicited\\b',
      '\\bdt:spm\\b',
      '\\bphish',
      '\\bsuspicious\\b',
      '\\bbulk mail',
    ),
    verdict: CONTENT,
  },
  {
    name: 'malware-attachment',
    says: says('\\bvirus', '\\bmalware', '\\binfected\\b', '\\battachments?\\b', '\\btrojan', '\\bsignature detected'),
    verdict: CONTENT,
  },
  { name: 'content', says: says('\\bcontent\\b'), verdict: CONTENT },
  {
    name: 'form',
    says: says(
      '\\bheaders?\\b',
      '\\bmalformed (?:mail|message|e-?mail)',
      '\\bmime\\b',
      '\\bmessage-id\\b',
      '\\bhtml\\b',
      '\\bbare (?:lf|cr)\\b',
      '\\bforged\\b',
      '\\bcomplian',
      '\\bconform',
    ),
    verdict: CONTENT,
  },
  { name: 'spam-elsewhere', says: says('垃圾邮件', '垃圾郵件', '迷惑メール', 'спам', '스팸'), verdict: CONTENT },
  {
    name: 'size',
    says: says(
      '\\b(?:message|e-?mail|mail|mailsize|attachment|file|size)\\b[^.;!?]{0,40}\\b(?:too (?:large|big|long)|exceed\\w{0,3}|size limit)\\b',
      '\\bexceed\\w{0,3} [^.;!?]{0,30}\\b(?:size|mailsize)\\b',
      '\\bsizelimit\\b',
    ),
    verdict: LATER,
  },
  {
    name: 'policy',
    says: says(
      '\\bpolic(?:y|ies)\\b',
      '\\baup#',
      '\\bacceptable use',
      '\\bsecurity\\b',
      '\\bviolat',
      '\\badministrative',
      '\\btenantattribution',
    ),
    verdict: POLICY,
  },
  {
    name: 'not-allowed',
    says: says(
      '\\bnot (?:allowed|authori[sz]ed|permitted|welcome)\\b',
      '\\bunauthori[sz]ed\\b',
      '\\bprohibited\\b',
      '\\bforbidden\\b',
      '\\brestrict(?:ed|ion)',
      '\\bnotauthorized\\b',
      '\\ballow(?:ed)?-?(?:list|ed recipients)',
      '\\bwhite-?list',
      '\\bonly accepts?\\b',
      '\\bonly (?:members|subscribers)\\b',
      '\\bnot a (?:member|subscriber)\\b',
      '\\bmoderated\\b',
      '\\btried to send to\\b[^.;!?]{0,60}\\binactive\\b',
    ),
    verdict: POLICY,
  },
  {
    name: 'blocked',
    says: says(
      '\\bblock(?:ed|ing)?\\b',
      '\\bbann?ed\\b',
      '\\bdictionary attack',
      '\\bharvest',
      '\\bbounce attack',
      '\\babuse\\b',
      '\\bcomplaints?\\b',
    ),
    unless: says('\\binactivity\\b', '\\bnot used\\b'),
    verdict: POLICY,
  },
  {
    name: 'denied',
    says: says('\\bdenied\\b', '\\bdeny\\b', '\\bdenies\\b', '\\bno access\\b'),
    verdict: POLICY,
  },
  {
    name: 'relay',
    says: says(
      '\\brelay(?:ing)?(?: access| operation)? (?:is )?(?:denied|not|disabled|prohibited|rejected|refused)',
      '\\b(?:unable|not permitted|denied|cannot|refuse[ds]?) to relay\\b',
      '\\b(?:no|open) relay\\b',
      '\\brcpthosts\\b',
      '\\bnot (?:an? )?accepted domain',
    ),
    verdict: POLICY,
  },
  { name: 'dial-up', says: says('\\bdial-?up\\b', '\\bdynamic\\b', '\\btransparent proxy'), verdict: POLICY },
];
