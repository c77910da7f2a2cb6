/** Numbers of several sets of processes. What is compared was measured in the same set, taking turns. */
export interface Spread {
  readonly median: number;
  /** Quartiles: half of the sets lie between them. */
  readonly low: number;
  readonly high: number;
}

/** Linear between neighbours. @throws RangeError where there is nothing to look at. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [below = 0, above = below] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at % 1);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
});

/** Set by set, so that a machine that is slow for a while slows both sides of a ratio. */
export const ratio = (ours: readonly number[], theirs: readonly number[]): Spread =>
  spread(ours.map((value, set) => value / (theirs[set] ?? Number.NaN)));
