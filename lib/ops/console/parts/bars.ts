import { scaleLinear } from 'd3-scale';
import { html } from 'hono/html';
import type { Html } from './page.ts';
import { clean } from './shown.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** As it is written beside the bar. */
  readonly shown: string;
  /** Beyond a threshold: drawn in the colour of trouble, and said so. */
  readonly beyond?: boolean;
}

const [WIDTH, HEIGHT] = [100, 28];

/**
 * Bars from left to right, drawn on the server: each as wide as there is room, between its name and its number, so that no line crosses a
 * word. Read out as one sentence; the numbers stand in a table beside it.
 * @param limit where a threshold lies, in the same unit
 */
export function bars(title: string, items: readonly Bar[], limit?: number): Html {
  if (items.length === 0) return html``;
  const most = Math.max(limit ?? 0, ...items.map(({ value }) => value));
  const x = scaleLinear([0, most === 0 ? 1 : most], [0, WIDTH]);
  const mark = limit === undefined ? '' : x(limit).toFixed(2);
  return html`<div class="chart" role="img" aria-label="${title}">${items.map(
    ({ label, value, shown, beyond }) => html`<span>${short(label)}</span>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><rect class="${beyond ? 'f-bounced' : 'f-engaged'}" y="6" width="${Math.max(0.2, x(value)).toFixed(2)}" height="16"/>${mark === '' ? '' : html`<line class="f-limit" x1="${mark}" x2="${mark}" y1="0" y2="${HEIGHT}" vector-effect="non-scaling-stroke"/>`}</svg>
<span class="num">${shown}${beyond ? ' !' : ''}</span>`,
  )}</div>`;
}

const MOST_CHARACTERS = 30;
const short = (label: string): string => {
  const text = clean(label);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
};
