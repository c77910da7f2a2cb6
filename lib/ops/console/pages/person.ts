import { html } from 'hono/html';
import type { ActRecord } from '../../audit/act.ts';
import { isRequestId } from '../../commands/request/request.ts';
import type { StoredEvent } from '../../stack/events/stored.ts';
import { storyDetail } from '../../words/story.ts';
import { endOf } from '../../words/time.ts';
import type { MailModel, MarkModel, PersonModel, ReasonModel } from '../model/person.ts';
import type { Html } from '../parts/page.ts';
import { clean, quoted, shown } from '../parts/shown.ts';
import {
  badge,
  type Clock,
  messagePath,
  personPath,
  reasonWord,
  requestPath,
  type State,
  typeWord,
  when,
} from '../parts/words.ts';
import { actOutcome } from './audit.ts';

export function personPage(model: PersonModel, now: Clock, readOnly: boolean): Html {
  const { address, marketing, transactional } = model;
  const state: readonly [State, string] = transactional.suppressed
    ? ['fault', 'gets no mail']
    : marketing.suppressed
      ? ['note', 'gets no marketing mail']
      : ['ok', 'clear'];
  const path = personPath(address);
  return html`<section class="card" aria-labelledby="who">
<div class="head">
<div class="grow"><h1 id="who">${shown(address)}</h1><p>${badge(...state)}</p><p class="lead" data-live="sentence">${shown(model.sentence)}</p></div>
<div class="actions">
${readOnly ? '' : html`<a class="button" href="${path}/suppress">Suppress…</a>${marketing.suppressed || model.scopes.some(({ suppressed }) => suppressed) ? html`<a class="button" href="${path}/lift">Lift…</a>` : ''}<a class="button" href="${path}/erase">Erase…</a>`}
<button type="button" data-copy="${`${clean(address)}: ${clean(model.sentence)}`}">Copy for ticket</button>
</div>
</div>
</section>
<section class="card" aria-labelledby="timeline">
<h2 id="timeline">Timeline</h2>
<div data-live="timeline">
${
  model.mails.length + model.acts.length === 0
    ? html`<div class="empty"><p>No report about this address is kept. Events are kept for the days of the settings; before that, or where an event type is not ticked at the ESP, nothing arrives.</p></div>`
    : html`<ol class="timeline">${timeline(model).map((one) => ('what' in one ? actItem(one, now) : mailItem(one, now)))}</ol>`
}
${model.more ? html`<p class="soft small">Older events exist: <code>ops timeline ${clean(address)} --limit 1000</code></p>` : ''}
</div>
</section>
<section class="card" aria-labelledby="reasons">
<h2 id="reasons">Why, and what would end it</h2>
<div data-live="reasons">
${
  model.reasons.length === 0
    ? html`<p class="soft">Nothing stands, or ever stood, against this address.</p>`
    : html`<div class="scroll"><table class="stack"><thead><tr><th scope="col">Reason</th><th scope="col">State</th><th scope="col">Since</th><th scope="col">Until</th><th scope="col">Evidence</th><th scope="col">What ends it</th></tr></thead><tbody>${model.reasons.map((reason) => reason.marks.map((mark) => markRow(reason, mark, now)))}</tbody></table></div>`
}
</div>
</section>`;
}

const mailItem = ({ messageId, at, subject, outcome, events }: MailModel, now: Clock): Html => html`<li class="mail">
<h3>${subject === undefined ? '' : html`${shown(subject)}: `}${outcome === 'see below' ? 'Nothing is known of a delivery' : shown(capital(outcome))}</h3>
<p class="small soft">${when(at, now)}${messageId === undefined ? '' : html` · message <a href="${messagePath(messageId)}">${shown(messageId)}</a>`}</p>
<ul>${events.map((event) => eventItem(event, now))}</ul>
</li>`;

/** Mails and acts, the newest first. */
function timeline({ mails, acts }: PersonModel): readonly (MailModel | ActRecord)[] {
  const left = [...acts];
  const merged: (MailModel | ActRecord)[] = [];
  for (const mail of mails) {
    const last = mail.events.at(-1);
    while (left[0] && left[0].at > (last?.occurredAt ?? last?.receivedAt ?? '')) merged.push(left.shift() as ActRecord);
    merged.push(mail);
  }
  return [...merged, ...left];
}

/** What was done by hand, where no event says it. */
const actItem = (act: ActRecord, now: Clock): Html => html`<li class="mail">
<h3>${capital(act.what)}, by hand</h3>
<p class="small soft">${when(act.at, now)} · ${shown(act.actor)}${act.how === undefined ? '' : html` · ${shown(act.how)}`}</p>
<p>${actOutcome(act)}</p>
${act.note === undefined ? '' : quoted(act.note)}
</li>`;

/** One event: when, what, by whom; and the request that brought it, where that is asked for. */
export function eventItem(event: StoredEvent, now: Clock, { request = false } = {}): Html {
  const at = event.occurredAt;
  const from = request && isRequestId(event.requestId ?? '') ? event.requestId : undefined;
  const detail = storyDetail(event);
  return html`<li>${typeWord(event.type)} <span class="soft">${when(at, now)} · ${shown(event.source)}${from === undefined ? '' : html` · <a href="${requestPath(from)}">request</a>`}</span>${detail === '' ? '' : quoted(detail)}</li>`;
}

const STATES: Readonly<Record<MarkModel['state'], readonly [State, string]>> = {
  counts: ['fault', 'counts'],
  ended: ['idle', 'ended'],
  lifted: ['ok', 'lifted'],
};

const markRow = ({ reason, scope }: ReasonModel, mark: MarkModel, now: Clock): Html => html`<tr>
<td data-label="Reason"><span>${capital(reasonWord(reason))}${scope === undefined ? '' : html`<br><span class="small soft">${shown(scope)}</span>`}</span></td>
<td data-label="State"><span>${badge(...STATES[mark.state])}${mark.decides ? '' : html` <span class="small soft">also known</span>`}</span></td>
<td data-label="Since">${when(mark.at, now)}</td>
<td data-label="Until"><span>${mark.until === 0 ? '' : endOf(mark.until) === 'for ever' ? 'for ever' : when(endOf(mark.until), now)}</span></td>
<td data-label="Evidence"><span>${shown([mark.provider ?? mark.source, mark.event, mark.status].filter(Boolean).join(', '))}${mark.echo ? html`<br><span class="small soft">the ESP's own list</span>` : ''}${mark.actor === undefined ? '' : html`<br><span class="small soft">${shown(mark.actor)}: ${shown(mark.note ?? '')}</span>`}</span></td>
<td data-label="What ends it"><span>${mark.ends}</span></td>
</tr>`;

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
