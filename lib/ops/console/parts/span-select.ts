import { html } from 'hono/html';
import type { Html } from './page.ts';

const SPANS = [
  ['1h', 'the last hour'],
  ['24h', 'a day'],
  ['7d', 'a week'],
  ['30d', '30 days'],
] as const;

/** How far back, as a field of a form. One that a link asked for and that stands nowhere here stays as it is. */
export function spanSelect(since: string): Html {
  const spans = SPANS.some(([value]) => value === since) ? SPANS : [...SPANS, [since, since] as const];
  return html`<label>Since<select name="since">${spans.map(([value, words]) => html`<option value="${value}" ${since === value ? html`selected` : ''}>${words}</option>`)}</select></label>`;
}
