import { html } from 'hono/html';
import type { SeenRequest } from '../context.ts';
import type { OverviewModel, Seen, SourceRow } from '../model/overview.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { badge, count, many, type State, shape, when } from '../parts/words.ts';

export const overviewPage = (model: OverviewModel, now: number): Html => html`<section aria-labelledby="glance">
<h1 id="glance">Overview</h1>
<div data-live="glance"><ul class="tiles">${tiles(model).map(
  ([state, words, more, href]) =>
    html`<li class="tile tile-${state}"><b><span class="badge ${state}">${shape(state)}${WORDS[state]}</span> ${href === undefined ? words : html`<a href="${href}">${words}</a>`}</b><span class="soft">${more}</span></li>`,
)}</ul></div>
</section>
${
  model.requests === undefined
    ? ''
    : html`<section class="card" aria-labelledby="requests"><h2 id="requests">Requests, as they come</h2><div data-live="requests">${requestsTable(model.requests, now)}</div></section>`
}
<section class="card" aria-labelledby="sources">
<h2 id="sources">Sources</h2>
<div data-live="sources">${sourcesPart(model.sources, now)}</div>
</section>`;

const WORDS: Readonly<Record<State, string>> = { ok: 'ok', note: 'look', fault: 'act', idle: 'not seen' };

type Tile = readonly [State, string, string, string?];

function tiles({ sources, queue, letters, processing }: OverviewModel): Tile[] {
  const [heard, waiting] = parted(sources);
  const broken = sources.filter((source) => stateOf(source) === 'fault').length;
  return [
    [
      broken > 0
        ? 'fault'
        : heard.length === 0
          ? 'idle'
          : heard.some((source) => stateOf(source) === 'note')
            ? 'note'
            : 'ok',
      broken > 0
        ? `${many(broken, 'source')} of ${count(sources.length)} in trouble`
        : `${count(heard.length)} of ${many(sources.length, 'source')} alive`,
      waiting.length > 0 ? `nothing has come yet from ${count(waiting.length)}` : 'each within its expected time',
    ],
    tileOf(queue, ({ waiting, inFlight, oldestSeconds }) => [
      (oldestSeconds ?? 0) > 900 ? 'fault' : 'ok',
      waiting + inFlight === 0 ? 'Nothing waits' : `${many(waiting + inFlight, 'message')} in the queue`,
      oldestSeconds === undefined ? 'the delivery queue' : `the oldest for ${count(oldestSeconds)} s`,
    ]),
    tileOf(letters, ({ waiting }) => [
      waiting === 0 ? 'ok' : 'fault',
      waiting === 0 ? 'No dead letters' : many(waiting, 'dead letter'),
      waiting === 0 ? 'everything taken in was processed' : 'kept for 14 days',
      '/letters',
    ]),
    tileOf(processing, ({ state }) => [
      state === 'Enabled' ? 'ok' : 'fault',
      state === 'Enabled' ? 'Processing is on' : `Processing is ${state.toLowerCase()}`,
      state === 'Enabled'
        ? 'events are worked off as they come'
        : 'events wait in the queue; nothing is suppressed meanwhile',
    ]),
  ];
}

const tileOf = <T extends object>(part: Seen<T>, tile: (part: T) => Tile): Tile =>
  part.seen ? tile(part) : ['idle', 'Could not be seen', part.why];

/** The worst of what is known of a source; one that never sent anything is not in trouble on a machine that was just started. */
const stateOf = ({ findings, lastEvent }: SourceRow): State =>
  findings.some(({ level }) => level === 'fault')
    ? 'fault'
    : findings.some(({ level, code }) => level === 'note' && code !== 'silent')
      ? 'note'
      : lastEvent === undefined
        ? 'idle'
        : 'ok';

const STATES: Readonly<Record<State, string>> = { ok: 'alive', note: 'look', fault: 'trouble', idle: 'waiting' };

/** Those of which something is known, trouble first, and those that were never heard of. */
function parted(sources: readonly SourceRow[]): readonly [readonly SourceRow[], readonly SourceRow[]] {
  const order: readonly State[] = ['fault', 'note', 'ok'];
  const known = sources.filter((source) => stateOf(source) !== 'idle');
  return [
    known.sort((a, b) => order.indexOf(stateOf(a)) - order.indexOf(stateOf(b))),
    sources.filter((source) => stateOf(source) === 'idle'),
  ];
}

function sourcesPart(sources: readonly SourceRow[], now: number): Html {
  const [known, waiting] = parted(sources);
  if (waiting.length <= FEW) return sourcesTable([...known, ...waiting], now);
  return html`${known.length === 0 ? '' : sourcesTable(known, now)}<details><summary>${many(waiting.length, 'source')} from which nothing has come yet</summary>${sourcesTable(waiting, now)}</details>`;
}

const FEW = 5;

const sourcesTable = (sources: readonly SourceRow[], now: number): Html =>
  html`<table class="stack"><thead><tr><th scope="col">Source</th><th scope="col">State</th><th scope="col">Last event</th><th scope="col">Expected within</th><th scope="col">Refused</th><th scope="col">What to do</th></tr></thead><tbody>${sources.map(
    (source) => html`<tr>
<td data-label="Source"><span><a href="/sources/${encodeURIComponent(source.name)}">${source.name}</a><br><span class="small soft">${source.title}</span></span></td>
<td data-label="State">${badge(stateOf(source), STATES[stateOf(source)])}</td>
<td data-label="Last event"><span>${source.lastEvent === undefined ? html`<span class="soft">none yet</span>` : when(source.lastEvent, now)}</span></td>
<td data-label="Expected within"><span>${expectedWithin(source.expectEvery)}</span></td>
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

export const requestsTable = (requests: readonly SeenRequest[], now: number): Html =>
  requests.length === 0
    ? html`<div class="empty"><p>No webhook has arrived yet. Send a signed sample: <code>npm run --silent ops -- send sendgrid --local --type bounced --to ada@example.com</code></p></div>`
    : html`<table class="stack"><thead><tr><th scope="col">When</th><th scope="col">Source</th><th scope="col">Answer</th><th scope="col">Events</th><th scope="col">Reason</th></tr></thead><tbody>${requests.map(
        ({ at, source, status, accepted, reason, method }) => html`<tr>
<td data-label="When">${when(new Date(at).toISOString(), now)}</td>
<td data-label="Source">${source === undefined ? html`<span class="soft">no such source</span>` : html`<a href="/sources/${encodeURIComponent(source)}">${source}</a>`}</td>
<td data-label="Answer">${badge(status < 300 ? 'ok' : status < 500 ? 'note' : 'fault', `${status} ${method === 'POST' ? '' : method}`.trim())}</td>
<td data-label="Events" class="num">${accepted === undefined ? '' : count(accepted)}</td>
<td data-label="Reason">${reason ?? ''}</td>
</tr>`,
      )}</tbody></table>`;
