/** A filter of an event source mapping: objects go down into the record, a list names the values that pass. */
export type Pattern = { readonly [key: string]: Pattern | readonly (string | number | boolean | null)[] };

/** Exact values only: that is all the stack uses. */
export function passes(pattern: Pattern, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(pattern).every(([key, wanted]) => {
    const found = (value as Record<string, unknown>)[key];
    return Array.isArray(wanted) ? wanted.includes(found) : passes(wanted as Pattern, found);
  });
}
