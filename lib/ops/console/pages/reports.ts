import { html } from 'hono/html';
import { REPORTS } from '../../../reports/reports.ts';
import type { ReportAwaited, ReportModel } from '../model/report.ts';
import { type Bar, bars } from '../parts/bars.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { badge, type Clock, count, personPath, sentence } from '../parts/words.ts';

export const reportsPage = (): Html => html`<section class="card" aria-labelledby="reports">
<h1 id="reports">Reports</h1>
<p class="soft">Questions to the archive, each event counted once, over the last 30 days unless days are given. A deployed stack asks Athena: $5 per TB read.</p>
<dl>${REPORTS.map(({ name, about }) => html`<dt><a href="/reports/${name}">${sentence(name.replaceAll('-', ' '))}</a></dt><dd>${about}</dd>`)}</dl>
</section>`;

const BARS = 12;

export function reportPage(model: ReportModel): Html {
  const { chart, columns, rows } = model;
  const [label, value] = [columns.indexOf(chart?.label ?? ''), columns.indexOf(chart?.value ?? '')];
  const drawn = label < 0 || value < 0 ? [] : drawnOf(rows, label, value);
  return html`${head(model)}
${drawn.length === 0 ? '' : html`<section class="card" aria-labelledby="chart"><h2 id="chart">${sentence(wordsOf(chart?.value ?? ''))} by ${wordsOf(chart?.label ?? '')}</h2>${bars(`${chart?.value} by ${chart?.label}; the numbers are in the table below`, drawn)}</section>`}
<section class="card" aria-labelledby="table"><h2 id="table">Table</h2>
${
  rows.length === 0
    ? html`<div class="empty"><p>The archive holds nothing that answers this. It gets events at most five minutes after their arrival.</p></div>`
    : html`<div class="scroll" tabindex="0" role="group" aria-label="Rows of the report"><table class="stack"><thead><tr>${columns.map((column, at) => html`<th scope="col" class="${typeof rows[0]?.[at] === 'number' ? 'num' : ''}">${sentence(wordsOf(column))}</th>`)}</tr></thead><tbody>${rows
        .slice(0, 500)
        .map((row) => html`<tr>${row.map((cell, at) => cellOf(columns[at] ?? '', cell))}</tr>`)}</tbody></table></div>`
}
</section>`;
}

/** Says that it takes longer: the browser looks again by itself, also without script. */
export function awaitedPage(model: ReportAwaited, now: Clock): Html {
  const { from, to } = model;
  const query = new URLSearchParams({
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }).toString();
  return html`${head(model)}
<section class="card" aria-labelledby="awaited" data-awaited>
<h2 id="awaited">Being made</h2>
<p>${badge('idle', 'not ready')} The archive is being read${now === 'exact' ? '' : html`, for ${count(Math.max(1, Math.round((now - model.begun) / 1000)))} s`}. On one machine that takes a second for 100,000 events, of a deployed stack seconds to minutes. A browser looks again every second; the answer is kept.</p>
<p><a class="button" href="/reports/${model.name}${query === '' ? '' : `?${query}`}">Look again</a></p>
</section>`;
}

const head = ({ name, about, from, to }: Pick<ReportModel, 'name' | 'about' | 'from' | 'to'>): Html =>
  html`<section class="card" aria-labelledby="report">
<h1 id="report">${sentence(name.replaceAll('-', ' '))}</h1>
<p class="soft">${about}</p>
<form class="filters" method="get" action="/reports/${name}">
<label>From<input type="date" name="from" value="${from ?? ''}"></label>
<label>To<input type="date" name="to" value="${to ?? ''}"></label>
<button>Ask</button>
</form>
</section>`;

function cellOf(column: string, cell: ReportModel['rows'][number][number]): Html {
  const label = sentence(wordsOf(column));
  if (typeof cell === 'number') return html`<td class="num" data-label="${label}">${cell}</td>`;
  const text = cell ?? '';
  return html`<td data-label="${label}">${column === 'recipient' && text !== '' ? html`<a href="${personPath(text)}">${shown(text)}</a>` : shown(text)}</td>`;
}

/** One bar for each label: several rows may share one. The largest of them, as they come. */
function drawnOf(rows: ReportModel['rows'], label: number, value: number): Bar[] {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = String(row[label] ?? 'not given');
    const number = row[value];
    if (typeof number === 'number' && number > 0) sums.set(name, (sums.get(name) ?? 0) + number);
  }
  return [...sums].slice(0, BARS).map(([name, sum]) => ({ label: name, value: sum, shown: String(sum) }));
}

const WORDS = new Map([
  ['bounceclass', 'bounce class'],
  ['bouncecause', 'bounce cause'],
  ['smtpstatus', 'SMTP status'],
]);
const wordsOf = (column: string): string => WORDS.get(column) ?? column.replaceAll('_', ' ');
