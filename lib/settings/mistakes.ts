import type { BaseIssue, GenericSchema } from 'valibot';

/** One mistake: where it stands in the file, and what is wrong with it. */
export interface Mistake {
  readonly path: readonly string[];
  readonly problem: string;
}

/** All mistakes of one settings file, in its message. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * What a valibot issue means to the person who wrote the file; none where {@link strayKeys} says it better.
 * @param input what was checked, and `prefix` where that stands in the file
 */
export function mistakeOf(issue: BaseIssue<unknown>, input: unknown, prefix: readonly string[] = []): Mistake[] {
  if (issue.expected === 'never') return [];
  const within = (issue.path ?? []).map((item) => String(item.key));
  const path = [...prefix, ...within];
  if (issue.path?.at(-1)?.origin === 'key')
    return [
      { path, problem: issue.type === 'object' ? 'missing: it has no default' : `the name must be ${issue.message}` },
    ];
  return [{ path, problem: `is ${quote(at(input, within))}, allowed: ${issue.message}` }];
}

/** Members that no schema knows, at any depth. Their values are not quoted: one of them may be a secret in the wrong place. */
export function strayKeys(
  schema: GenericSchema,
  input: unknown,
  path: readonly string[] = [],
  alsoKnown: readonly string[] = [],
): Mistake[] {
  const inner = unwrapped(schema, input);
  if (!('entries' in inner)) return [];
  if (Array.isArray(input)) return [{ path, problem: 'is a list, allowed: an object' }];
  if (!isObject(input)) return [];
  const entries = new Map(Object.entries(inner.entries as Record<string, GenericSchema>));
  return Object.entries(input).flatMap(([key, value]) => {
    const known = entries.get(key);
    return known
      ? strayKeys(known, value, [...path, key])
      : [unknownKey([...path, key], [...alsoKnown, ...entries.keys()])];
  });
}

/** The schema that a value meets, inside what makes it optional or chooses by it. */
function unwrapped(schema: GenericSchema, input: unknown): GenericSchema {
  if ('wrapped' in schema) return unwrapped(schema.wrapped as GenericSchema, input);
  return 'getter' in schema ? (schema.getter as (input: unknown) => GenericSchema)(input) : schema;
}

function unknownKey(path: readonly string[], known: readonly string[]): Mistake {
  const key = path.at(-1) ?? '';
  if (/secret|key|token|password/i.test(key)) {
    return { path, problem: 'unknown; secrets never stand in this file, set them with "npm run ops -- secrets set"' };
  }
  const guess = nearest(key, known);
  return { path, problem: `unknown;${guess ? ` did you mean "${guess}"?` : ''} known here: ${known.join(', ')}` };
}

/** The candidate that is a few keystrokes away. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const reach = Math.max(2, Math.floor(word.length / 3));
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= reach)
    .sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const swap = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const at = (document: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
