import { html } from 'hono/html';
import { EVENT_TYPES } from '../../../../lambda/contract/event/types.ts';
import { isInternal } from '../../../../lambda/contract/tables.ts';
import { LISTED_BY_HOUR } from '../../../../lambda/domain/event/record.ts';
import type { StoredEvent } from '../../stack/events/stored.ts';
import { storyDetail } from '../../words/story.ts';
import type { EventsModel } from '../model/events.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { sourceSelect } from '../parts/source-select.ts';
import { spanSelect } from '../parts/span-select.ts';
import { type Clock, personPath, typeWord, when } from '../parts/words.ts';

export function eventsPage({ filter, events, more }: EventsModel, sources: readonly string[], now: Clock): Html {
  const types = EVENT_TYPES.filter((type) => LISTED_BY_HOUR[type]);
  return html`<section class="card" aria-labelledby="events">
<h1 id="events">What went wrong</h1>
<p class="soft">Bounces, drops, complaints, unsubscribes and what was changed by hand, the newest arrival first.</p>
<form class="filters" method="get" action="/events">
<label>Type<select name="type"><option value="">every type</option>${types.map((type) => html`<option value="${type}" ${filter.type === type ? html`selected` : ''}>${type}</option>`)}</select></label>
${sourceSelect(sources, filter.source)}
${spanSelect(filter.since)}
<button>Filter</button>
</form>
</section>
<section class="card" aria-label="Events">
<div data-live="events">
${
  events.length === 0
    ? html`<div class="empty"><p>Nothing went wrong in this time, as far as any source has reported. Look further back with <b>Since</b> above.</p></div>`
    : eventsTable(events, now)
}
${more ? html`<p class="soft small">There are more: <code>ops events --limit 1000</code></p>` : ''}
</div>
</section>`;
}

/** Events of many people. */
export const eventsTable = (events: readonly StoredEvent[], now: Clock): Html =>
  html`<table class="stack"><thead><tr><th scope="col">Arrived</th><th scope="col">What</th><th scope="col">Who</th><th scope="col">Why, in the server's words</th><th scope="col">Source</th></tr></thead><tbody>${events.map(
    (event) => html`<tr>
<td data-label="Arrived" class="when">${when(event.receivedAt, now)}</td>
<td data-label="What"><span class="type">${typeWord(event.type)}</span></td>
<td data-label="Who"><span>${event.recipient === undefined || isInternal(event.recipient) ? html`<span class="soft">nobody named</span>` : html`<a href="${personPath(event.recipient)}">${shown(event.recipient)}</a>`}</span></td>
<td data-label="Why"><span class="small">${shown(storyDetail(event))}</span></td>
<td data-label="Source"><span>${shown(event.source)}</span></td>
</tr>`,
  )}</tbody></table>`;
