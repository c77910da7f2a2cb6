import { html } from 'hono/html';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import type { Reason } from '../../../../lambda/domain/suppression/suppression.ts';
import type { Html } from './page.ts';

export type State = 'ok' | 'note' | 'fault' | 'idle';

/** Shapes differ as colours do: a disc, a triangle, a square, a ring. */
const SHAPES: Readonly<Record<State, string>> = {
  ok: 'M5 0a5 5 0 1 1 0 10A5 5 0 0 1 5 0Z',
  note: 'M5 0 10 10H0Z',
  fault: 'M0 0h10v10H0Z',
  idle: 'M5 0a5 5 0 1 1 0 10A5 5 0 0 1 5 0Zm0 2.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z',
};

export const shape = (state: State): Html =>
  html`<svg viewBox="0 0 10 10" aria-hidden="true" focusable="false"><path fill="currentColor" d="${SHAPES[state]}"/></svg>`;

/** A state in colour, shape and word. */
export const badge = (state: State, word: string): Html =>
  html`<span class="badge ${state}">${shape(state)}${word}</span>`;

/** An event type with its colour. */
export const typeWord = (type: string, words = type): Html =>
  html`<span class="t-${/^[a-z]+$/.test(type) ? type : 'unknown'}"><span class="dot"></span></span><span class="word">${words}</span>`;

/** The moment that times are told from (epoch milliseconds), or `exact`: they are written as they are, for copying. */
export type Clock = EpochMs | 'exact';

/** A time, relative for reading and exact on hover. */
export function when(iso: string | undefined, now: Clock): Html {
  if (iso === undefined) return html`<span class="soft">time not given</span>`;
  const at = Date.parse(iso);
  return html`<time datetime="${iso}" title="${iso}">${now !== 'exact' && Number.isFinite(at) ? relative(at, now) : iso}</time>`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
];

/** `3 min ago`, `in 2 d`; more than 60 days away, the date. */
function relative(at: EpochMs, now: EpochMs): string {
  const distance = Math.abs(now - at);
  if (distance > 60 * 86_400_000) return dateOf(at);
  if (distance < 1000) return 'now';
  const [size, unit] = UNITS.find(([ms]) => distance >= ms) ?? [1000, 's'];
  const count = Math.floor(distance / size);
  return at <= now ? `${count} ${unit} ago` : `in ${count} ${unit}`;
}

const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const MOMENT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});
export const dateOf = (at: EpochMs): string => DATE.format(at);
/** `4 May 2026 at 12:31`, UTC. */
export const momentOf = (at: EpochMs): string => `${MOMENT.format(at)} UTC`;

/** Words that begin a heading. */
export const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

const COUNT = new Intl.NumberFormat('en-GB');
export const count = (number: number): string => COUNT.format(number);

/** `1 dead letter`, `2 dead letters`. */
export const many = (number: number, one: string, more = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : more}`;

const REASON_WORDS: Readonly<Record<Reason, readonly [string, string, string]>> = {
  hard_bounce: ['hard bounce', 'hard bounce', 'hard bounces'],
  complaint: ['complaint', 'complaint', 'complaints'],
  unsubscribe: ['unsubscribe', 'unsubscribe', 'unsubscribes'],
  soft_bounces: ['soft bounces', 'for soft bounces', 'for soft bounces'],
  manual: ['by hand', 'by hand', 'by hand'],
};

/** A reason in the words that every page uses; one of a later version as it is called. */
export const reasonWord = (reason: string): string =>
  Object.hasOwn(REASON_WORDS, reason) ? REASON_WORDS[reason as Reason][0] : reason;

/** `32 hard bounces`; nothing where there are none. */
export const reasonCount = (reason: Reason, number: number): string[] =>
  number === 0 ? [] : [`${count(number)} ${REASON_WORDS[reason][number === 1 ? 1 : 2]}`];

/** A path with a stranger's text in it. */
export const personPath = (address: string): string => `/people/${encodeURIComponent(address)}`;
export const messagePath = (id: string): string => `/messages/${encodeURIComponent(id)}`;
export const requestPath = (id: string): string => `/requests/${encodeURIComponent(id)}`;
