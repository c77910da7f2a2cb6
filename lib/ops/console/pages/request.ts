import { html } from 'hono/html';
import type { RequestOutcome } from '../../../../lambda/contract/logs.ts';
import type { RequestLine } from '../../commands/doctor/watch.ts';
import { storyDetail } from '../../words/story.ts';
import type { RequestedEvent, RequestModel, Stopped } from '../model/request.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { spanSelect } from '../parts/span-select.ts';
import {
  badge,
  type Clock,
  count,
  many,
  messagePath,
  personPath,
  requestPath,
  type State,
  typeWord,
  when,
} from '../parts/words.ts';

const MOST = 200;

export function requestPage(model: RequestModel, now: Clock): Html {
  const { requestId, since, logged, events } = model;
  const lines = logged.seen ? logged.lines : [];
  const isKnown = lines.length > 0 || events.length > 0;
  const isTaken = events.length > 0 || lines.some((line) => 'processed' in line);
  return html`<section class="card" aria-labelledby="request">
<h1 id="request">Request</h1>
<p class="mono">${shown(requestId)}</p>
<form class="filters" method="get" action="${requestPath(requestId)}">${spanSelect(since)}<button>Look</button></form>
</section>
<section class="card" aria-labelledby="became">
<h2 id="became">What became of it</h2>
<div data-live="became">
${logged.seen ? '' : html`<p>${badge('idle', 'not seen')} The logs of the functions could not be read: ${shown(logged.why)}</p>`}
${lines.length > 0 ? html`<ul class="plain">${lines.map((line) => lineItem(line, now))}</ul>` : ''}
${!isKnown && logged.seen ? html`<div class="empty"><p>Nothing is known of such a request in this time. What was accepted stands here once it is processed; look further back with <b>Since</b> above. Is it a message? <a href="${messagePath(requestId)}">Look for it there</a>.</p></div>` : ''}
</div>
</section>
${isTaken ? html`<section class="card" aria-labelledby="brought"><h2 id="brought">Its events</h2><div data-live="brought">${eventsPart(model, now)}</div></section>` : ''}`;
}

function lineItem(line: RequestLine, now: Clock): Html {
  const at = when(new Date(line.at).toISOString(), now);
  if ('refused' in line)
    return html`<li>${badge('note', 'refused')} ${shown(line.refused)} <span class="soft">${at}${line.source === undefined ? '' : html` · ${shown(line.source)}`}</span></li>`;
  const { stored, known, dead } = line.processed;
  const [state, word] = stateOf(line.processed);
  return html`<li>${badge(state, word)} ${many(stored, 'event')} stored${known > 0 ? `, ${count(known)} known before` : ''}${dead > 0 ? html`, <a href="/letters">${many(dead, 'dead letter')}</a>` : ''} <span class="soft">${at}</span></li>`;
}

function stateOf({ dead, again }: RequestOutcome): readonly [State, string] {
  if (dead > 0) return ['fault', 'dead letters'];
  return again > 0 ? ['note', 'to be tried again'] : ['ok', 'processed'];
}

function eventsPart({ events, complete, cut }: RequestModel, now: Clock): Html {
  return html`${
    events.length === 0
      ? html`<div class="empty"><p>${complete ? 'None is stored.' : 'None of them went wrong, as far as is known.'}</p></div>`
      : html`<table class="stack"><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Who</th><th scope="col">What it says</th><th scope="col">Message</th><th scope="col">This person now</th></tr></thead><tbody>${events.slice(0, MOST).map((one) => eventRow(one, now))}</tbody></table>`
  }${events.length > MOST ? html`<p class="soft small">And ${many(events.length - MOST, 'other')}: <code>ops request ID --json</code></p>` : ''}
${complete ? '' : html`<p class="soft small">Only what went wrong is listed; all of it with <code>requestId</code> in <code>searchKeys</code> of the settings.${cut ? ' Too much went wrong around that time to look at all of it: there may be more.' : ''}</p>`}`;
}

const STOPPED: Readonly<Record<Stopped, Html>> = {
  'all mail': badge('fault', 'gets no mail'),
  marketing: badge('note', 'no marketing mail'),
  nothing: badge('ok', 'clear'),
};

const eventRow = ({ event, stopped, counts }: RequestedEvent, now: Clock): Html => html`<tr>
<td data-label="When" class="when">${when(event.occurredAt, now)}</td>
<td data-label="What"><span class="type">${typeWord(event.type)}</span></td>
<td data-label="Who"><span>${event.recipient === undefined || stopped === undefined ? html`<span class="soft">nobody named</span>` : html`<a href="${personPath(event.recipient)}">${shown(event.recipient)}</a>`}</span></td>
<td data-label="What it says"><span class="small">${shown(storyDetail(event))}</span></td>
<td data-label="Message"><span class="small">${event.messageId === undefined ? '' : html`<a href="${messagePath(event.messageId)}">${shown(event.messageId)}</a>`}</span></td>
<td data-label="Now"><span>${stopped === undefined ? '' : STOPPED[stopped]}${counts ? html`<br><span class="small soft">by this event</span>` : ''}</span></td>
</tr>`;
