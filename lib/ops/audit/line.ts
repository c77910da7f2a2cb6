import { isInternal } from '../../../lambda/contract/tables.ts';
import { clean } from '../words/clean.ts';
import type { ActRecord } from './act.ts';
import { ACTS } from './kinds.ts';

const LONGEST_ACT = Math.max(...ACTS.map((act) => act.length));

/** What an act was about, for people. */
function onWhom({ on, of }: Pick<ActRecord, 'on' | 'of'>, shown = 3): string {
  const first = on.slice(0, shown).map((one) => (isInternal(one) ? 'somebody erased' : one));
  const more = (of ?? on.length) - first.length;
  return [...first, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** What came of an act, or how far it came: `redriven: 2`. */
export const cameOf = ({ counts }: Pick<ActRecord, 'counts'>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${what}: ${count}`)
    .join(', ');

/** An act as a line: when, what, on whom, by whom, what came of it, why. */
export function actLine(act: ActRecord): string {
  const { at, what, actor, by, note, how, result, error } = act;
  const who = by === undefined ? `${actor} (as named)` : by === actor ? actor : `${actor} (${by})`;
  const came = [cameOf(act), error].filter(Boolean).join('; ');
  const parts = [
    `${at}  ${what.padEnd(LONGEST_ACT)} ${result}${came === '' ? '' : ` (${came})`}`,
    onWhom(act),
    how ?? '',
    `by ${who}`,
    note === undefined ? '' : `"${note}"`,
  ];
  return clean(parts.filter((part) => part !== '').join('  '));
}
