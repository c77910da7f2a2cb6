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
