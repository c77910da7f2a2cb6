/** Rows of a list in help and messages: what, two spaces after the longest of them, what it is. */
export function twoColumns(rows: Iterable<readonly [what: string, is: string]>): string[] {
  const all = [...rows];
  const width = Math.max(0, ...all.map(([what]) => what.length));
  return all.map(([what, is]) => `  ${what.padEnd(width)}  ${is}`);
}
