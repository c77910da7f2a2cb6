import { parseJson } from '../../../../lambda/domain/json.ts';
import { compact, pretty, spaced } from './respace.ts';

interface BodyVariant {
  readonly body: Buffer;
  /** How it differs from the captured body, as the end of "the ESP signed the body ...". */
  readonly how: string;
}

type Change = readonly [how: string, apply: (text: string) => string];

const AS_IS: Change = ['', (text) => text];

const ENDINGS: readonly Change[] = [
  AS_IS,
  ['without the line break at its end', (text) => text.replace(/[\r\n]+$/, '')],
  ['with a line break (LF) at its end', (text) => `${text.replace(/[\r\n]+$/, '')}\n`],
  ['with a line break (CR LF) at its end', (text) => `${text.replace(/[\r\n]+$/, '')}\r\n`],
];

const LINES: readonly Change[] = [
  ['with LF line breaks, not CR LF', (text) => text.replace(/\r\n/g, '\n')],
  ['with CR LF line breaks, not LF', (text) => text.replace(/\r?\n/g, '\r\n')],
  ['without a byte order mark', (text) => text.replace(/^\ufeff/, '')],
];

const SPACING: readonly Change[] = [
  ['without white space between its parts', compact],
  ['with a space after each colon and comma', spaced],
  ['indented by two spaces', (text) => pretty(text, '  ')],
  ['indented by four spaces', (text) => pretty(text, '    ')],
  ['indented by tabs', (text) => pretty(text, '\t')],
];

const escapeAs = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
const plainAs = (text: string, which: RegExp): string =>
  text.replace(/\\u([0-9a-f]{4})/gi, (escaped, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16));
    return which.test(char) ? char : escaped;
  });

const ESCAPES: readonly Change[] = [
  ['with non-ASCII characters as \\u escapes', (text) => text.replace(/[^\0-\x7f]/g, escapeAs)],
  ['with non-ASCII characters as they are', (text) => plainAs(text, /[^\0-\x7f]/)],
  ['with slashes escaped', (text) => text.replace(/(?<!\\)\//g, '\\/')],
  ['with slashes as they are', (text) => text.replace(/\\\//g, '/')],
  ['with <, > and & as \\u escapes', (text) => text.replace(/[<>&]/g, escapeAs)],
  ['with <, > and & as they are', (text) => plainAs(text, /[<>&]/)],
];

/**
 * What the ESP may have posted if the captured body is what a parser, an editor or a shell made of it; the smallest changes
 * first, each text once.
 */
export function* bodyVariants(body: Buffer): Generator<BodyVariant> {
  const text = body.toString('utf8');
  const json = isJson(text);
  const spacing = json ? [AS_IS, ...SPACING] : [AS_IS];
  const escapes = json ? [AS_IS, ...ESCAPES] : [AS_IS];
  const bodies = [...LINES.map((change) => [change]), ...combinations(spacing, escapes, ENDINGS)];
  const seen = new Set([text]);
  for (const changes of bodies) {
    const changed = changes.reduce((before, [, apply]) => apply(before), text);
    if (seen.has(changed)) continue;
    seen.add(changed);
    const how = changes.map(([word]) => word).filter((word) => word !== '');
    yield { body: Buffer.from(changed), how: how.join(', ') };
  }
}

/** One of each list, those with the fewest changes first. */
function combinations(...lists: readonly (readonly Change[])[]): Change[][] {
  const all = lists.reduce<Change[][]>((made, list) => made.flatMap((some) => list.map((one) => [...some, one])), [[]]);
  const changes = (one: Change[]): number => one.filter((change) => change !== AS_IS).length;
  return all.sort((a, b) => changes(a) - changes(b));
}

function isJson(text: string): boolean {
  try {
    parseJson(text.replace(/^\ufeff/, ''));
    return true;
  } catch {
    return false;
  }
}
