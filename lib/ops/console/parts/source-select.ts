import { html } from 'hono/html';
import type { Html } from './page.ts';

/** Whose evidence, as a field of a form. One that a link asked for and the settings do not name any more stays as it is. */
export function sourceSelect(sources: readonly string[], asked: string | undefined): Html {
  const known = ['operator', ...sources];
  const all = asked === undefined || known.includes(asked) ? known : [...known, asked];
  return html`<label>Source<select name="source"><option value="">every source</option>${all.map((source) => html`<option value="${source}" ${asked === source ? html`selected` : ''}>${source}</option>`)}</select></label>`;
}
