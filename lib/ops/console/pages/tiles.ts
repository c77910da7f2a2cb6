import { html } from 'hono/html';
import { REASONS } from '../../../../lambda/domain/suppression/suppression.ts';
import type { Lately } from '../model/lately.ts';
import type { OverviewModel, Seen } from '../model/overview.ts';
import type { Html } from '../parts/page.ts';
import { count, many, reasonCount, type State, shape } from '../parts/words.ts';
import { parted, stateOf } from './sources.ts';

const WORDS: Readonly<Record<State, string>> = { ok: 'ok', note: 'look', fault: 'act', idle: 'not seen' };

interface Tile {
  /** Absent where there is nothing to judge. */
  readonly state?: State;
  readonly words: string;
  readonly more: string;
  readonly href?: string;
}

/** The state of everything, in a line each. */
export const tilesPart = (model: OverviewModel): Html =>
  html`<ul class="tiles">${tiles(model).map(
    ({ state, words, more, href }) =>
      html`<li class="tile tile-${state ?? 'plain'}"><b>${state === undefined ? '' : html`<span class="badge above ${state}">${shape(state)}${WORDS[state]}</span>`}${href === undefined ? words : html`<a href="${href}">${words}</a>`}</b><span class="soft">${more}</span></li>`,
  )}</ul>`;

const tiles = ({ sources, queue, letters, processing, lately }: OverviewModel): Tile[] => [
  sourcesTile(sources),
  tileOf(queue, ({ waiting, inFlight, oldestSeconds }) => ({
    state: (oldestSeconds ?? 0) > 900 ? 'fault' : 'ok',
    words: waiting + inFlight === 0 ? 'Nothing waits' : `${many(waiting + inFlight, 'message')} in the queue`,
    more: oldestSeconds === undefined ? 'the delivery queue' : `the oldest for ${count(oldestSeconds)} s`,
  })),
  tileOf(letters, ({ waiting }) => ({
    state: waiting === 0 ? 'ok' : 'fault',
    words: waiting === 0 ? 'No dead letters' : many(waiting, 'dead letter'),
    more: waiting === 0 ? 'everything taken in was processed' : 'kept for 14 days',
    href: '/letters',
  })),
  tileOf(processing, ({ state }) => ({
    state: state === 'Enabled' ? 'ok' : 'fault',
    words: state === 'Enabled' ? 'Processing is on' : `Processing is ${state.toLowerCase()}`,
    more:
      state === 'Enabled'
        ? 'events are worked off as they come'
        : 'events wait in the queue; nothing is suppressed meanwhile',
  })),
  tileOf(lately, suppressedTile),
];

function sourcesTile(sources: OverviewModel['sources']): Tile {
  const [heard, waiting] = parted(sources);
  const states = sources.map(stateOf);
  const broken = states.filter((state) => state === 'fault').length;
  const unseen = sources.find((source) => source.unseen !== undefined)?.unseen;
  if (unseen !== undefined) return { state: 'idle', words: many(sources.length, 'source'), more: unseen };
  return {
    state: broken > 0 ? 'fault' : heard.length === 0 ? 'idle' : states.includes('note') ? 'note' : 'ok',
    words:
      broken > 0
        ? `${many(broken, 'source')} of ${count(sources.length)} in trouble`
        : `${count(heard.length)} of ${many(sources.length, 'source')} alive`,
    more: waiting.length > 0 ? `nothing has come yet from ${count(waiting.length)}` : 'each within its expected time',
  };
}

function suppressedTile({ suppressed: { people, reasons, atLeast } }: Lately): Tile {
  const named = REASONS.flatMap((reason) => reasonCount(reason, reasons[reason] ?? 0));
  return {
    words: `${atLeast ? 'At least ' : ''}${many(people, 'person', 'people')} suppressed`,
    more: `in the last 24 hours${named.length > 0 ? `: ${named.join(', ')}` : ''}`,
    href: '/list',
  };
}

const tileOf = <T extends object>(part: Seen<T>, tile: (part: T) => Tile): Tile =>
  part.seen ? tile(part) : { state: 'idle', words: 'Could not be seen', more: part.why };
