import { html } from 'hono/html';
import {
  MAILBOX_OPERATORS,
  OTHER_OPERATOR,
  titlesOf,
  WITHOUT_COMPLAINTS,
} from '../../../../lambda/domain/mailbox-operators.ts';
import { floorsOf } from '../../../reports/rates.ts';
import type { Grouping, Rate } from '../../commands/rates/rates.ts';
import type { RatesModel, WeekModel } from '../model/rates.ts';
import { type Bar, bars } from '../parts/bars.ts';
import { gauge, type JudgedRate, levelOf, percentOf } from '../parts/levels.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { spanSelect } from '../parts/span-select.ts';
import { badge, count, sentence } from '../parts/words.ts';

const OPERATORS: ReadonlyMap<string, string> = new Map([
  ...MAILBOX_OPERATORS.map(({ name, title }) => [name, title] as const),
  [OTHER_OPERATOR, 'All others'],
]);

const SILENT = titlesOf(WITHOUT_COMPLAINTS);

/** What a row is of. Sources and days go by their own names. */
const titleOf = (by: Grouping, { name }: Rate): string => (by === 'operator' ? (OPERATORS.get(name) ?? name) : name);

export function ratesPage({ by, since, thresholds, rates }: RatesModel): Html {
  const { bounceRate, complaintRate } = thresholds;
  const barsOf = (share: (rate: Rate) => number | null, limit: number): Bar[] =>
    rates.flatMap((rate) => {
      const value = share(rate);
      return value === null
        ? []
        : [{ label: titleOf(by, rate), value, shown: percentOf(value), beyond: value > limit }];
    });
  return html`<section class="card" aria-labelledby="rates">
<h1 id="rates">Rates</h1>
<p class="soft">Complaints are measured against what was delivered at operators that report them: ${SILENT} report none.</p>
<form class="filters" method="get" action="/rates">
<label>By<select name="by">${['operator', 'source', 'day'].map((one) => html`<option value="${one}" ${by === one ? html`selected` : ''}>${one}</option>`)}</select></label>
${spanSelect(since)}
<button>Show</button>
</form>
</section>
${
  rates.length === 0
    ? html`<section class="card"><div class="empty"><p>Nothing was delivered or bounced in this time. Are <code>delivered</code> and <code>bounced</code> ticked at the ESP?</p></div></section>`
    : html`<section class="card" aria-labelledby="hard"><h2 id="hard">Hard bounces, in a hundred</h2><div data-live="hard">${bars(
        `Hard bounces in a hundred; the dashed line is ${bounceRate.warning} %, where the alarm warns`,
        barsOf(({ hardPercent }) => hardPercent, bounceRate.warning),
        bounceRate.warning,
      )}<p class="small soft">Dashed: ${bounceRate.warning} %, where the alarm warns; at ${bounceRate.critical} % it wakes somebody.</p></div></section>
<section class="card" aria-labelledby="complaints"><h2 id="complaints">Complaints, in a hundred</h2><div data-live="complaints">${bars(
        `Complaints in a hundred; the dashed line is ${complaintRate.warning} %, where the alarm warns`,
        barsOf(({ complainedPercent }) => complainedPercent, complaintRate.warning),
        complaintRate.warning,
      )}<p class="small soft">Dashed: ${complaintRate.warning} %, where the alarm warns; at ${complaintRate.critical} % it wakes somebody.</p></div></section>
<section class="card" aria-labelledby="numbers"><h2 id="numbers">Numbers</h2><div class="scroll" tabindex="0" role="group" aria-label="Table of rates" data-live="numbers"><table class="stack"><thead><tr><th scope="col">${sentence(by)}</th>${COLUMNS.map(([name]) => html`<th scope="col" class="num">${name}</th>`)}</tr></thead><tbody>${rates.map(
        (rate) =>
          html`<tr><th scope="row">${shown(titleOf(by, rate))}</th>${COLUMNS.map(([name, value]) => html`<td class="num" data-label="${name}">${value(rate)}</td>`)}</tr>`,
      )}</tbody></table></div></section>`
}`;
}

const COLUMNS: readonly (readonly [string, (rate: Rate) => string])[] = [
  ['Delivered', ({ delivered }) => count(delivered)],
  ['Hard', ({ hard }) => count(hard)],
  ['Hard %', ({ hardPercent }) => percentOf(hardPercent)],
  ['Soft', ({ soft }) => count(soft)],
  ['Block', ({ block }) => count(block)],
  ['Undetermined', ({ undetermined }) => count(undetermined)],
  ['Complained', ({ complained }) => count(complained)],
  ['Complained %', ({ complainedPercent }) => percentOf(complainedPercent)],
];

/** A week by mailbox operator, for a glance. */
export function weekPart({ thresholds, operators }: WeekModel): Html {
  if (operators.length === 0)
    return html`<div class="empty"><p>Nothing was delivered or bounced in a week. Tick <code>delivered</code> and <code>bounced</code> at the ESP: rates are made of both.</p></div>`;
  const { bounceRate, complaintRate } = thresholds;
  const floors = floorsOf(thresholds.minimumDelivered);
  const cell = (which: JudgedRate, now: Rate, before: Rate | undefined) => {
    const { state, word } = levelOf(which, now, thresholds);
    const limit = which === 'hard' ? bounceRate : complaintRate;
    const [percent, earlier] = [now, before].map((rate) => rate?.[`${which}Percent`]);
    return html`<span class="level">${percent === null || percent === undefined ? '' : html`<span class="figure">${percentOf(percent)}</span> ${gauge(percent, limit, state)} `}${badge(state, word)}${typeof percent !== 'number' || typeof earlier !== 'number' ? '' : html` <span class="small soft">${change(percent - earlier)}</span>`}</span>`;
  };
  return html`<table class="stack"><thead><tr><th scope="col">Operator</th><th scope="col" class="num">Delivered</th><th scope="col">Hard bounces</th><th scope="col">Complaints</th></tr></thead><tbody>${operators.map(
    ({ now, before }) => html`<tr>
<th scope="row">${shown(titleOf('operator', now))}</th>
<td data-label="Delivered" class="num">${count(now.delivered)}</td>
<td data-label="Hard bounces">${cell('hard', now, before)}</td>
<td data-label="Complaints">${cell('complained', now, before)}</td>
</tr>`,
  )}</tbody></table>
<p class="small soft">A bar is full where the alarm wakes somebody (${bounceRate.critical} % hard, ${complaintRate.critical} % complaints), its mark is where it warns (${bounceRate.warning} %, ${complaintRate.warning} %). Below ${count(floors.hard.delivered)} deliveries (of complaints: ${count(floors.complained.delivered)} deliveries and ${floors.complained.cases} complaints) it is chance. ${SILENT} report no complaints.</p>`;
}

const change = (points: number): string =>
  Math.abs(points) < 0.005
    ? 'as the week before'
    : `${points > 0 ? '+' : '−'}${Math.abs(points).toFixed(2)} to the week before`;
