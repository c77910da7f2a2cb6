import { html } from 'hono/html';
import { isRequestId } from '../../commands/request/request.ts';
import type { MessageModel } from '../model/message.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { type Clock, personPath, requestPath } from '../parts/words.ts';
import { eventItem } from './person.ts';

export const messagePage = (
  { messageId, recipients }: MessageModel,
  now: Clock,
): Html => html`<section class="card" aria-labelledby="mail">
<h1 id="mail">Message</h1>
<p class="mono">${shown(messageId)}</p>
${
  recipients.length === 0
    ? html`<div class="empty"><p>No event of this message is kept. The id is the ESP's own, as the timeline of a person shows it.${isRequestId(messageId) ? html` Is it a request? <a href="${requestPath(messageId)}">Look for it there</a>.` : ''}</p></div>`
    : recipients.map(
        ({ recipient, outcome, events }) => html`<div class="mail">
<h2>${recipient === undefined ? 'Nobody named' : html`<a href="${personPath(recipient)}">${shown(recipient)}</a>`}</h2>
<p>${outcome}</p>
<ul>${events.map((event) => eventItem(event, now, { request: true }))}</ul>
</div>`,
      )
}
</section>`;
