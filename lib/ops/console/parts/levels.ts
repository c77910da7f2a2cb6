import { html } from 'hono/html';
import type { Thresholds } from '../../../../lambda/contract/config.ts';
import type { Rate } from '../../commands/rates/rates.ts';
import type { Html } from './page.ts';
import type { State } from './words.ts';

/** Where a percentage lies between nothing and trouble, as the stack's own alarms judge it. */
export interface Level {
  readonly state: State;
  readonly word: string;
}

/** @param limit the thresholds of this rate, in a hundred */
export function levelOf(
  percent: number | null,
  sent: number,
  limit: { readonly warning: number; readonly critical: number },
  { minimumDelivered }: Thresholds,
): Level {
  if (percent === null) return { state: 'idle', word: 'not told' };
  if (sent < minimumDelivered) return { state: 'idle', word: 'too few' };
  if (percent > limit.critical) return { state: 'fault', word: 'critical' };
  return percent > limit.warning ? { state: 'note', word: 'high' } : { state: 'ok', word: 'fine' };
}

export const sentOf = ({ delivered, hard, soft, block, undetermined }: Rate): number =>
  delivered + hard + soft + block + undetermined;

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
