import { html } from 'hono/html';
import { REASONS } from '../../../../lambda/domain/suppression/suppression.ts';
import { endOf } from '../../words/time.ts';
import type { ListModel } from '../model/list.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { sourceSelect } from '../parts/source-select.ts';
import { badge, type Clock, count, personPath, reasonWord, when } from '../parts/words.ts';

export function listPage(
  { filter, rows, next, read }: ListModel,
  sources: readonly string[],
  now: Clock,
  readOnly: boolean,
): Html {
  const query = new URLSearchParams(
    Object.entries({ ...filter, ...(next !== undefined && { from: next }) }).filter(([, value]) => value !== undefined),
  );
  return html`<section class="card" aria-labelledby="list">
<div class="head"><h1 id="list">Suppression list</h1>${readOnly ? '' : html`<div class="actions"><a class="button" href="/list/undo">Undo a window or an import…</a></div>`}</div>
<form class="filters" method="get" action="/list">
<label>Reason<select name="reason"><option value="">every reason</option>${REASONS.map((reason) => html`<option value="${reason}" ${filter.reason === reason ? html`selected` : ''}>${reasonWord(reason)}</option>`)}</select></label>
${sourceSelect(sources, filter.source)}
<label>Evidence since<input type="date" name="since" value="${filter.since?.slice(0, 10) ?? ''}"></label>
<button>Filter</button>
</form>
</section>
<section class="card" aria-label="People">
<div data-live="rows">
${
  rows.length === 0
    ? html`<div class="empty"><p>${next === undefined ? 'Nobody stands on the list with these filters.' : `Nobody among the first ${count(read)} entries read; go on to look further.`}</p></div>`
    : html`<table class="stack brief"><thead><tr><th scope="col">Address</th><th scope="col">Reason</th><th scope="col">Source</th><th scope="col">Since</th><th scope="col">Until</th><th scope="col">Stops</th></tr></thead><tbody>${rows.map(
        (row) => html`<tr>
<td data-label="Address"><a href="${personPath(row.address)}">${shown(row.address)}</a></td>
<td data-label="Reason"><span>${reasonWord(row.reason)}${row.scope === undefined ? '' : html`<br><span class="small soft">${shown(row.scope)}</span>`}</span></td>
<td data-label="Source">${shown(row.source)}</td>
<td data-label="Since">${when(row.since, now)}</td>
<td data-label="Until"><span>${endOf(row.until) === 'for ever' ? 'for ever' : when(endOf(row.until), now)}</span></td>
<td data-label="Stops">${row.transactional ? badge('fault', 'all mail') : badge('note', 'marketing')}</td>
</tr>`,
      )}</tbody></table>`
}
</div>
${next === undefined ? '' : html`<p><a class="button" href="/list?${query.toString()}">Next page</a></p>`}
</section>`;
}
