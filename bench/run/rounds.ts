import type { Run, Subject } from './subject.ts';

export interface Contender {
  /** In a process of its own, started anew for each set. */
  readonly start: () => Subject;
  /** Invocations of one round: enough for the clock, few enough to take turns often. */
  readonly invocations: number;
  /** What one invocation is worth: its requests or its events. */
  readonly units: number;
}

/** CPU microseconds per unit, one number per process. */
export type Measured<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** How much is measured. */
export interface Effort {
  /** Sets of processes, one of each contender. */
  readonly sets: number;
  /** Turns that each process takes, and those before them that do not count: code is compiled as it runs. */
  readonly rounds: number;
  readonly warmUp: number;
}

/** Enough for a machine with neighbours. */
export const EFFORT: Effort = { sets: 9, rounds: 4, warmUp: 3 };

/**
 * Lets the contenders take turns, A B B A, in several sets of fresh processes: two processes of the same code differ by more than what is to
 * be seen (where their memory lies, what was compiled when), so that one of each would measure its luck.
 */
export async function takeTurns<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { sets, rounds, warmUp }: Effort,
): Promise<Measured<Name>> {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let set = 0; set < sets; set++) {
    const subjects = Object.fromEntries(names.map((name) => [name, contenders[name].start()])) as Record<Name, Subject>;
    const micros = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
    for (let round = -warmUp; round < rounds; round++) {
      for (const name of (round + set) % 2 === 0 ? names : names.toReversed()) {
        const { cpuMicros }: Run = await subjects[name].run(contenders[name].invocations);
        if (round >= 0) micros[name].push(cpuMicros);
      }
    }
    for (const name of names) {
      subjects[name].stop();
      const { invocations, units } = contenders[name];
      // All of it, and no median: what is collected as garbage comes in few rounds, and belongs to all.
      results[name].push(micros[name].reduce((sum, each) => sum + each, 0) / (rounds * invocations * units));
    }
  }
  return results;
}
