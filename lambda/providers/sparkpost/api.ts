import { type Fields, fields, isoTime, list, present, text } from '../../domain/read.ts';
import { defineApi, type EventPage, type ListEntry } from '../api.ts';
import { isoSeconds, keyHeader, pathOf, query, segment, withAddress } from '../shared/api.ts';
import { afterFirst, begunAgain, byCursor, isLost } from '../shared/paging.ts';
import { hooks } from './hook-api.ts';

/** Words of the webhook's classes, by the event's own type. The class is not part of what makes an event the same. */
const CLASSES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    track_event: 'open initial_open click amp_open amp_initial_open amp_click',
    unsubscribe_event: 'list_unsubscribe link_unsubscribe',
    gen_event: 'generation_failure generation_rejection',
    relay_event: 'relay_injection relay_delivery relay_tempfail relay_permfail relay_rejection',
  }).flatMap(([kind, words]) => words.split(' ').map((word) => [word, kind] as const)),
);

const PAGE = 1000;

/** SparkPost: message events by cursor, ten days back; `to` is not part of the window. */
export const api = defineApi({
  base: 'https://api.sparkpost.com',
  otherBases: ['https://api.eu.sparkpost.com'],
  key: 'API key',
  rights: {
    events: 'Message Events: Read-only',
    lists: 'Suppression Lists: Read-only',
    clear: 'Suppression Lists: Read/Write',
    push: 'Suppression Lists: Read/Write',
    webhook: 'Event Webhooks: Read/Write',
  },
  // Its limits move: what is too fast is answered 429, and passes within seconds.
  perSecond: 5,
  retriesHours: 8,
  authorise: keyHeader('authorization'),

  events: {
    reachDays: 10,
    settleMinutes: 30,
    pages({ call }, { from, to }) {
      const first = query({ from: isoSeconds(from), to: isoSeconds(to), per_page: PAGE, cursor: 'initial' });
      return byCursor(async (cursor) => {
        const path = cursor ?? `/api/v1/events/message${first}`;
        const what = 'read events';
        const answer = await call({
          use: 'events',
          what,
          method: 'GET',
          path,
          holds: 'results[]',
          ...afterFirst(cursor),
        });
        if (isLost(answer)) return undefined;
        const body = fields(answer.json);
        const items = list(body.results);
        return { items: eventsOf(items), isEmpty: items.length === 0, next: pathOf(fields(body.links).next) };
      });
    },
  },

  lists: {
    read: ({ call }) =>
      begunAgain(() =>
        byCursor(async (cursor) => {
          const path = cursor ?? `/api/v1/suppression-list${query({ cursor: 'initial', per_page: PAGE })}`;
          const what = 'read the suppression list';
          const answer = await call({
            use: 'lists',
            what,
            method: 'GET',
            path,
            holds: 'results[]',
            ...afterFirst(cursor),
          });
          if (isLost(answer)) return undefined;
          const body = fields(answer.json);
          const items = list(body.results);
          return { items: items.flatMap(entry), isEmpty: items.length === 0, next: pathOf(nextOf(body.links)) };
        }),
      ),
    async find({ call }, address) {
      const answer = await call({
        use: 'lists',
        what: 'look up an address on the suppression list',
        method: 'GET',
        path: `/api/v1/suppression-list/${segment(address)}`,
        holds: 'results[]',
        accepts: [404],
      });
      return answer.status === 404 ? [] : list(fields(answer.json).results).flatMap(entry);
    },
    async remove({ call }, { address, part }) {
      const answer = await call({
        use: 'clear',
        what: 'remove an entry of the suppression list',
        method: 'DELETE',
        path: `/api/v1/suppression-list/${segment(address)}`,
        // Without the type both would go.
        json: { type: part },
        accepts: [403, 404],
      });
      if (answer.status === 404) return 'gone';
      return answer.status === 403
        ? { refused: 'SparkPost removes no entries of its compliance team, and none with a key that may only read.' }
        : 'removed';
    },
    add: {
      atOnce: 1000,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send({ call }, addresses) {
        const recipients = addresses.flatMap((recipient) =>
          ['transactional', 'non_transactional'].map((type) => ({ recipient, type, description: 'Quell' })),
        );
        const path = '/api/v1/suppression-list';
        await call({ use: 'push', what: 'add to the suppression list', method: 'PUT', path, json: { recipients } });
        return [];
      },
    },
  },

  webhooks: hooks,
});

/** What has no id would be told by its whole text, which a webhook writes otherwise: it is passed over. */
function eventsOf(items: readonly unknown[]): EventPage {
  const known = items.map(fields).filter((item) => text(item.event_id) !== undefined && text(item.type) !== undefined);
  return { events: known.map(asWebhook), passed: items.length - known.length };
}

function asWebhook(item: Fields): string {
  const kind = CLASSES.get(text(item.type) as string) ?? 'message_event';
  // The webhook's own time is Unix seconds; whole ones, so the fraction goes.
  const at = isoTime(item.timestamp);
  const event = present({ ...item, timestamp: at === undefined ? undefined : String(Math.floor(at / 1000)) });
  return JSON.stringify({ msys: { [kind]: event } });
}

/** The list's pages name their next one in a list of links. */
const nextOf = (links: unknown): unknown =>
  Array.isArray(links) ? fields(links.map(fields).find(({ rel }) => rel === 'next')).href : fields(links).next;

const SOURCES: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['Bounce Rule', 'hard_bounce'],
  ['Spam Complaint', 'complaint'],
  ['List Unsubscribe', 'unsubscribe'],
  ['Unsubscribe Link', 'unsubscribe'],
]);

function entry(item: unknown): ListEntry[] {
  const { recipient, type, source, created, updated } = fields(item);
  const since = text(created) ?? text(updated);
  const part = text(type) ?? 'non_transactional';
  const reason = SOURCES.get(text(source) ?? '') ?? 'manual';
  return withAddress(
    recipient,
    present({
      list: 'suppression-list',
      part,
      reason,
      scope: reason === 'unsubscribe' ? `${part}:0` : undefined,
      since,
      at: isoTime(since),
      stays: text(source) === 'Compliance' ? "SparkPost's compliance team put it there." : undefined,
    }) as Omit<ListEntry, 'address'>,
  );
}
