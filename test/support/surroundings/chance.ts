import { randomInt } from 'node:crypto';
import { seeded } from '../../../bench/load/days.ts';

/** Draws of a test, all from one seed: another in each run, unless the variable SEED says which. */
export interface Chance {
  /** From 0 to 1, without 1. */
  share(): number;
  /** A whole number from `from` on, below `to`. */
  between(from: number, to: number): number;
  /** A whole number from 0 on, below `end`. */
  below(end: number): number;
  bytes(count: number): Buffer;
}

export function chanceOf(seed: number): Chance {
  const share = seeded(seed);
  const between = (from: number, to: number): number => from + Math.floor(share() * (to - from));
  return {
    share,
    between,
    below: (end) => between(0, end),
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => between(0, 256))),
  };
}

const seedOf = (given = process.env.SEED): number => (given === undefined ? randomInt(2 ** 31) : Number(given));

/** The body of a test that draws. One that fails says how to see the same draws again. */
export const byChance = (work: (chance: Chance) => unknown) => async (): Promise<void> => {
  const seed = seedOf();
  try {
    await work(chanceOf(seed));
  } catch (cause) {
    throw new Error(`The same draws again: SEED=${seed} npm test -- <this file>`, { cause });
  }
};
