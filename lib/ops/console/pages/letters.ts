import { html } from 'hono/html';
import type { LettersModel } from '../model/letters.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { badge, type Clock, count, many, when } from '../parts/words.ts';

/** What a reason means, and what to do before the letters are put back. */
const REASONS: Readonly<Record<string, string>> = {
  'unknown-source': 'The settings name no such source. Add it, deploy, then redrive.',
  'unreadable-message': 'Not a message of this product: somebody else wrote to the queue, or its format is newer.',
  'poison-event': 'This ESP sent something that the code does not read. Look at one, update, then redrive.',
  'refused-by-table': 'The table does not take the event as it is.',
  'token-reused': 'A signed token came twice with different bodies: one of them is forged.',
  'control-refused': 'A subscription could not be confirmed.',
  'crash-loop': 'The queue gave up after ten tries. When the cause is mended, redrive.',
};

export const lettersPage = (
  { groups, unread = 0 }: LettersModel,
  now: Clock,
  readOnly: boolean,
): Html => html`<section class="card" aria-labelledby="letters">
<h1 id="letters">Dead letters</h1>
<p class="soft">Events that could not be processed. Nothing of them is lost while they are here: 14 days from their arrival.</p>
<div data-live="letters">
${
  unread > 0
    ? html`<div class="empty"><p>${badge('fault', many(unread, 'dead letter'))} What they are is to be seen by operators: reading them hides them from others meanwhile, which a viewer may not.</p></div>`
    : groups.length === 0
      ? html`<div class="empty"><p>${badge('ok', 'none')} Every event that was taken in has been processed, or waits in the delivery queue.</p></div>`
      : html`<table class="stack"><thead><tr><th scope="col" class="num">Letters</th><th scope="col">Reason</th><th scope="col">Source</th><th scope="col">Oldest</th><th scope="col">Newest</th><th scope="col">What to do</th></tr></thead><tbody>${groups.map(
          (group) => html`<tr>
<td data-label="Letters" class="num">${count(group.letters)}</td>
<td data-label="Reason"><span>${badge('fault', group.reason)}${group.detail === undefined ? '' : html`<br><span class="small soft">${shown(group.detail)}</span>`}</span></td>
<td data-label="Source">${group.source === undefined ? html`<span class="soft">not known</span>` : shown(group.source)}</td>
<td data-label="Oldest">${when(group.oldest, now)}</td>
<td data-label="Newest">${when(group.newest, now)}</td>
<td data-label="What to do"><span>${REASONS[group.reason] ?? ''} <code>ops dlq show ${group.example.slice(0, 8)}</code>${
            readOnly
              ? ''
              : html`<span class="actions"><a class="button" href="/letters/${encodeURIComponent(group.key)}/redrive">Redrive…</a><a class="button" href="/letters/${encodeURIComponent(group.key)}/drop">Drop…</a></span>`
          }</span></td>
</tr>`,
        )}</tbody></table>`
}
</div>
</section>`;
