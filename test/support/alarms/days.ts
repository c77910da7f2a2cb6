import { type Resource, show } from '../template.ts';
import { type Datum, evaluate, type State } from './evaluator.ts';
import { holds } from './rule.ts';

/** One metric's value in every five minutes. */
export type Value = Omit<Datum, 'at'>;

const STEP = 5 * 60_000;
const HOUR = 3_600_000;
/** Longest window of the alarms under test, and one step. */
const DAY = 24 * HOUR + STEP;
/** The local emulators decide nothing here; any day will do. */
const START = Date.UTC(2026, 0, 1);

/** A stretch of time in which every five minutes are alike. */
export interface Stretch {
  readonly values: readonly Value[];
  readonly ms: number;
}

export interface Days {
  /** State of an alarm, by its name without the stage, so long after the start. */
  state(name: string, at: number): State;
}

/** An alarm history without waiting for it. */
export function daysOf(alarms: readonly [id: string, resource: Resource][], stretches: readonly Stretch[]): Days {
  const data: Datum[] = [];
  let from = START;
  for (const { values, ms } of stretches) {
    for (let at = from + STEP; at <= from + ms; at += STEP)
      data.push(...values.map((value) => ({ ...value, at: at - 1 })));
    from += ms;
  }
  const idOf = (name: string) => alarms.find(([, { Properties }]) => String(Properties.AlarmName).endsWith(name));
  const stateOf = ({ Properties }: Resource, at: number): State => {
    if (Properties.AlarmRule === undefined) return evaluate(Properties, of(Properties), START + at, show);
    const member = (text: string) => alarms.find(([, { Properties: one }]) => one.AlarmName === text)?.[1];
    const inAlarm = (text: string): boolean => {
      const found = member(text);
      if (!found) throw new Error(`no alarm ${text}`);
      return stateOf(found, at) === 'ALARM';
    };
    return holds(show(Properties.AlarmRule), inAlarm) ? 'ALARM' : 'OK';
  };
  const byName = Map.groupBy(data, ({ name }) => name);
  const known = new Map<Resource['Properties'], readonly Datum[]>();
  const of = (alarm: Resource['Properties']): readonly Datum[] => {
    const found = known.get(alarm) ?? inOrder(alarm);
    known.set(alarm, found);
    return found;
  };
  const inOrder = (alarm: Resource['Properties']): Datum[] =>
    [...new Set(JSON.stringify(alarm).match(/"MetricName":"([^"]+)"/g))]
      .flatMap((match) => byName.get(match.slice('"MetricName":"'.length, -1)) ?? [])
      .sort((a, b) => a.at - b.at);
  return {
    state(name, at) {
      const found = idOf(`-${name}`);
      if (!found) throw new Error(`no alarm ${name}`);
      return stateOf(found[1], at);
    },
  };
}

/** When the alarm first is in the state within the time given, looking every five minutes unless told otherwise. */
export function reaches(
  days: Days,
  name: string,
  state: State,
  from: number,
  to: number,
  step = STEP,
): number | undefined {
  for (let at = from; at <= to; at += step) if (days.state(name, at) === state) return at;
  return undefined;
}

export const LENGTHS = { STEP, HOUR, DAY };
