import { html } from 'hono/html';
import type { SourceRow } from '../model/overview.ts';
import { dayChart, dayLegend } from '../parts/day-chart.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { badge, type Clock, count, many, type State, when } from '../parts/words.ts';

/** The worst of what is known of a source; one that never sent anything is not in trouble on a machine that was just started. */
export const stateOf = ({ findings, lastEvent, unseen }: SourceRow): State =>
  findings.some(({ level }) => level === 'fault')
    ? 'fault'
    : findings.some(({ level, code }) => level === 'note' && code !== 'silent')
      ? 'note'
      : lastEvent === undefined || unseen !== undefined
        ? 'idle'
        : 'ok';

const STATES: Readonly<Record<State, string>> = { ok: 'alive', note: 'look', fault: 'trouble', idle: 'waiting' };

/** Those of which something is known, trouble first, and those that were never heard of. */
export function parted(sources: readonly SourceRow[]): readonly [readonly SourceRow[], readonly SourceRow[]] {
  const order: readonly State[] = ['fault', 'note', 'ok'];
  const known = sources.filter((source) => stateOf(source) !== 'idle');
  return [
    known.sort((a, b) => order.indexOf(stateOf(a)) - order.indexOf(stateOf(b))),
    sources.filter((source) => stateOf(source) === 'idle'),
  ];
}

export function sourcesPart(sources: readonly SourceRow[], now: Clock): Html {
  const [known, waiting] = parted(sources);
  const legend = known.some(({ hours }) => hours?.some(({ stored }) => stored > 0)) ? dayLegend() : '';
  if (waiting.length <= FEW) return html`${sourcesTable([...known, ...waiting], now)}${legend}`;
  return html`${known.length === 0 ? '' : html`${sourcesTable(known, now)}${legend}`}<details><summary>${many(waiting.length, 'source')} from which nothing has come yet</summary>${sourcesTable(waiting, now)}</details>`;
}

const FEW = 5;

const sourcesTable = (sources: readonly SourceRow[], now: Clock): Html =>
  html`<table class="stack"><thead><tr><th scope="col">Source</th><th scope="col">State</th><th scope="col">Last event</th><th scope="col">Expected within</th><th scope="col">Last 24 hours</th><th scope="col">Refused</th><th scope="col">What to do</th></tr></thead><tbody>${sources.map(
    (source) => html`<tr>
<td data-label="Source"><span><a href="/sources/${encodeURIComponent(source.name)}">${source.name}</a><br><span class="small soft">${source.title}</span></span></td>
<td data-label="State">${badge(stateOf(source), source.unseen === undefined ? STATES[stateOf(source)] : 'not seen')}</td>
<td data-label="Last event"><span>${source.lastEvent === undefined ? html`<span class="soft">${source.unseen ?? 'none yet'}</span>` : when(source.lastEvent, now)}</span></td>
<td data-label="Expected within"><span>${expectedWithin(source.expectEvery)}</span></td>
<td data-label="24 hours">${source.hours === undefined ? html`<span class="soft">not seen</span>` : dayChart(source.hours)}</td>
<td data-label="Refused"><span>${source.refused === undefined ? html`<span class="soft">none</span>` : html`${count(source.refused.count)} <span class="soft">${source.refused.reason}, ${when(source.refused.at, now)}</span>`}</span></td>
<td data-label="What to do"><span>${source.findings.filter(({ level }) => level !== 'ok').map(({ says, fix }) => html`<span>${shown(says)}${fix === undefined ? '' : html` <code>${fix}</code>`}</span>`)}</span></td>
</tr>`,
  )}</tbody></table>`;

/** Of a source whose silence is told. */
const expectedWithin = (window: number | false | undefined): Html =>
  typeof window === 'number'
    ? html`${spanOf(window)}`
    : html`<span class="soft">${window === false ? 'no matter when' : 'a day'}</span>`;

const spanOf = (minutes: number): string =>
  minutes % 1440 === 0
    ? many(minutes / 1440, 'day')
    : minutes % 60 === 0
      ? many(minutes / 60, 'hour')
      : many(minutes, 'minute');
