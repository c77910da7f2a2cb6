import * as v from 'valibot';
import type { Mistake } from '../mistakes.ts';
import { wholeNumber } from '../values.ts';

const units = wholeNumber(1, 1_000_000, 'writes a second');

/** Provisioned writes of the events table, per second. Absent = paid per request. */
export const capacity = v.exactOptional(v.object({ min: units, max: units }, 'an object with "min" and "max"'));

/**
 * Writes a second for each batch at a time, with which a batch surely gets some of its messages stored before its time is up. With less, all
 * messages are begun and none is finished.
 */
const FOR_EACH_BATCH = 20;

interface Given {
  readonly capacity?: v.InferOutput<typeof capacity> | undefined;
  readonly concurrency: number;
  readonly existingTables: { readonly events?: string | undefined };
}

/** Capacity that contradicts itself, or what has to live on it. */
export function capacityMistakes({ capacity: given, concurrency, existingTables }: Given): Mistake[] {
  if (given === undefined) return [];
  const { min, max } = given;
  const least = FOR_EACH_BATCH * concurrency;
  const mistakes: Mistake[] = [];
  if (min > max)
    mistakes.push({ path: ['capacity', 'min'], problem: `is ${min}, allowed: at most max, which is ${max}` });
  if (max < least) {
    const problem = `is ${max}, allowed: at least ${least}, ${FOR_EACH_BATCH} for each batch of "concurrency", which is ${concurrency}`;
    mistakes.push({ path: ['capacity', 'max'], problem });
  }
  if (existingTables.events !== undefined) {
    const problem = 'is for a table that the stack makes; the capacity of existingTables.events is yours to set';
    mistakes.push({ path: ['capacity'], problem });
  }
  return mistakes;
}
