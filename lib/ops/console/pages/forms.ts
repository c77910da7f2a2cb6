import { html } from 'hono/html';
import { REASONS } from '../../../../lambda/domain/suppression/suppression.ts';
import type { Html } from '../parts/page.ts';
import { shown } from '../parts/shown.ts';
import { reasonWord } from '../parts/words.ts';

/** A page that asks before anything changes: what will happen, to how many, and why it is done. */
export interface Question {
  readonly title: string;
  /** What will happen, and to whom. */
  readonly says: readonly (string | Html)[];
  readonly action: string;
  readonly button: string;
  readonly back: string;
  /** It cannot be undone: the button says so by its colour, and a box must be ticked. */
  readonly final?: string;
  readonly fields?: Html;
}

export const questionPage = ({
  title,
  says,
  action,
  button,
  back,
  final,
  fields,
}: Question): Html => html`<section class="card" aria-labelledby="ask">
<h1 id="ask">${shown(title)}</h1>
${says.map((line) => html`<p>${line}</p>`)}
<form class="stackform" method="post" action="${action}">
${fields ?? ''}
<label>Why <span class="soft">Kept with the change, for whoever wonders later. No personal data.</span><textarea name="note" required maxlength="500"></textarea></label>
${final === undefined ? '' : html`<label class="check"><input type="checkbox" name="really" value="yes" required> ${final}</label>`}
<div class="actions"><button class="${final === undefined ? 'primary' : 'danger'}">${button}</button><a class="button" href="${back}">Cancel</a></div>
</form>
</section>`;

export const suppressFields = (): Html => html`
<label>Reason<select name="reason">${[...REASONS].reverse().map((reason) => html`<option value="${reason}">${reasonWord(reason)}</option>`)}</select></label>
<label>Days <span class="soft">Empty: as the policy says; by hand for ever.</span><input name="days" inputmode="numeric" pattern="[0-9]{1,5}"></label>
<label>Scope <span class="soft">Only for an unsubscribe from one list: &lt;source&gt;:&lt;kind&gt;:&lt;id&gt;.</span><input name="scope" spellcheck="false"></label>`;

export const eraseFields = (): Html => html`
<label class="check"><input type="checkbox" name="keep" value="yes" checked> Keep the bare fact that no mail may be sent, so that nobody mails this person again</label>`;

export const muteFields = (): Html => html`
<label>For how long<select name="for"><option value="1h">1 hour</option><option value="4h">4 hours</option><option value="1d">1 day</option><option value="7d">7 days</option></select></label>`;

/** What came of an action, above the page it leads to. */
export const saidBox = (ok: boolean, says: readonly string[]): Html =>
  html`<section class="card said${ok ? '' : ' said-fault'}" role="status">${says.map((line) => html`<p>${shown(line)}</p>`)}</section>`;

/** A page that could not be made. */
export const faultPage = (title: string, says: string): Html =>
  html`<section class="card said-fault" aria-labelledby="fault"><h1 id="fault">${title}</h1><p>${shown(says)}</p><p><a href="/">Overview</a></p></section>`;
