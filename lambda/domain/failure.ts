import type { BounceCause, BounceClass } from './event.ts';

/** What an SMTP reply says about a failure, where the ESP gives a code or a text only. */
export interface Failure {
  readonly bounceClass: BounceClass;
  readonly bounceCause?: BounceCause;
  readonly smtpCode?: number;
  /** Enhanced status code, e.g. `5.1.1`. */
  readonly smtpStatus?: string;
}

export interface Reply {
  /** Basic code, 200..599. */
  readonly code?: number | undefined;
  /** Enhanced status code. */
  readonly status?: string | undefined;
  readonly text?: string | undefined;
}

/** What a receiver has to say is said by then; bounds the work of the patterns below. */
const MAX_TEXT = 2000;

type Verdict = readonly [BounceClass, (BounceCause | undefined)?];

const MAILBOX_TEXT =
  /(user|recipient|mailbox|address|account|email)( account)?( is| was)? ?(unknown|not found|does ?n[o']t exist|invalid|inactive|disabled|unavailable|rejected: unknown)|(unknown|invalid|no such|nonexistent|non-existent) (local )?(user|recipient|mailbox|address|account)|not a (valid|known) (user|mailbox|recipient)|no mailbox here|(does ?n[o']t|no longer) have an? \S{1,80} account/i;
const DOMAIN_TEXT =
  /(domain|host)( name)?( is)? ?(not found|unknown|does ?n[o']t exist|invalid)|(no such|unknown) (domain|host)|no (mx|mail host)|unrouteable/i;
const FULL_TEXT = /(mailbox|quota|storage|inbox)( is| was| size)?[ _]?(full|exceeded|over)|over ?quota|quota exceeded/i;
const CONTENT_TEXT = /\bspam(?!haus|cop)|content (rejected|filter)|virus|malware|phish/i;
const REPUTATION_TEXT = /block ?list|blacklist|reputation|\brbl\b|spamhaus|spamcop|denylist/i;
const POLICY_TEXT =
  /\bpolicy|dmarc|\bspf\b|dkim|not (allowed|authori[sz]ed)|access denied|relay(ing)? denied|rate limit|too many|\bblock(ed)?\b/i;

/** Enhanced codes that say it plainly; RFC 3463 and the IANA registry of enhanced status codes. */
const BY_STATUS: Readonly<Record<string, Verdict>> = {
  '5.1.0': ['hard'],
  '5.1.1': ['hard', 'mailbox'],
  '5.1.2': ['hard', 'domain'],
  '5.1.3': ['hard', 'mailbox'],
  '5.1.6': ['hard', 'mailbox'],
  '5.1.7': ['block', 'policy'],
  '5.1.8': ['block', 'policy'],
  '5.1.10': ['hard', 'domain'],
  '5.2.1': ['hard', 'mailbox'],
  '5.2.2': ['soft', 'full'],
  '5.2.3': ['soft', 'technical'],
  '5.3.4': ['soft', 'technical'],
  '5.4.4': ['hard', 'domain'],
  '5.4.7': ['soft', 'technical'],
};

/**
 * Class and cause of a failure from code, enhanced status and text, the plainest first. A bare 550 is not called hard: many
 * receivers answer it for policy blocks.
 */
export function classifyFailure(reply: Reply): Failure {
  const text = (reply.text ?? '').slice(0, MAX_TEXT);
  const smtpCode = basicCode(reply.code) ?? basicCode(Number(/^\D{0,20}?([245]\d\d)\b/.exec(text)?.[1]));
  const given = enhanced(reply.status);
  // `5.0.0` says no more than "failed": a code in the text that says what, wins.
  const smtpStatus = (given?.endsWith('.0.0') ? enhanced(text) : undefined) ?? given ?? enhanced(text);
  const [bounceClass, bounceCause] = verdict(smtpCode, smtpStatus, text);
  return {
    bounceClass,
    ...(bounceCause && { bounceCause }),
    ...(smtpCode !== undefined && { smtpCode }),
    ...(smtpStatus !== undefined && { smtpStatus }),
  };
}

function verdict(code: number | undefined, status: string | undefined, text: string): Verdict {
  const blocked = blockCause(text);
  if (status?.startsWith('5.7.')) return ['block', blocked ?? 'policy'];
  if (status?.startsWith('4.')) return ['soft', FULL_TEXT.test(text) || status === '4.2.2' ? 'full' : 'technical'];
  // Microsoft 365 answers so where its directory does not know the recipient.
  if (status === '5.4.1' && /recipient address rejected/i.test(text)) return ['hard', 'mailbox'];
  const known = status === undefined ? undefined : Object.hasOwn(BY_STATUS, status) ? BY_STATUS[status] : undefined;
  if (known) return known[1] || known[0] !== 'hard' ? known : ['hard', hardCause(text)];
  if (code !== undefined && code >= 400 && code < 500) return ['soft', FULL_TEXT.test(text) ? 'full' : 'technical'];
  if (FULL_TEXT.test(text)) return ['soft', 'full'];
  // "blocked" beside "user unknown" is a block: a wrong hard bounce silences a person, a wrong block does not.
  if (blocked) return ['block', blocked];
  const cause = hardCause(text);
  if (cause) return ['hard', cause];
  return status?.startsWith('5.1.') ? ['hard'] : ['undetermined'];
}

const hardCause = (text: string): BounceCause | undefined =>
  DOMAIN_TEXT.test(text) ? 'domain' : MAILBOX_TEXT.test(text) ? 'mailbox' : undefined;

const blockCause = (text: string): BounceCause | undefined =>
  CONTENT_TEXT.test(text)
    ? 'content'
    : REPUTATION_TEXT.test(text)
      ? 'reputation'
      : POLICY_TEXT.test(text)
        ? 'policy'
        : undefined;

const basicCode = (code: number | undefined): number | undefined =>
  code !== undefined && Number.isInteger(code) && code >= 200 && code < 600 ? code : undefined;

/** The first enhanced status code in a text. */
const enhanced = (text: string | undefined): string | undefined =>
  /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(text ?? '')?.[1];
