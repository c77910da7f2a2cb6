/** In any order: where the time ends before all is seen, what was is a fair sample of the whole, and another one each time. */
export function shuffled<T>(items: readonly T[]): readonly T[] {
  const order = items.map((item) => ({ item, by: Math.random() }));
  return order.sort((a, b) => a.by - b.by).map(({ item }) => item);
}
