import type { BounceCause, BounceClass } from '../event/event.ts';
import { type Rule, SENDER, type Verdict } from './rule.ts';
import { FULL_RULES, RULES } from './rules/index.ts';
import { BY_CODE, BY_STATUS, ONLY_ALONE } from './statuses.ts';
import { wordsOf } from './words.ts';

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

export interface Explanation extends Failure {
  /** The rule that decided: a name out of rules/, `status 5.1.1`, `code 552`, `4xx`, or `nothing`. */
  readonly rule: string;
  /** What was left of the reply to read: no names of hosts or people. */
  readonly words: string;
}

export interface Tables {
  readonly rules: readonly Rule[];
  readonly statuses: ReadonlyMap<string, Verdict>;
  readonly codes: ReadonlyMap<number, Verdict>;
}

const TABLES: Tables = { rules: RULES, statuses: BY_STATUS, codes: BY_CODE };

/** Class and cause of a failure from code, enhanced status and text. Pure, and bounded in its work whatever the text. */
export function classifyFailure(reply: Reply): Failure {
  const { rule: _rule, words: _words, ...failure } = explainReply(reply);
  return failure;
}

/** The same, with the rule that decided. Other tables are for tests. */
export function explainReply(reply: Reply, tables: Tables = TABLES): Explanation {
  const { words, text } = wordsOf(reply.text);
  const codes = codesOf({ ...reply, text });
  const [rule, [bounceClass, bounceCause]] = decide(codes, words, text, reply, tables);
  return { bounceClass, ...(bounceCause && { bounceCause }), ...codes, rule, words };
}

type Codes = Pick<Failure, 'smtpCode' | 'smtpStatus'>;

/** The numbers of a reply: those given, else the first in the text. */
export function codesOf({ code, status, text = '' }: Reply): Codes {
  const head = text.slice(0, 2000);
  const smtpCode = basicCode(code) ?? basicCode(Number(FIRST_CODE.exec(head)?.[1]));
  const given = enhanced(status);
  // `5.0.0` says no more than "failed": a code in the text that says what, wins.
  const smtpStatus = (given?.endsWith('.0.0') ? enhanced(head) : undefined) ?? given ?? enhanced(head);
  return { ...(smtpCode !== undefined && { smtpCode }), ...(smtpStatus !== undefined && { smtpStatus }) };
}

function decide(
  { smtpCode, smtpStatus }: Codes,
  words: string,
  text: string,
  given: Reply,
  { rules, statuses, codes }: Tables,
): readonly [string, Verdict] {
  if (isTransient(smtpCode, smtpStatus, text, given)) {
    const full = smtpStatus === '4.2.2' || FULL_RULES.some((rule) => fits(rule, words, undefined));
    return ['4xx', ['soft', full ? 'full' : 'technical']];
  }
  const status = inner(smtpStatus, text);
  const rule = rules.find((one) => fits(one, words, status));
  const refused = status?.startsWith('5.7.') ?? false;
  const known = status === undefined ? undefined : statuses.get(status);
  if (rule) {
    // These two numbers name the sender's address (RFC 3463): whatever is said to be missing is ours.
    if (rule.verdict[0] === 'hard' && (status === '5.1.7' || status === '5.1.8')) return [`status ${status}`, SENDER];
    const doubtful = refused || known?.[0] === 'soft' || (smtpCode === 552 && known?.[0] !== 'hard');
    return [rule.name, rule.weak && doubtful ? ['undetermined'] : rule.verdict];
  }
  const alone = !hasWords(words);
  if (known && (alone || !ONLY_ALONE.has(status as string))) return [`status ${status}`, known];
  if (refused) return ['status 5.7.x', ['block', 'policy']];
  const byCode = smtpCode === undefined || known ? undefined : codes.get(smtpCode);
  return byCode && (alone || byCode[0] !== 'hard') ? [`code ${smtpCode}`, byCode] : ['nothing', ['undetermined']];
}

const fits = ({ says, unless, status: only }: Rule, words: string, status: string | undefined): boolean =>
  (only === undefined || only === status) && says.test(words) && !unless?.test(words);

/** A server that said "4" may take the mail tomorrow, whatever number was put in front when the ESP gave up. */
function isTransient(code: number | undefined, status: string | undefined, text: string, given: Reply): boolean {
  if (status?.startsWith('4.')) return true;
  const said = /(?:^|[^\w.])([45])(?:\d\d(?=[\s-]|$)|\.\d{1,3}\.\d{1,3})/.exec(text)?.[1];
  if (said !== undefined) return said === '4';
  return given.status === undefined && code !== undefined && code >= 400 && code < 500;
}

/** 5.1.0 is what gateways put in front of a reply that they quote. */
const inner = (status: string | undefined, text: string): string | undefined =>
  status === '5.1.0' ? (enhanced(text.replaceAll('5.1.0', '')) ?? status) : status;

/** Whether anything was said at all, beside numbers. */
export const hasWords = (words: string): boolean => /\p{L}{2}/u.test(words);

/** At the beginning, or where a mail server begins to quote another one: Postfix, Exim, sendmail. */
const FIRST_CODE = /(?:^\D{0,20}?|\bsaid: ?|\]: ?|<<< ?)([245]\d\d)\b/;

const basicCode = (code: number | undefined): number | undefined =>
  code !== undefined && Number.isInteger(code) && code >= 200 && code < 600 ? code : undefined;

/** The first enhanced status code in a text. */
const enhanced = (text: string | undefined): string | undefined =>
  /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(text ?? '')?.[1];
