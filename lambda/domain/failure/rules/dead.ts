import { DOMAIN, MAILBOX, type Rule, says } from '../rule.ts';

/** (e) Only now the mailbox or the domain: a thing people have, and that it is not there. */

const WHO =
  '(?:users?(?! agent)|recipients?|mail ?boxe?s?|mbox|accounts?|(?<!\\b(?:ip|network|forwarding) )ad?dress(?:ee|e)?|alias|inbox|e-?mail(?! (?:content|message|format|header|body|size|policy))|rcpt(?:to)?|local[- ]part|user ?-?(?:name|id)|customer|subscriber|person|mail drop)';

/** "E-mail" is the message as often as the mailbox: it cannot be called closed, expired or invalid. */
const BOX = WHO.replace('e-?mail(?! (?:content|message|format|header|body|size|policy))', 'e-?mail (?:user|id)');

/** Whom the state belongs to must not change on the way to it: a user's database, key or quota is not the user. */
const SO_THAT =
  '(?:(?!\\b(?:sender|from|domain|hosts?|messages?|servers?|client|ip|policy|but|database|store|stored|storage|backend|cluster|services?|verification|lookup|dns|licen[cs]es?|keys?|reason|status|settings?|preferences?|profile|type|character|language|quota|limits?|retry|queue|organi[sz]ation|(?:system|directory)(?= (?:is|was|not|unavailable|unknown)))\\b)[^.;!?]){0,60}?';

/** "The key for this user", "the status of the user": something of theirs is spoken of, not they. */
const ITSELF = '(?<!\\b(?:for|of) (?:(?:the|this|that|your|intended) ){0,2})';

const GONE =
  "(?:unknown(?! (?:error|reason|mailer|problem|host|command|failure|cause|sender|domain|language))|not (?:known|found|registered(?! (?:with|on|in|to) (?:your|this|the) account)|listed|recogni[sz]ed|hosted here)|found nowhere|(?:can|could)? ?n[o']t be (?:found|located)(?! in (?:the )?(?:cache|message))|(?:do(?:e?s)?|did|is) ?n?[o']?t? ?exists?|does no exists?|not exists?|not exist|no longer exists?|non-?exist[ae]nt|no longer on|not in (?:our |the )?(?:directory|address|user|table))";

const CLOSED =
  "(?:invalid(?! (?!(?:or|and|for|at|in|on|here|recipient|user|mailbox|address|please|check|due)\\b)\\p{L})|(?:not|isn't) valid|inactiv(?:e|ity)|(?<!\\bhas )(?:disabled|de-?activated)|suspended|closed(?! (?:until|for|today)\\b)|terminated|discontinued|cancell?ed|(?:deleted|removed)(?! (?:the|your|from (?:this|the|your) (?:mailing )?list)\\b)|expired|unavailable|not active|no longer (?:valid|available|active|used|in use|in service|works?|monitored)|(?:no longer (?:accept(?:s|ing)?|receives?)|does ?n[o']t (?:accept|receive)(?= (?:e-?mail|mail|message)))(?: (?:any )?(?:incoming )?(?:e-?mails?|mails?|messages))?(?= ?(?:[.,;:!?()]|$|at\\b|here\\b|any ?more|any longer))|not (?:used|in use) any ?more|abandoned|dormant|retired|undeliverable|unrout[e]?able)";

const WHICH =
  '(?:(?:local|mail|e-?mail|recipient|destination|target|rcpt|smtp|internal|virtual|final delivery|or|invalid|illegal|active|existing|known|to|@) ){0,3}';

const THE = '(?:(?:the|this|that|a|any|such|your|matching|intended|requested|recipient) ){0,3}';

export const DOMAIN_RULES: readonly Rule[] = [
  {
    name: 'domain-gone',
    says: says(
      `\\bdomain(?: name)?\\b(?:(?!\\b(?:users?|mailbox|accounts?|sender|recipients?|message|config|configuration|settings?|keys?|controllers?|quota|database)\\b)[^.;!?]){0,60}?(?:not found|does ?n[o']t exist|do not exist|not exist|\\bunknown\\b|\\binvalid\\b|not valid|no longer exists|not registered(?! (?:with|on|in|to) (?:your|this|the) account)|has no mx|(?:has|is) expired|no longer (?:active|valid|in use|in service)|no mail (?:server|exchanger))`,
      '\\b(?:find|found for) the (?:recipient )?domain\\b',
    ),
    verdict: DOMAIN,
  },
  {
    name: 'no-such-domain',
    says: says(
      '\\b(?:no such|unknown|invalid|non-?exist[ae]nt|bad|unrout[e]?able)[ -](?:mail |recipient |destination |e-?mail |dns )?(?:domain|hosts?|system address)\\b',
      '\\bnxdomain\\b',
    ),
    verdict: DOMAIN,
  },
  {
    name: 'host-unknown',
    says: says(
      '\\bhost(?: or domain)?(?: name)? (?:is )?(?:not found|unknown|not known|does not exist)(?!,? try again)',
      '\\bname or service not known\\b',
      '\\bany host named\\b',
      '\\bfind (?:a|any) mail exchanger',
      '\\bno data record\\b',
      '\\bno (?:mx|mail (?:server|exchanger|host))s?\\b(?! (?:servers? |hosts? )?(?:available|respond\\w{0,3}|answer\\w{0,3}|could|reachable|accept\\w{0,3}))',
      '\\bmx records? (?:was |is )?not found\\b',
    ),
    verdict: DOMAIN,
  },
  {
    name: 'null-mx',
    says: says(
      '\\bnull ?mx\\b',
      '\\bindicated no smtp service\\b',
      '\\bdomain (?:@ )?does not accept (?:e-?)?mail\\b(?! from)',
    ),
    verdict: DOMAIN,
  },
  {
    name: 'domain-elsewhere',
    says: says(
      'domain existiert nicht',
      'domaine (?:inexistant|inconnu)',
      'dominio (?:no existe|inesistente|sconosciuto)',
      'domínio (?:não existe|inexistente)',
      '域名不存在',
    ),
    verdict: DOMAIN,
  },
];

export const MAILBOX_RULES: readonly Rule[] = [
  {
    name: 'directory-edge',
    says: says('recipient address rejected: access denied'),
    status: '5.4.1',
    verdict: MAILBOX,
  },
  {
    name: 'unknown-after-data',
    says: says('^\\{data\\}[^\\n]{0,300}(?:unknown user|user unknown)'),
    verdict: ['undetermined'],
  },
  {
    name: 'unknown-by-filter',
    says: says('\\b(?:unknown user|user unknown)\\b'),
    status: '5.2.0',
    verdict: ['undetermined'],
  },
  {
    name: 'mailbox-gone',
    says: says(
      `${ITSELF}\\b${WHO}\\b${SO_THAT}\\b${GONE}\\b`,
      `(?<!from )(?<!for )(?<!command )(?<!\\bhost ?name )@[:, ]{1,3}(?:is |was )?(?!not recogni)${GONE}\\b`,
    ),
    verdict: MAILBOX,
  },
  {
    name: 'cannot-find-mailbox',
    says: says(
      `\\b(?:can ?n[o']t|can't|could ?n[o']t|unable to|not able to|failed to) (?:find|locate) ${THE}${WHO}\\b(?!(?:'s)? (?:e-?mail |mail )?(?:servers?|hosts?|settings?|database|domain|store|keys?|profile|dns|mx|quota|system|config\\w{0,9})\\b)`,
    ),
    verdict: MAILBOX,
  },
  {
    name: 'no-such-mailbox',
    says: says(
      `\\b(?:no such|unknown|undefined|wrong|non-?exist[ae]nt|non-?existing|unexisting) ${WHICH}${WHO}\\b`,
      `\\bno (?!recipients found)${WHICH}${WHO} (?:here|by|called|named|with|at|in|found|for|exists?|@)(?!\\w)`,
      `\\b(?:not|isn't) an? (?:valid|known|registered|local) ${WHICH}${WHO}\\b`,
    ),
    verdict: MAILBOX,
  },
  {
    name: 'not-here',
    says: says(
      '\\b(?:nobody|no one) (?:here )?(?:by|at|with) (?:that|this) (?:name|address)\\b',
      '\\bnot our customer\\b',
      '\\bnot user of this\\b',
      "\\b(?:does ?n[o']t|no longer|do not) have an? [^.;!?]{0,40}\\b(?:account|mailbox)\\b",
      "\\bdon't have a user\\b",
      '\\bno longer (?:with (?:this|the|us|our)|employed|works)\\b',
      '\\bleft (?:the )?(?:company|organi[sz]ation)\\b',
      '\\bhas moved[;,]? (?:to @|(?:please )?try @|(?:and left )?no forwarding)',
      '\\bformer employee\\b',
      "\\b(?:do not|don't) know (?:this|that|any) (?:user|recipient|address|person)\\b",
      "n[o']t live here\\b",
      '\\bno record of\\b',
      '\\bunrout[e]?able address\\b',
      '\\bunavailable mail user\\b',
      '\\b(?:ex)?recip(?:ient)?notfound\\b',
      '\\bmailbox has moved\\b',
      '\\bdoes not receive mail here\\b',
      '\\bno such active\\b',
    ),
    verdict: MAILBOX,
  },
  {
    name: 'mailbox-closed',
    says: says(`${ITSELF}\\b${BOX}\\b${SO_THAT}\\b${CLOSED}(?!\\w)`),
    weak: true,
    verdict: MAILBOX,
  },
  {
    name: 'closed-mailbox',
    says: says(
      `\\b(?:invalid|incorrect|illegal|inactive|disabled|de-?activated|suspended|closed|bad|undeliverable|not a valid|not valid)[ -]${WHICH}${BOX}\\b(?! (?:limit|count)\\b)`,
    ),
    weak: true,
    verdict: MAILBOX,
  },
  {
    name: 'recipient-rejected',
    says: says('\\baddress rejected[ .:]{0,3}@?[ .]{0,2}$'),
    weak: true,
    verdict: MAILBOX,
  },
  {
    name: 'recipient-rejected-as-unknown',
    says: says('\\brecipient (?:rejected|refused)[ .:]{0,3}(?:ib\\d{0,4})?$'),
    status: '5.1.1',
    verdict: MAILBOX,
  },
];
