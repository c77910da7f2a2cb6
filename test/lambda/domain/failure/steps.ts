/**
 * How many ways a pattern can go on from one place, at most: the product of what its repetitions allow. Throws where one has no
 * bound or stands around another. A text of n letters costs no more than n times that.
 */
export function bounded(source: string): number {
  const { steps } = read(source, 0);
  return steps;
}

/** What a pattern says, one way or the other: its parts between bars that stand in no bracket. */
export function alternatives(source: string): readonly string[] {
  const parts: string[] = [];
  for (let from = 0, at = 0; ; ) {
    if (at >= source.length || source[at] === '|') {
      parts.push(source.slice(from, at));
      if (at >= source.length) return parts;
      from = ++at;
    } else at = readAtom(source, at).at;
  }
}

interface Read {
  readonly at: number;
  readonly steps: number;
  readonly repeats: boolean;
}

/** One alternative after the other, to the closing bracket or the end. */
function read(source: string, from: number): Read {
  let at = from;
  let [most, product, repeats] = [1, 1, false];
  while (at < source.length && source[at] !== ')') {
    if (source[at] === '|') {
      most = Math.max(most, product);
      product = 1;
      at++;
      continue;
    }
    const atom = readAtom(source, at);
    const times = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(source.slice(atom.at));
    at = atom.at + (times?.[0].length ?? 0);
    const [allowed, unbounded] = range(times);
    if (unbounded) throw new Error(`no bound: ${source}`);
    if (allowed > 1 && atom.repeats) throw new Error(`repeats what repeats: ${source}`);
    product *= atom.steps * (allowed > 1 ? allowed + 1 : 1);
    repeats ||= atom.repeats || allowed > 1;
  }
  return { at, steps: Math.max(most, product), repeats };
}

function range(times: RegExpExecArray | null): readonly [number, boolean] {
  if (!times) return [0, false];
  if (times[0].startsWith('?')) return [1, false];
  if (!times[0].startsWith('{')) return [Number.POSITIVE_INFINITY, true];
  const [, low = '0', more, high] = times;
  if (more === undefined) return [0, false];
  return [Number(high) - Number(low), high === ''];
}

function readAtom(source: string, at: number): Read {
  if (source[at] === '\\')
    return {
      at: at + (/^\\p\{/.test(source.slice(at)) ? source.indexOf('}', at) - at + 1 : 2),
      steps: 1,
      repeats: false,
    };
  if (source[at] === '[') return { at: classEnd(source, at + 1), steps: 1, repeats: false };
  if (source[at] !== '(') return { at: at + 1, steps: 1, repeats: false };
  const opening = /^\((?:\?(?:<?[=!]|:))?/.exec(source.slice(at))?.[0] ?? '(';
  const inside = read(source, at + opening.length);
  const looks = /[=!]$/.test(opening);
  return { at: inside.at + 1, steps: looks ? 1 : inside.steps, repeats: inside.repeats };
}

function classEnd(source: string, from: number): number {
  let at = from;
  while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}
