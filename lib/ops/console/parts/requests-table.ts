import { html } from 'hono/html';
import type { SeenRequest } from '../context.ts';
import type { Html } from './page.ts';
import { badge, type Clock, count, requestPath, when } from './words.ts';

export const requestsTable = (requests: readonly SeenRequest[], now: Clock): Html =>
  requests.length === 0
    ? html`<div class="empty"><p>No webhook has arrived yet. Send a signed sample: <code>npm run --silent ops -- send sendgrid --local --type bounced --to ada@example.com</code></p></div>`
    : html`<table class="stack"><thead><tr><th scope="col">When</th><th scope="col">Source</th><th scope="col">Answer</th><th scope="col" class="num">Events</th><th scope="col">Reason</th><th scope="col">Id</th></tr></thead><tbody>${requests.map(
        ({ at, source, status, accepted, reason, method, requestId }) => html`<tr>
<td data-label="When">${when(new Date(at).toISOString(), now)}</td>
<td data-label="Source">${source === undefined ? html`<span class="soft">no such source</span>` : html`<a href="/sources/${encodeURIComponent(source)}">${source}</a>`}</td>
<td data-label="Answer">${badge(status < 300 ? 'ok' : status < 500 ? 'note' : 'fault', `${status} ${method === 'POST' ? '' : method}`.trim())}</td>
<td data-label="Events" class="num">${accepted === undefined ? '' : count(accepted)}</td>
<td data-label="Reason">${reason ?? ''}</td>
<td data-label="Id"><span class="small mono">${requestId === undefined ? '' : html`<a href="${requestPath(requestId)}">${requestId}</a>`}</span></td>
</tr>`,
      )}</tbody></table>`;
