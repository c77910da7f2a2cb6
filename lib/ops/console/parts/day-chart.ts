import { scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import { html } from 'hono/html';
import type { SourceHour } from '../model/overview.ts';
import type { Html } from './page.ts';
import { count, many } from './words.ts';

/** From the ground up, with the word of the legend. What came in that is none of these is the rest: opens, clicks, delays. */
const KINDS = [
  ['delivered', 'delivered'],
  ['rest', 'opened, clicked, delayed'],
  ['bounced', 'bounced'],
  ['complained', 'complained'],
] as const;
type Kind = (typeof KINDS)[number][0];

const [WIDTH, HEIGHT, GAP] = [168, 32, 1];

/** A day as 24 stacked bars, the newest to the right; read out as one sentence. */
export function dayChart(hours: readonly SourceHour[]): Html {
  const rows = hours.map(
    ({ stored, delivered, bounced, complained }): Record<Kind, number> => ({
      delivered,
      bounced,
      complained,
      rest: Math.max(0, stored - delivered - bounced - complained),
    }),
  );
  const most = Math.max(0, ...rows.map((row) => KINDS.reduce((sum, [kind]) => sum + row[kind], 0)));
  if (most === 0) return html`<span class="soft">nothing in 24 hours</span>`;
  const total = (kind: Kind): number => rows.reduce((sum, row) => sum + row[kind], 0);
  const all = KINDS.reduce((sum, [kind]) => sum + total(kind), 0);
  const said = KINDS.flatMap(([kind, words]) => (total(kind) > 0 ? [`${count(total(kind))} ${words}`] : [])).join(', ');
  const step = WIDTH / rows.length;
  const y = scaleLinear([0, most], [HEIGHT, 0]);
  const series = stack<Record<Kind, number>>().keys(KINDS.map(([kind]) => kind))(rows);
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${many(all, 'event')} in 24 hours: ${said}"><line class="f-line" x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/>${series.map(
    (layer) =>
      html`<g class="f-${layer.key}">${layer.map(([low, high], at) => (high > low ? html`<rect x="${(at * step).toFixed(1)}" y="${y(high).toFixed(1)}" width="${(step - GAP).toFixed(1)}" height="${Math.max(1, y(low) - y(high)).toFixed(1)}"/>` : ''))}</g>`,
  )}</svg>`;
}

/** What the colours mean, in words. */
export const dayLegend = (): Html =>
  html`<ul class="legend">${KINDS.map(([kind, words]) => html`<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true" focusable="false"><rect class="f-${kind}" width="10" height="10" rx="2"/></svg>${words}</li>`)}</ul>`;
