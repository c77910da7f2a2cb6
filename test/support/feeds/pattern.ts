/** Patterns of EventBridge, as much of them as the templates of docs/integrations use; an operator that is not known here is a mistake. */

type Leaf = string | number | boolean | null | { readonly prefix: string } | { readonly exists: boolean };
export type EventPattern = { readonly [name: string]: EventPattern | readonly Leaf[] };

/** Every member named must pass; a list passes where one of it does, and of a list of values where one of them does. */
export function passes(pattern: EventPattern, value: unknown): boolean {
  const members = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  return Object.entries(pattern).every(([name, wanted]) => {
    const found = members[name];
    if (!Array.isArray(wanted)) return passes(wanted as EventPattern, found);
    const values: readonly unknown[] = Array.isArray(found) ? found : [found];
    return (wanted as readonly Leaf[]).some((leaf) => values.some((one) => passesLeaf(leaf, one)));
  });
}

function passesLeaf(leaf: Leaf, value: unknown): boolean {
  if (typeof leaf !== 'object' || leaf === null) return leaf === value;
  if ('exists' in leaf) return leaf.exists === (value !== undefined);
  if ('prefix' in leaf) return typeof value === 'string' && value.startsWith(leaf.prefix);
  throw new Error(`no such operator here: ${Object.keys(leaf).join()}`);
}
