import { html } from 'hono/html';
import { REPORTS } from '../../../reports/reports.ts';
import type { ReportModel } from '../model/numbers.ts';
import { type Bar, bars } from '../parts/bars.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { personPath } from '../parts/words.ts';

export const reportsPage = (): Html => html`<section class="card" aria-labelledby="reports">
<h1 id="reports">Reports</h1>
<p class="soft">Questions to the archive, each event counted once, over the last 30 days unless days are given. A deployed stack asks Athena: $5 per TB read.</p>
<dl>${REPORTS.map(({ name, about }) => html`<dt><a href="/reports/${name}">${name}</a></dt><dd>${about}</dd>`)}</dl>
</section>`;

const BARS = 12;

export function reportPage({ name, about, chart, columns, rows, from, to }: ReportModel): Html {
  const [label, value] = [columns.indexOf(chart?.label ?? ''), columns.indexOf(chart?.value ?? '')];
  const drawn = label < 0 || value < 0 ? [] : drawnOf(rows, label, value);
  return html`<section class="card" aria-labelledby="report">
<h1 id="report">${name}</h1>
<p class="soft">${about}</p>
<form class="filters" method="get" action="/reports/${name}">
<label>From<input type="date" name="from" value="${from ?? ''}"></label>
<label>To<input type="date" name="to" value="${to ?? ''}"></label>
<button>Ask</button>
</form>
</section>
${drawn.length === 0 ? '' : html`<section class="card" aria-labelledby="chart"><h2 id="chart">${wordsOf(chart?.value ?? '')} by ${wordsOf(chart?.label ?? '')}</h2>${bars(`${chart?.value} by ${chart?.label}; the numbers are in the table below`, drawn)}</section>`}
<section class="card" aria-labelledby="table"><h2 id="table">Table</h2>
${
  rows.length === 0
    ? html`<div class="empty"><p>The archive holds nothing that answers this. It gets events at most five minutes after their arrival.</p></div>`
    : html`<div class="scroll" tabindex="0" role="group" aria-label="Rows of the report"><table><thead><tr>${columns.map((column) => html`<th scope="col">${wordsOf(column)}</th>`)}</tr></thead><tbody>${rows
        .slice(0, 500)
        .map(
          (row) =>
            html`<tr>${row.map((cell, at) => (typeof cell === 'number' ? html`<td class="num">${cell}</td>` : html`<td>${cell === null ? '' : columns[at] === 'recipient' ? html`<a href="${personPath(cell)}">${shown(cell)}</a>` : shown(String(cell))}</td>`))}</tr>`,
        )}</tbody></table></div>`
}
</section>`;
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
