import { html } from 'hono/html';
import type { OverviewModel, Seen } from '../model/overview.ts';
import type { Html } from '../parts/page.ts';
import { requestsTable } from '../parts/requests-table.ts';
import { shown } from '../parts/shown.ts';
import type { Clock } from '../parts/words.ts';
import { eventsTable } from './events.ts';
import { weekPart } from './rates.ts';
import { sourcesPart } from './sources.ts';
import { tilesPart } from './tiles.ts';

export const overviewPage = (model: OverviewModel, now: Clock): Html => html`<section aria-labelledby="glance">
<h1 id="glance">Overview</h1>
<div data-live="glance">${tilesPart(model)}</div>
</section>
${
  model.requests === undefined
    ? ''
    : html`<section class="card" aria-labelledby="requests"><h2 id="requests">Requests, as they come</h2><div data-live="requests">${requestsTable(model.requests, now)}</div></section>`
}
<section class="card" aria-labelledby="sources">
<h2 id="sources">Sources</h2>
<div data-live="sources">${sourcesPart(model.sources, now)}</div>
</section>
<section class="card" aria-labelledby="week">
<div class="head"><h2 id="week">Rates, 7 days</h2><a href="/rates">All rates</a></div>
<div data-live="week">${seenPart(model.week, weekPart)}</div>
</section>
<section class="card" aria-labelledby="lately">
<div class="head"><h2 id="lately">What went wrong, 24 hours</h2><a href="/events">By type and source</a></div>
<div data-live="lately">${seenPart(model.lately, ({ events }) =>
  events.length === 0
    ? html`<div class="empty"><p>No bounce, complaint, drop or unsubscribe was reported, and nothing was changed by hand. A test: <code>npm run --silent ops -- send ${model.sources[0]?.name ?? 'sendgrid'} ${model.requests === undefined ? '' : '--local '}--type bounced</code></p></div>`
    : eventsTable(events, now),
)}</div>
</section>`;

const seenPart = <T extends object>(part: Seen<T>, view: (part: T) => Html): Html =>
  part.seen ? view(part) : html`<div class="empty"><p>Could not be seen: ${shown(part.why)}</p></div>`;
