import { html } from 'hono/html';
import type { Retraction } from '../../../../lambda/domain/suppression/retraction.ts';
import { REASONS } from '../../../../lambda/domain/suppression/suppression.ts';
import type { ActRecord } from '../../audit/act.ts';
import { cameOf } from '../../audit/line.ts';
import type { TakenBack } from '../../commands/lift/taken-back.ts';
import type { UndoChoice, UndoPreview } from '../model/undo.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { type Clock, count, many, personPath, when } from '../parts/words.ts';
import { questionPage } from './forms.ts';

/** Asks what is to be taken back. */
export function undoChoicePage({ asked, imports, stored }: UndoChoice, sources: readonly string[], now: Clock): Html {
  return html`<section class="card" aria-labelledby="undo">
<h1 id="undo">Undo a window or an import</h1>
<p class="soft">For what should never have counted: an ESP that reported wrong bounces for an hour, a wrong file. Whoever is on the list for that alone comes back; what other evidence proves stays. The next page says who, before anything is done.</p>
<form class="filters" method="get" action="/list/undo">
<label>What this source reported<select name="source" required>${sources.map((name) => html`<option value="${name}" ${asked.source === name ? html`selected` : ''}>${name}</option>`)}</select></label>
<label>From, UTC<input name="from" value="${asked.from ?? ''}" placeholder="2026-05-04T10:00:00Z" autocomplete="off" spellcheck="false" required></label>
<label>Until, UTC<input name="until" value="${asked.until ?? ''}" placeholder="2026-05-04T12:00:00Z" autocomplete="off" spellcheck="false" required></label>
<label>Reason<select name="reason"><option value="">every reason</option>${REASONS.map((reason) => html`<option value="${reason}" ${asked.reason === reason ? html`selected` : ''}>${reason.replaceAll('_', ' ')}</option>`)}</select></label>
<button>Show whom it concerns…</button>
</form>
</section>
<section class="card" aria-labelledby="imports">
<h2 id="imports">Imports</h2>
${
  imports.length === 0
    ? html`<div class="empty"><p>No import is known. One that is older than the audit has its id on the page of a person: <code>ops lift --import ID</code>.</p></div>`
    : html`<table class="stack"><thead><tr><th scope="col">When</th><th scope="col">By</th><th scope="col">Why</th><th scope="col">Lines</th><th scope="col">Undo</th></tr></thead><tbody>${imports.map((one) => importRow(one, now))}</tbody></table>`
}
</section>
${
  stored.length === 0
    ? ''
    : html`<section class="card" aria-labelledby="stored"><h2 id="stored">Taken back already</h2>
<p class="soft">What comes late of these does not count either. To let it count again: <code>ops lift --forget ID</code>.</p>
<table class="stack"><thead><tr><th scope="col">Id</th><th scope="col">What</th><th scope="col">Since</th><th scope="col">By</th><th scope="col">Why</th></tr></thead><tbody>${stored.map((one) => storedRow(one, now))}</tbody></table></section>`
}`;
}

const importRow = (act: ActRecord, now: Clock): Html => html`<tr>
<td data-label="When" class="when">${when(act.at, now)}</td>
<td data-label="By">${shown(act.actor)}</td>
<td data-label="Why">${shown(act.note ?? '')}</td>
<td data-label="Lines"><span>${cameOf(act) || act.result}</span></td>
<td data-label="Undo"><a class="button" href="/list/undo?import=${act.on[0] ?? ''}">Undo ${act.on[0] ?? ''}…</a></td>
</tr>`;

const storedRow = (one: Retraction, now: Clock): Html => html`<tr>
<td data-label="Id" class="mono">${one.id}</td>
<td data-label="What"><span>${whatOf(one)}</span></td>
<td data-label="Since">${when(one.at, now)}</td>
<td data-label="By">${shown(one.actor)}</td>
<td data-label="Why">${shown(one.note)}</td>
</tr>`;

const whatOf = (one: Retraction): string =>
  'importId' in one
    ? `the import ${one.importId}`
    : `what ${one.source} reported from ${short(one.from)} until ${short(one.until)}${one.reason === undefined ? '' : `, ${one.reason.replaceAll('_', ' ')} only`}`;

const short = (iso: string): string => iso.replace('.000Z', 'Z');

/** Says who would come back, and asks. */
export function undoPreviewPage({ asked, retraction, lifted, stay, people }: UndoPreview, now: Clock): Html {
  const come = people.filter((one) => one.lifted);
  return html`${questionPage({
    title: `Undo ${whatOf(retraction)}`,
    says: [
      html`<strong>${many(lifted, 'person would come', 'people would come')} back</strong> and get mail again. ${count(stay)} stay on the list by other evidence.`,
      'What of it still waits in the queue, or comes late, does not count either. It is stored until somebody forgets it.',
    ],
    action: '/list/undo',
    button: 'Undo',
    back: '/list/undo',
    fields: html`${Object.entries(asked).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`,
  })}
<section class="card" aria-labelledby="who">
<h2 id="who">Who would come back</h2>
${
  come.length === 0
    ? html`<div class="empty"><p>Nobody, as far as the list goes: it would only keep what comes late from counting.</p></div>`
    : html`<table class="stack"><thead><tr><th scope="col">Address</th><th scope="col">Reason</th></tr></thead><tbody>${come.map((one) => personRow(one))}</tbody></table>`
}
${lifted > come.length ? html`<p class="soft small">And ${many(lifted - come.length, 'other')}.</p>` : ''}
</section>
${stay === 0 ? '' : staying(people, now)}`;
}

const personRow = ({ recipient, key }: TakenBack): Html => html`<tr>
<td data-label="Address"><a href="${personPath(recipient)}">${shown(recipient)}</a></td>
<td data-label="Reason">${shown(key.replaceAll('_', ' '))}</td>
</tr>`;

function staying(people: readonly TakenBack[], now: Clock): Html {
  const rows = people.flatMap(({ recipient, stays }) => (stays ? [{ recipient, stays }] : []));
  return html`<section class="card" aria-labelledby="stay">
<h2 id="stay">Who stays, and by what</h2>
<table class="stack"><thead><tr><th scope="col">Address</th><th scope="col">Evidence</th><th scope="col">Since</th></tr></thead><tbody>${rows.map(
    ({ recipient, stays }) => html`<tr>
<td data-label="Address"><a href="${personPath(recipient)}">${shown(recipient)}</a></td>
<td data-label="Evidence">${shown(`${stays.source}: ${stays.event}`)}</td>
<td data-label="Since">${when(stays.at, now)}</td>
</tr>`,
  )}</tbody></table>
</section>`;
}
