import type { Run, Subject } from './subject.ts';

export interface Contender {
  readonly subject: Subject;
  /** Invocations of one round: enough for the clock, few enough to take turns often. */
  readonly invocations: number;
  /** What one invocation is worth: its requests or its events. */
  readonly units: number;
}

/** CPU microseconds per unit, one number per round. */
export type Measured<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Lets the contenders take turns: A, B, A, B ... after `warmUp` turns that do not count. The order turns round each time, so that none
 * always follows the same neighbour.
 */
export async function takeTurns<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
  warmUp = 3,
): Promise<Measured<Name>> {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { subject, invocations, units } = contenders[name];
      const { cpuMicros }: Run = await subject.run(invocations);
      if (round >= 0) results[name].push(cpuMicros / (invocations * units));
    }
  }
  for (const name of names) contenders[name].subject.stop();
  return results;
}
