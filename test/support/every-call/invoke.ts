import type { Container } from './bundle.ts';
import { stalledSince } from './lags.ts';
import type { Run } from './world.ts';

/** Limits of each function, in milliseconds: shorter than those of the template, because each function goes by what it is told is left. */
export const LIMITS = { receive: 10_000, process: 9000, publish: 9000, pulse: 6000 } as const;
/** Some ESPs hang up after 3 s. */
export const DECIDES_WITHIN = 2500;

/** What a run may not do, in words; empty where all is well. */
export type Complaints = string[];

/**
 * One invocation. A fault that lasts ends with it.
 * @returns its answer; undefined where it failed, which is a complaint: every call of these functions has an answer for what fails.
 */
export async function invoke(
  container: Container,
  event: object,
  limit: number,
  run: Run,
  complaints: Complaints,
  within = limit,
): Promise<unknown> {
  const began = performance.now();
  const from = run.calls.length;
  const context = {
    functionName: 'quell',
    functionVersion: '1',
    memoryLimitInMB: '512',
    awsRequestId: 'r',
    getRemainingTimeInMillis: () => limit - (performance.now() - began),
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((done) => {
    timer = setTimeout(() => done('late'), 4 * limit);
  });
  try {
    const answer = await Promise.race([container.handler(event, context), late]);
    const ms = performance.now() - began;
    const stalled = stalledSince(began);
    if (answer === 'late' || ms - stalled > within)
      complaints.push(
        `took ${Math.round(ms)} ms of ${within}, ${Math.round(stalled)} of them stalled; calls ${run.calls.slice(from)}`,
      );
    return answer === 'late' ? undefined : answer;
  } catch (error) {
    complaints.push(`failed: ${(error as Error).name}; calls ${run.calls.slice(from)}`);
    return undefined;
  } finally {
    clearTimeout(timer);
    run.invocations += 1;
  }
}
