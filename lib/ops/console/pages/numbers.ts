import { html } from 'hono/html';
import { EVENT_TYPES } from '../../../../lambda/contract/event/types.ts';
import { LISTED_BY_HOUR } from '../../../../lambda/domain/event/record.ts';
import { REPORTS } from '../../../reports/reports.ts';
import type { Rate } from '../../commands/rates/rates.ts';
import { storyLine } from '../../words/story.ts';
import type { EventsModel, RatesModel, ReportModel } from '../model/numbers.ts';
import { type Bar, bars } from '../parts/bars.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { count, personPath, typeWord, when } from '../parts/words.ts';

const SPANS = [
  ['1h', 'the last hour'],
  ['24h', 'a day'],
  ['7d', 'a week'],
  ['30d', '30 days'],
] as const;

const spanSelect = (since: string): Html =>
  html`<label>Since<select name="since">${SPANS.map(([value, words]) => html`<option value="${value}" ${since === value ? html`selected` : ''}>${words}</option>`)}</select></label>`;

export function eventsPage({ filter, events, more }: EventsModel, sources: readonly string[], now: number): Html {
  const types = EVENT_TYPES.filter((type) => LISTED_BY_HOUR[type]);
  return html`<section class="card" aria-labelledby="events">
<h1 id="events">What went wrong</h1>
<p class="soft">Bounces, drops, complaints, unsubscribes and what was changed by hand, the newest arrival first.</p>
<form class="filters" method="get" action="/events">
<label>Type<select name="type"><option value="">every type</option>${types.map((type) => html`<option value="${type}" ${filter.type === type ? html`selected` : ''}>${type}</option>`)}</select></label>
<label>Source<select name="source"><option value="">every source</option>${['operator', ...sources].map((source) => html`<option value="${source}" ${filter.source === source ? html`selected` : ''}>${source}</option>`)}</select></label>
${spanSelect(filter.since)}
<button>Filter</button>
</form>
</section>
<section class="card" aria-label="Events">
<div data-live="events">
${
  events.length === 0
    ? html`<div class="empty"><p>Nothing went wrong in this time, as far as any source has reported.</p></div>`
    : html`<table class="stack"><thead><tr><th scope="col">Arrived</th><th scope="col">What</th><th scope="col">Who</th><th scope="col">Why, in the server's words</th><th scope="col">Source</th></tr></thead><tbody>${events.map(
        (event) => html`<tr>
<td data-label="Arrived" class="when">${when(event.receivedAt, now)}</td>
<td data-label="What"><span>${typeWord(event.type)}</span></td>
<td data-label="Who"><span>${event.recipient === undefined ? html`<span class="soft">nobody named</span>` : html`<a href="${personPath(event.recipient)}">${shown(event.recipient)}</a>`}</span></td>
<td data-label="Why"><span class="small">${shown(detailOf(storyLine(event), event.type))}</span></td>
<td data-label="Source"><span>${shown(event.source)}</span></td>
</tr>`,
      )}</tbody></table>`
}
${more ? html`<p class="soft small">There are more: <code>ops events --limit 1000</code></p>` : ''}
</div>
</section>`;
}

/** A line of the timeline without its time, its type and its source, which have columns of their own. */
export function detailOf(line: string, type: string): string {
  const words = line.slice(line.indexOf(type) + type.length).trim();
  const told = words.lastIndexOf('[');
  return told > 0 ? words.slice(0, told).trim() : '';
}

const percent = (share: number | null): string => (share === null ? '' : `${share} %`);

/** What mailbox operators and ESPs act upon; the alarms' own numbers are in the settings. */
const HARD_LIMIT = 2;
const COMPLAINT_LIMIT = 0.3;

export function ratesPage({ by, since, rates }: RatesModel): Html {
  const barsOf = (share: (rate: Rate) => number | null, limit: number): Bar[] =>
    rates.flatMap((rate) => {
      const value = share(rate);
      return value === null ? [] : [{ label: rate.name, value, shown: percent(value), beyond: value > limit }];
    });
  return html`<section class="card" aria-labelledby="rates">
<h1 id="rates">Rates</h1>
<p class="soft">Complaints are measured against what was delivered at operators that report them: Google and Apple report none.</p>
<form class="filters" method="get" action="/rates">
<label>By<select name="by">${['operator', 'source', 'day'].map((one) => html`<option value="${one}" ${by === one ? html`selected` : ''}>${one}</option>`)}</select></label>
${spanSelect(since)}
<button>Show</button>
</form>
</section>
${
  rates.length === 0
    ? html`<section class="card"><div class="empty"><p>Nothing was delivered or bounced in this time. Are <code>delivered</code> and <code>bounced</code> ticked at the ESP?</p></div></section>`
    : html`<section class="card" aria-labelledby="hard"><h2 id="hard">Hard bounces, in a hundred</h2><div data-live="hard">${bars(
        'Hard bounces in a hundred; the dashed line is 2 %, where ESPs begin to warn',
        barsOf(({ hardPercent }) => hardPercent, HARD_LIMIT),
        HARD_LIMIT,
      )}<p class="small soft">Dashed: 2 %, where ESPs begin to warn.</p></div></section>
<section class="card" aria-labelledby="complaints"><h2 id="complaints">Complaints, in a hundred</h2><div data-live="complaints">${bars(
        'Complaints in a hundred; the dashed line is 0.3 %, where mailbox operators begin to block',
        barsOf(({ complainedPercent }) => complainedPercent, COMPLAINT_LIMIT),
        COMPLAINT_LIMIT,
      )}<p class="small soft">Dashed: 0.3 %, where mailbox operators begin to block.</p></div></section>
<section class="card" aria-labelledby="numbers"><h2 id="numbers">Numbers</h2><div class="scroll" tabindex="0" role="group" aria-label="Table of rates" data-live="numbers"><table><thead><tr><th scope="col">${by}</th>${['Delivered', 'Hard', 'Hard %', 'Soft', 'Block', 'Undetermined', 'Complained', 'Complained %'].map((name) => html`<th scope="col" class="num">${name}</th>`)}</tr></thead><tbody>${rates.map(
        (rate) =>
          html`<tr><th scope="row">${shown(rate.name)}</th>${[count(rate.delivered), count(rate.hard), percent(rate.hardPercent), count(rate.soft), count(rate.block), count(rate.undetermined), count(rate.complained), percent(rate.complainedPercent)].map((value) => html`<td class="num">${value}</td>`)}</tr>`,
      )}</tbody></table></div></section>`
}`;
}

export const reportsPage = (): Html => html`<section class="card" aria-labelledby="reports">
<h1 id="reports">Reports</h1>
<p class="soft">Questions to the archive, each event counted once, over the last 30 days unless days are given. A deployed stack asks Athena: $5 per TB read.</p>
<dl>${REPORTS.map(({ name, about }) => html`<dt><a href="/reports/${name}">${name}</a></dt><dd>${about}</dd>`)}</dl>
</section>`;

const BARS = 12;

export function reportPage({ name, about, chart, columns, rows, from, to }: ReportModel): Html {
  const [label, value] = [columns.indexOf(chart?.label ?? ''), columns.indexOf(chart?.value ?? '')];
  const drawn =
    label < 0 || value < 0
      ? []
      : rows.slice(0, BARS).flatMap((row): Bar[] => {
          const number = row[value];
          return typeof number === 'number' && number > 0
            ? [{ label: String(row[label] ?? 'not given'), value: number, shown: String(number) }]
            : [];
        });
  return html`<section class="card" aria-labelledby="report">
<h1 id="report">${name}</h1>
<p class="soft">${about}</p>
<form class="filters" method="get" action="/reports/${name}">
<label>From<input type="date" name="from" value="${from ?? ''}"></label>
<label>To<input type="date" name="to" value="${to ?? ''}"></label>
<button>Ask</button>
</form>
</section>
${drawn.length === 0 ? '' : html`<section class="card" aria-labelledby="chart"><h2 id="chart">${chart?.value.replaceAll('_', ' ')} by ${chart?.label.replaceAll('_', ' ')}</h2>${bars(`${chart?.value} by ${chart?.label}; the numbers are in the table below`, drawn)}</section>`}
<section class="card" aria-labelledby="table"><h2 id="table">Table</h2>
${
  rows.length === 0
    ? html`<div class="empty"><p>The archive holds nothing that answers this. It gets events at most five minutes after their arrival.</p></div>`
    : html`<div class="scroll" tabindex="0" role="group" aria-label="Rows of the report"><table><thead><tr>${columns.map((column) => html`<th scope="col">${column.replaceAll('_', ' ')}</th>`)}</tr></thead><tbody>${rows
        .slice(0, 500)
        .map(
          (row) =>
            html`<tr>${row.map((cell, at) => (typeof cell === 'number' ? html`<td class="num">${cell}</td>` : html`<td>${cell === null ? '' : columns[at] === 'recipient' ? html`<a href="${personPath(cell)}">${shown(cell)}</a>` : shown(String(cell))}</td>`))}</tr>`,
        )}</tbody></table></div>`
}
</section>`;
}
