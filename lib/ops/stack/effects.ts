import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { OperatorAct } from '../../../lambda/domain/suppression/operator.ts';
import { judge } from '../../../lambda/domain/suppression/policy.ts';
import { fold } from '../../../lambda/domain/suppression/suppression.ts';
import type { Target } from '../target/target.ts';
import { actEvent } from './acts.ts';
import { readEntry } from './suppression.ts';

const PATIENCE_MS = 60_000;
const INTERVAL_MS = 100;

/**
 * Waits until acts are in the list: until folding them in once more changes nothing, whichever evidence decides. Returns how many were
 * not seen there in time.
 */
export async function awaitActs(target: Target, acts: readonly OperatorAct[]): Promise<number> {
  const end = Date.now() + PATIENCE_MS;
  let left = acts;
  for (;;) {
    const open: OperatorAct[] = [];
    for (const act of left) if (!(await isFolded(target, act))) open.push(act);
    if (open.length === 0 || Date.now() > end) return open.length;
    left = open;
    await pause(INTERVAL_MS);
  }
}

async function isFolded(target: Target, act: OperatorAct): Promise<boolean> {
  const { reasons } = await readEntry(target, act.recipient);
  const event = actEvent(act);
  const { judgement } = judge(event, target.policyOf(event.source));
  return judgement === undefined || isDeepStrictEqual(fold(reasons, [judgement]), reasons);
}
