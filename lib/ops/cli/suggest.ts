import { nearest } from '../../settings/mistakes.ts';

/** ` Did you mean "x"?` for a mistyped or shortened word; empty where nothing is near. */
export function suggestion(given: string, known: Iterable<string>): string {
  const names = [...known];
  const word = given.toLowerCase().slice(0, 40);
  const begun = word.length > 1 ? names.find((name) => name.startsWith(word)) : undefined;
  const best = begun ?? nearest(word, names);
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}
