import { html } from 'hono/html';
import type { SourceModel } from '../model/source.ts';
import { dayChart, dayLegend } from '../parts/day-chart.ts';
import type { Html } from '../parts/page.ts';
import { requestsTable } from '../parts/requests-table.ts';
import { shown } from '../parts/shown.ts';
import { badge, type Clock, when } from '../parts/words.ts';

export function sourcePage(model: SourceModel, now: Clock, readOnly: boolean): Html {
  const { name, title, url, lastEvent, refused, findings, processing } = model;
  const path = `/sources/${encodeURIComponent(name)}`;
  const paused = processing.seen && processing.state !== 'Enabled';
  const where = model.kind === 'local' ? '--local' : `--stage ${model.stage ?? ''}`.trim();
  return html`<section class="card" aria-labelledby="source">
<div class="head"><div><h1 id="source">${name}</h1><p class="soft">${title}</p></div>
${readOnly ? '' : html`<div class="actions">${paused ? html`<a class="button" href="${path}/resume">Resume…</a>` : html`<a class="button" href="${path}/pause">Pause…</a>`}${model.kind === 'deployed' ? html`<a class="button" href="${path}/mute">Mute…</a>` : ''}</div>`}
</div>
<div data-live="state"><dl>
<dt>Last event</dt><dd>${lastEvent === undefined ? html`<span class="soft">none yet</span>` : when(lastEvent, now)}</dd>
<dt>Last 24 hours</dt><dd>${model.hours === undefined ? html`<span class="soft">not seen</span>` : html`${dayChart(model.hours)}${dayLegend()}`}</dd>
<dt>Refused</dt><dd>${refused === undefined ? html`<span class="soft">none</span>` : html`${refused.count}, the last ${when(refused.at, now)}: ${refused.reason}`}</dd>
<dt>Processing</dt><dd>${processing.seen ? badge(paused ? 'fault' : 'ok', processing.state.toLowerCase()) : html`<span class="soft">${processing.why}</span>`}</dd>
${findings.map(({ level, says, fix }) => html`<dt>${level === 'ok' ? 'Seen' : 'To do'}</dt><dd>${shown(says)}${fix === undefined ? '' : html`<br><code>${shown(fix)}</code>`}</dd>`)}
</dl></div>
</section>
<section class="card" aria-labelledby="setup">
<h2 id="setup">Set up, and test</h2>
<dl>
<dt>URL to enter at ${title}</dt><dd><code>${url}</code> <button type="button" data-copy="${url}">Copy</button></dd>
<dt>Key</dt><dd>${shown(model.proof)}: <code>npm run --silent ops -- secrets set ${name} ${where}</code></dd>
<dt>A signed test</dt><dd><code>npm run --silent ops -- send ${name} ${where}</code></dd>
<dt>Guide</dt><dd><code>${model.docs}</code></dd>
</dl>
</section>
${model.requests === undefined ? '' : html`<section class="card" aria-labelledby="requests"><h2 id="requests">Requests, as they come</h2><div data-live="requests">${requestsTable(model.requests, now)}</div></section>`}`;
}
