import { html } from 'hono/html';
import type { Thresholds } from '../../../../lambda/contract/config.ts';
import { floorsOf } from '../../../reports/rates.ts';
import type { Rate } from '../../commands/rates/rates.ts';
import type { Html } from './page.ts';
import type { State } from './words.ts';

/** Where a percentage lies between nothing and trouble, as the stack's own alarms judge it. */
interface Level {
  readonly state: State;
  readonly word: string;
}

export type JudgedRate = 'hard' | 'complained';

/** The rate of one mailbox operator, by the floors and limits of the alarms. */
export function levelOf(which: JudgedRate, rate: Rate, thresholds: Thresholds): Level {
  const [percent, limit] =
    which === 'hard' ? [rate.hardPercent, thresholds.bounceRate] : [rate.complainedPercent, thresholds.complaintRate];
  if (percent === null) return { state: 'idle', word: 'not reported' };
  const floor = floorsOf(thresholds.minimumDelivered)[which];
  const isHigh = percent > limit.warning;
  if (rate.delivered < floor.delivered || (isHigh && rate[which] < floor.cases))
    return { state: 'idle', word: 'too few' };
  if (percent > limit.critical) return { state: 'fault', word: 'critical' };
  return isHigh ? { state: 'note', word: 'high' } : { state: 'ok', word: 'fine' };
}

export const percentOf = (share: number | null): string => (share === null ? '' : `${share.toFixed(2)} %`);

const WIDTH = 96;

/** A bar that ends at the critical threshold, with a mark at the warning. The numbers stand beside it. */
export function gauge(
  percent: number,
  { warning, critical }: { warning: number; critical: number },
  state: State,
): Html {
  const x = (value: number): string => (Math.min(1, value / critical) * WIDTH).toFixed(1);
  return html`<svg class="gauge" viewBox="0 0 ${WIDTH} 10" aria-hidden="true" focusable="false"><rect class="f-track" width="${WIDTH}" height="10" rx="3"/><rect class="f-${state}" width="${x(percent)}" height="10" rx="3"/><line class="f-mark" x1="${x(warning)}" x2="${x(warning)}" y1="0" y2="10"/></svg>`;
}
