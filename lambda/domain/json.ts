/**
 * JSON as ESPs send it: cut into slices without re-serialising, parsed without losing digits, refused without being quoted
 * (`JSON.parse` quotes its input in its errors).
 */

/** Deeper nesting than any ESP sends; recursion over it stays far from the stack's end. */
export const MAX_DEPTH = 64;

/**
 * More commas and brackets than the largest body of an ESP has (a payload of 4 MiB has some 150,000): the memory and time of what is read
 * grow with them, not with the text.
 */
export const MAX_VALUES = 500_000;

/** Text is not JSON we accept. `message` holds an offset at most, never the input. */
export class UnreadableJson extends Error {
  override readonly name: string = 'UnreadableJson';
}

/** There is more in it than we take; its text may be all right. */
export class TooManyValues extends UnreadableJson {
  override readonly name = 'TooManyValues';
}

/**
 * Parses; an integer beyond 2^53 becomes a string of its digits, so that 64-bit ids survive.
 * @throws UnreadableJson on anything but JSON, and on nesting deeper than `maxDepth` or more values than `maxValues`.
 */
export function parseJson(text: string, maxDepth = MAX_DEPTH, maxValues = MAX_VALUES): unknown {
  return parseWalked(text, walk(text, maxValues), maxDepth);
}

/** As {@link parseJson} and {@link sliceElements} together, looking through the text once. @throws UnreadableJson also beyond `maxElements`. */
export function parseElements(
  text: string,
  maxElements = Number.POSITIVE_INFINITY,
): { readonly value: unknown; readonly slices: readonly string[] } {
  const walked = walk(text);
  if (walked.cuts.length > maxElements) throw new TooManyValues(`an array of more than ${maxElements} elements`);
  return { value: parseWalked(text, walked, MAX_DEPTH), slices: elementsAt(text, walked.cuts) };
}

/** As {@link parseJson} and {@link sliceMember} together, looking through the text once. */
export function parseMembers(
  text: string,
  maxDepth = MAX_DEPTH,
): { readonly value: unknown; readonly slice: (name: string) => string | undefined } {
  const walked = walk(text);
  return { value: parseWalked(text, walked, maxDepth), slice: (name) => memberAt(text, walked.cuts, name) };
}

function parseWalked(text: string, { deepest, longNumber }: Walked, maxDepth: number): unknown {
  if (deepest > maxDepth) throw new UnreadableJson(`nested deeper than ${maxDepth}`);
  try {
    return longNumber ? JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) : JSON.parse(text);
  } catch (error) {
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new UnreadableJson(at === undefined ? 'not JSON' : `not JSON at offset ${at}`);
  }
}

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return context.source !== undefined && /^-?\d+$/.test(context.source) ? context.source : value;
}

/**
 * The elements of a top-level array, or the document itself if it is no array, as slices of `text`.
 * Call on text that {@link parseJson} accepted.
 */
export const sliceElements = (text: string): string[] => elementsAt(text, walk(text).cuts);

function elementsAt(text: string, cuts: readonly number[]): string[] {
  if (!/^\s*\[/.test(text)) return [text.trim()];
  let start = text.indexOf('[') + 1;
  const slices = cuts.map((at) => {
    const slice = text.slice(start, at).trim();
    start = at + 1;
    return slice;
  });
  return slices.filter((slice) => slice !== '');
}

/** The value of one member of a top-level object as a slice; undefined if the member is absent. */
export const sliceMember = (text: string, name: string): string | undefined => memberAt(text, walk(text).cuts, name);

function memberAt(text: string, cuts: readonly number[], name: string): string | undefined {
  let start = text.indexOf('{') + 1;
  let found: string | undefined;
  for (const at of cuts) {
    const member = /^\s*("(?:[^"\\]|\\.)*")\s*:/s.exec(text.slice(start, at));
    if (member?.[1] !== undefined && JSON.parse(member[1]) === name)
      found = text.slice(start + member[0].length, at).trim();
    start = at + 1;
  }
  return found;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;

interface Walked {
  readonly deepest: number;
  /** A number of 16 digits or more stands outside strings: parsed as usual it may lose some. */
  readonly longNumber: boolean;
  /** Where what the outermost array or object holds ends: at each of its commas, and at its own end. */
  readonly cuts: readonly number[];
}

/** Looks at everything outside strings. Those are skipped with `indexOf`, which keeps this well under the cost of parsing. */
function walk(text: string, maxValues = MAX_VALUES): Walked {
  const cuts: number[] = [];
  let depth = 0;
  let deepest = 0;
  let digits = 0;
  let longest = 0;
  let values = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      i = endOfString(text, i);
      continue;
    }
    if (code >= 0x30 && code <= 0x39) {
      digits++;
      continue;
    }
    if (digits > longest) longest = digits;
    digits = 0;
    if (code === COMMA) {
      values++;
      if (depth === 1) cuts.push(i);
    } else if (code === BRACKET_OPEN || code === BRACE_OPEN) {
      values++;
      if (++depth > deepest) deepest = depth;
    } else if ((code === BRACKET_CLOSE || code === BRACE_CLOSE) && --depth === 0) {
      cuts.push(i);
    }
    if (values > maxValues) throw new TooManyValues(`JSON of more than ${maxValues} values`);
  }
  return { deepest, longNumber: Math.max(longest, digits) >= 16, cuts };
}

function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close !== -1; close = text.indexOf('"', close + 1)) {
    if (text.charCodeAt(close - 1) !== BACKSLASH) return close;
    let backslashes = 0;
    while (text.charCodeAt(close - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return close;
  }
  return text.length;
}
