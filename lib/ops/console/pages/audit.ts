import { html } from 'hono/html';
import { isInternal } from '../../../../lambda/contract/tables.ts';
import type { ActRecord } from '../../audit/act.ts';
import { ACTS } from '../../audit/kinds.ts';
import { cameOf } from '../../audit/line.ts';
import type { AuditModel } from '../model/audit.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { badge, type Clock, personPath, type State, when } from '../parts/words.ts';

const SPANS = [
  ['1d', 'a day'],
  ['7d', 'a week'],
  ['30d', '30 days'],
  ['400d', '400 days'],
] as const;

export function auditPage({ filter, acts, next }: AuditModel, sources: ReadonlySet<string>, now: Clock): Html {
  const { since = '30d', what, by = '', on = '' } = filter;
  const query = new URLSearchParams(
    Object.entries({ ...filter, after: next }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value] as [string, string]],
    ),
  );
  return html`<section class="card" aria-labelledby="audit">
<h1 id="audit">Audit</h1>
<p class="soft">Everything that was changed by hand, from the command line or here: written down before it began.</p>
<form class="filters" method="get" action="/audit">
<label>On<input name="on" value="${on}" placeholder="address, source or id" autocomplete="off" spellcheck="false"></label>
<label>What<select name="what"><option value="">everything</option>${ACTS.map((act) => html`<option value="${act}" ${what === act ? html`selected` : ''}>${act}</option>`)}</select></label>
<label>By<input name="by" value="${by}" placeholder="name" autocomplete="off" spellcheck="false"></label>
<label>Since<select name="since">${SPANS.map(([value, words]) => html`<option value="${value}" ${since === value ? html`selected` : ''}>${words}</option>`)}</select></label>
<button>Filter</button>
</form>
</section>
<section class="card" aria-label="Acts">
<div data-live="acts">
${acts.length === 0 ? empty(filter) : table(acts, sources, now)}
</div>
${next === undefined ? '' : html`<p><a class="button" href="/audit?${query.toString()}">Older ones</a></p>`}
</section>`;
}

const empty = ({ on, by, what }: AuditModel['filter']): Html =>
  on !== undefined || by !== undefined || what !== undefined
    ? html`<div class="empty"><p>Nothing was changed in this time that fits. Look further back, or <a href="/audit?since=400d">at everything</a>.</p></div>`
    : html`<div class="empty"><p>Nothing was changed by hand in this time. The first change will stand here: suppress somebody on the page of a person, or try <code>ops suppress ada@example.com --note "a try"</code>.</p></div>`;

const table = (acts: readonly ActRecord[], sources: ReadonlySet<string>, now: Clock): Html =>
  html`<table class="stack acts"><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">On</th><th scope="col">By</th><th scope="col">Why</th><th scope="col">Came of it</th></tr></thead><tbody>${acts.map((act) => row(act, sources, now))}</tbody></table>`;

const row = (act: ActRecord, sources: ReadonlySet<string>, now: Clock): Html => html`<tr>
<td data-label="When" class="when">${when(act.at, now)}</td>
<td data-label="What"><span>${act.what}${act.how === undefined ? '' : html`<br><span class="small soft">${shown(act.how)}</span>`}</span></td>
<td data-label="On"><span>${whom(act, sources)}</span></td>
<td data-label="By"><span>${shown(act.actor)}${act.by === act.actor ? '' : html`<br><span class="small soft">${act.by === undefined ? 'as named' : shown(act.by)}</span>`}</span></td>
<td data-label="Why"><span>${act.note === undefined ? html`<span class="soft">not said</span>` : shown(act.note)}</span></td>
<td data-label="Came of it"><span>${actOutcome(act)}</span></td>
</tr>`;

const STATES: Readonly<Record<ActRecord['result'], State>> = { done: 'ok', failed: 'fault', 'not finished': 'note' };

/** How an act ended, and what came of it. */
export function actOutcome(act: ActRecord): Html {
  const words = cameOf(act);
  return html`${badge(STATES[act.result], act.result)}${words === '' ? '' : html`<br><span class="small">${words}</span>`}${act.error === undefined ? '' : html`<br><span class="small soft">${shown(act.error)}</span>`}`;
}

const SHOWN = 3;

function whom({ on, of }: ActRecord, sources: ReadonlySet<string>): Html {
  if (on.length === 0) return html`<span class="soft">everything</span>`;
  const more = (of ?? on.length) - Math.min(SHOWN, on.length);
  return html`${on.slice(0, SHOWN).map((one, at) => html`${at === 0 ? '' : html`<br>`}${subject(one, sources)}`)}${more > 0 ? html`<br><span class="soft">and ${more} more</span>` : ''}`;
}

function subject(one: string, sources: ReadonlySet<string>): Html {
  if (isInternal(one)) return html`<span class="soft">somebody erased</span>`;
  if (one.includes('@')) return html`<a href="${personPath(one)}">${shown(one)}</a>`;
  return sources.has(one) ? html`<a href="/sources/${encodeURIComponent(one)}">${one}</a>` : shown(one);
}
