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

const WIDTH = 720;
const ROW = 28;
const LABEL = 200;
const VALUE = 90;

/**
 * Bars from left to right, drawn on the server. Read out as one sentence; the numbers stand in a table beside it.
 * @param limit where a threshold lies, in the same unit
 */
export function bars(title: string, items: readonly Bar[], limit?: number): Html {
  if (items.length === 0) return html``;
  const most = Math.max(limit ?? 0, ...items.map(({ value }) => value));
  const x = scaleLinear([0, most === 0 ? 1 : most], [0, WIDTH - LABEL - VALUE]);
  const height = items.length * ROW + 8;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">
${limit === undefined ? '' : html`<line class="f-limit" x1="${(LABEL + x(limit)).toFixed(1)}" x2="${(LABEL + x(limit)).toFixed(1)}" y1="0" y2="${height}"/>`}
${items.map(({ label, value, shown, beyond }, at) => {
  const y = at * ROW + 4;
  return html`<text class="f-text" x="${LABEL - 12}" y="${y + 17}" text-anchor="end">${short(label)}</text>
<rect class="${beyond ? 'f-bounced' : 'f-engaged'}" x="${LABEL}" y="${y + 4}" width="${Math.max(1, x(value)).toFixed(1)}" height="${ROW - 10}" rx="3"/>
<text class="f-text" x="${(LABEL + Math.max(1, x(value)) + 8).toFixed(1)}" y="${y + 17}">${shown}${beyond ? ' !' : ''}</text>`;
})}
</svg>`;
}

const MOST_CHARACTERS = 30;
const short = (label: string): string => {
  const text = clean(label);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
};
