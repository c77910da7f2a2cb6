/** Dividing work into what one request, or one moment, can take. */

/** The items in order, in groups of at most `size`. */
export const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_none, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** The items in order, in groups of at most `most` items and `bytes` bytes; one that is larger by itself stands alone. */
export function packed<T>(
  items: readonly T[],
  sizeOf: (item: T) => number,
  { most = Number.POSITIVE_INFINITY, bytes }: { readonly most?: number; readonly bytes: number },
): T[][] {
  const groups: T[][] = [];
  let filled = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const group = groups.at(-1);
    if (group && group.length < most && filled + size <= bytes) {
      group.push(item);
      filled += size;
    } else {
      groups.push([item]);
      filled = size;
    }
  }
  return groups;
}

/** Runs over all items, `most` of them at a time. */
export async function inParallel<T>(items: Iterable<T>, most: number, run: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await run(next.value);
  };
  await Promise.all(Array.from({ length: most }, worker));
}
