import { isIP } from 'node:net';
import * as v from 'valibot';
import { REQUEST_KEY } from '../../lambda/contract/tables.ts';
import { nearest } from './mistakes.ts';

/**
 * The kinds of value a settings file holds. Each has one message: what is allowed, so that a mistake can say it beside the value given.
 */

const MINUTES = { m: 1, h: 60, d: 1440 } as const;
const toMinutes = (text: string): number => Number.parseInt(text, 10) * MINUTES[text.slice(-1) as keyof typeof MINUTES];

/** Bounds of a silence window, in minutes: what CloudWatch can watch without a gap. */
export const SHORTEST_WINDOW = 15;
export const LONGEST_WINDOW = 7 * MINUTES.d;

const WINDOW =
  'a time from "15m" to "7d" in minutes, hours or days, such as "30m", "6h" or "7d" (CloudWatch looks back no further), or false: no alarm about silence';
/** "30m", "6h", "7d"; in minutes. */
const timeSpan = v.pipe(
  v.string(WINDOW),
  v.regex(/^[1-9]\d{0,5}[mhd]$/, WINDOW),
  v.transform(toMinutes),
  v.minValue(SHORTEST_WINDOW, WINDOW),
  v.maxValue(LONGEST_WINDOW, WINDOW),
);
/** ... or false, for a source that may be quiet for longer than anybody can watch. */
export const silenceWindow = v.union([v.literal(false), timeSpan], WINDOW);

export const SOURCE_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Names of our own, in the tables and in the secret map: the heartbeat, the key of erasures, and what operators decide. */
export const RESERVED_NAME = /^(quell-.*|operator)$/;
export const NAME_RULE = 'lower-case letters, digits and hyphens, starting with a letter or digit, at most 63';
export const name = v.pipe(v.string(NAME_RULE), v.regex(SOURCE_NAME, NAME_RULE));

const CIDR = 'an IPv4 or IPv6 address or network, such as "192.0.2.0/24" or "2001:db8::/32"';
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  if (bits === undefined || address.includes('%') || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}
/** A single address becomes a network of one, so that readers know one form. */
export const cidr = v.pipe(
  v.string(CIDR),
  v.check(isNetwork, CIDR),
  v.transform((text) => (text.includes('/') ? text : `${text}/${isIP(text) === 4 ? 32 : 128}`)),
);

export const wholeNumber = (least: number, most: number, what: string) => {
  const rule = `a whole number of ${what} from ${least} to ${most}`;
  return v.pipe(v.number(rule), v.integer(rule), v.minValue(least, rule), v.maxValue(most, rule));
};

/** In percent, with decimals. */
export const percent = (least: number, most: number) => {
  const rule = `a percentage from ${least} to ${most}`;
  return v.pipe(v.number(rule), v.minValue(least, rule), v.maxValue(most, rule));
};

/** With decimals. */
export const between = (least: number, most: number, what: string) => {
  const rule = `a number of ${what} from ${least} to ${most}`;
  return v.pipe(v.number(rule), v.minValue(least, rule), v.maxValue(most, rule));
};

/** One word of a list; what is near one is asked for. */
export const oneOf = <const T extends readonly string[]>(words: T) =>
  v.picklist(words, ({ input }) => {
    const guess = typeof input === 'string' ? nearest(input, words) : undefined;
    return `one of ${words.join(', ')}${guess === undefined ? '' : `; did you mean "${guess}"?`}`;
  });

export const flag = v.boolean('true or false');

const SEARCH_KEYS =
  'a list of one to three different keys of custom data (letters, digits, "_", "-", "."), or "requestId"';
/** Custom keys are matched, and named, in lower case. */
export const searchKeys = v.pipe(
  v.array(v.pipe(v.string(SEARCH_KEYS), v.regex(/^[A-Za-z0-9_.-]{1,64}$/, SEARCH_KEYS)), SEARCH_KEYS),
  v.transform((keys) => keys.map((key) => (key === REQUEST_KEY ? key : key.toLowerCase()))),
  v.minLength(1, SEARCH_KEYS),
  v.maxLength(3, SEARCH_KEYS),
  v.check((keys) => new Set(keys).size === keys.length, SEARCH_KEYS),
);

const EMAIL = 'an e-mail address';
export const emailAddress = v.pipe(v.string(EMAIL), v.email(EMAIL));

const DURATION = 'a whole number of days (0 = never suppress), or "forever"';
export const suppressionTime = v.union(
  [
    v.literal('forever'),
    v.pipe(v.number(), v.integer(DURATION), v.minValue(0, DURATION), v.maxValue(36_500, DURATION)),
  ],
  DURATION,
);

/** What matches `pattern`; `rule` says what that is, in words. */
export const matching = (pattern: RegExp, rule: string) => v.pipe(v.string(rule), v.regex(pattern, rule));

export const httpsUrl = matching(
  /^(https:\/\/[a-z0-9.-]+(:\d+)?(\/[^\s?#]*[^\s?#/])?|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?)$/i,
  'an https URL without query and without a slash at its end, such as "https://hooks.example.com"',
);
export const alarmTarget = matching(
  /^(https:\/\/\S+|arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]{1,64}(:[a-zA-Z0-9_$-]+)?)$/,
  'an https URL, or the ARN of a Lambda function',
);
export const webPage = matching(/^https?:\/\/[^\s#]+$/, 'the URL of a page, without #');
export const hostName = matching(
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  'a host name in lower case, such as "hooks.example.com"',
);
export const certificateArn = matching(
  /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-zA-Z0-9-]+$/,
  'the ARN of a certificate in the Region of the stack',
);
export const hostedZoneId = matching(/^Z[A-Z0-9]{1,31}$/, 'the id of a Route 53 hosted zone, such as "Z0123456789ABC"');
export const tableNameOrArn = matching(
  /^(arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/)?[a-zA-Z0-9_.-]{3,255}$/,
  'name or ARN of a DynamoDB table in the account and Region of the stack',
);
export const secretArn = matching(
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[a-zA-Z0-9/_+=.@-]+-[a-zA-Z0-9]{6}$/,
  'the whole ARN of a secret in the account and Region of the stack, with the six characters at its end',
);
