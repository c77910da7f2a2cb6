import { parseJson } from '../../domain/json.ts';
import { type Fields, fields, isoTime, list, number, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type EventPage, type ListEntry, type TimeWindow } from '../api.ts';
import { isoSeconds, keyHeader, query, rawItems, sameAddress, segment, withAddress } from '../shared/api.ts';
import { hooks, streamsOf } from './hook-api.ts';

const PAGE = 500;
/** No row beyond this one can be asked for. */
const REACH = 10_000;
const HOUR = 3_600_000;
/** Times are read as US Eastern, the docs say elsewhere UTC: what is asked for covers both. */
const ZONE = 5 * HOUR;

const REASONS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['HardBounce', 'hard_bounce'],
  ['SpamComplaint', 'complaint'],
]);

/** Postmark: bounces and complaints by offset, newest first; one token sees one server. */
export const api = defineApi({
  base: 'https://api.postmarkapp.com',
  key: 'Server API token',
  rights: {
    events: 'the API token of this very server',
    lists: 'the API token of this very server',
    clear: 'the API token of this very server',
    push: 'the API token of this very server',
    webhook: 'the API token of this very server',
  },
  perSecond: 5,
  retriesHours: 11,
  authorise: keyHeader('x-postmark-server-token'),

  events: {
    reachDays: 45,
    settleMinutes: 30,
    sliceHours: 24,
    shifts: true,
    lacks:
      'Deliveries, opens, clicks and changes of subscriptions: the API gives their times in another way than the webhook.',
    pages: bounces,
  },

  lists: {
    async *read(context) {
      for (const stream of await streamsOf(context, 'lists')) yield await dump(context, stream, {});
    },
    async find(context, address) {
      const found: ListEntry[] = [];
      for (const stream of await streamsOf(context, 'lists'))
        found.push(...(await dump(context, stream, { EmailAddress: address })));
      return found.filter((entry) => sameAddress(entry.address, address));
    },
    async remove({ call }, { address, part }) {
      const answer = await call({
        use: 'clear',
        what: 'remove an entry of the suppressions',
        method: 'POST',
        path: `/message-streams/${segment(part ?? '')}/suppressions/delete`,
        json: { Suppressions: [{ EmailAddress: address }] },
      });
      // It answers 200, and says for each address what came of it.
      const [said] = list(fields(answer.json).Suppressions).map(fields);
      return text(said?.Status) === 'Deleted'
        ? 'removed'
        : { refused: 'Postmark did not remove it: a spam complaint only its support lifts.' };
    },
    add: {
      atOnce: 50,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send(context, addresses) {
        const refused = new Set<string>();
        for (const stream of await streamsOf(context, 'push')) {
          const answer = await context.call({
            use: 'push',
            what: 'add to the suppressions',
            method: 'POST',
            path: `/message-streams/${segment(stream)}/suppressions`,
            json: { Suppressions: addresses.map((EmailAddress) => ({ EmailAddress })) },
          });
          for (const { EmailAddress, Status } of list(fields(answer.json).Suppressions).map(fields))
            if (text(Status) === 'Failed') refused.add(text(EmailAddress) ?? '');
        }
        return addresses.filter((address) => refused.has(address));
      },
    },
  },

  webhooks: hooks,
});

async function* bounces(context: ApiContext, window: TimeWindow): AsyncGenerator<EventPage> {
  const [fromdate, todate] = [isoSeconds(window.from - ZONE), isoSeconds(window.to + HOUR)].map((at) =>
    at.slice(0, -1),
  );
  for (let offset = 0; ; ) {
    const answer = await context.call({
      use: 'events',
      what: 'read bounces',
      method: 'GET',
      path: `/bounces${query({ count: Math.min(PAGE, REACH - offset), offset, fromdate, todate })}`,
      holds: 'Bounces[]',
    });
    const total = number(fields(answer.json).TotalCount) ?? REACH;
    if (offset === 0 && total > REACH) {
      yield* window.to - window.from > HOUR ? halves(context, window) : tooMany(window);
      return;
    }
    const items = rawItems(answer.text, 'Bounces');
    const own = items.filter((raw) => isWithin(fields(parseJson(raw)), window));
    if (own.length > 0) yield { events: own.map(asWebhook) };
    offset += items.length;
    if (items.length === 0 || offset >= Math.min(total, REACH)) return;
  }
}

async function* halves(context: ApiContext, { from, to }: TimeWindow): AsyncGenerator<EventPage> {
  const middle = Math.floor((from + to) / 2);
  yield* bounces(context, { from, to: middle });
  yield* bounces(context, { from: middle, to });
}

function* tooMany({ from }: TimeWindow): Generator<EventPage> {
  const lost = `Postmark shows no more than ${REACH} bounces of some hours: those from ${isoSeconds(from)} on cannot be read.`;
  yield { events: [], lost };
}

const isWithin = (item: Fields, { from, to }: TimeWindow): boolean => {
  const at = isoTime(item.BouncedAt) ?? from;
  return at >= from && at < to;
};

/** The webhook tells a complaint by its record type; here it is a type of bounce. Ids are text where they are long, so that no digit is lost. */
function asWebhook(raw: string): string {
  const item = fields(parseJson(raw));
  return JSON.stringify({ ...item, RecordType: item.Type === 'SpamComplaint' ? 'SpamComplaint' : 'Bounce' });
}

async function dump(
  { call }: ApiContext,
  stream: string,
  filter: Readonly<Record<string, string>>,
): Promise<ListEntry[]> {
  const path = `/message-streams/${segment(stream)}/suppressions/dump${query(filter)}`;
  const what = 'read the suppressions';
  const answer = await call({ use: 'lists', what, method: 'GET', path, holds: 'Suppressions[]' });
  return list(fields(answer.json).Suppressions).flatMap((item) => {
    const { EmailAddress, SuppressionReason, CreatedAt, Origin } = fields(item);
    const reason = REASONS.get(text(SuppressionReason) ?? '') ?? (Origin === 'Recipient' ? 'unsubscribe' : 'manual');
    return withAddress(
      EmailAddress,
      present({
        list: 'suppressions',
        part: stream,
        reason,
        scope: reason === 'unsubscribe' ? `stream:${stream}` : undefined,
        since: text(CreatedAt),
        at: isoTime(CreatedAt),
        stays: reason === 'complaint' ? "only Postmark's support lifts a spam complaint." : undefined,
      }) as Omit<ListEntry, 'address'>,
    );
  });
}
