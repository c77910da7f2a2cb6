import { fields, instant, list, present, text } from '../../domain/read.ts';
import { type ApiContext, defineApi, type ListEntry } from '../api.ts';
import { query, segment, withAddress } from '../shared/api.ts';
import { afterFirst, begunAgain, byCursor, isLost } from '../shared/paging.ts';

const ROOT = '/v2/email/suppression/addresses';
const PAGE = 1000;
const REASONS: ReadonlyMap<string, ListEntry['reason']> = new Map([
  ['BOUNCE', 'hard_bounce'],
  ['COMPLAINT', 'complaint'],
]);

/** SES: the account's suppression list in one Region. There is no list of past events. Requests are signed with AWS credentials. */
export const api = defineApi({
  base: 'https://email.us-east-1.amazonaws.com',
  key: 'AWS credentials',
  rights: {
    lists: 'ses:ListSuppressedDestinations and ses:GetSuppressedDestination',
    clear: 'ses:GetSuppressedDestination and ses:DeleteSuppressedDestination',
    push: 'ses:ListSuppressedDestinations and ses:PutSuppressedDestination',
  },
  // One list request a second; others are throttled, and tried again.
  perSecond: 1,
  signedByAws: 'ses',
  authorise: (request) => request,
  keyRefused: ({ status, text: said }) =>
    status === 400 && /AccessDenied|UnrecognizedClient|InvalidSignature/.test(said),

  lists: {
    lacks: "Other Regions that send, each with a list of its own (--region), and AWS's global list.",
    read: ({ call }) =>
      begunAgain(() =>
        byCursor(async (NextToken) => {
          const path = `${ROOT}${query({ PageSize: PAGE, NextToken })}`;
          const what = 'read the suppression list';
          const answer = await call({ use: 'lists', what, method: 'GET', path, isSound, ...afterFirst(NextToken) });
          if (isLost(answer)) return undefined;
          const { SuppressedDestinationSummaries, NextToken: next } = fields(answer.json);
          const items = list(SuppressedDestinationSummaries);
          return { items: items.flatMap(entry), isEmpty: items.length === 0, next: text(next) };
        }),
      ),
    async find({ call }, address) {
      const path = `${ROOT}/${segment(address)}`;
      const what = 'look up an address on the suppression list';
      const holds = 'SuppressedDestination';
      const answer = await call({ use: 'lists', what, method: 'GET', path, holds, accepts: [404] });
      // Of one that is not there it says 404, and holds nothing.
      return entry(fields(answer.json).SuppressedDestination);
    },
    async remove({ call }, { address }) {
      const path = `${ROOT}/${segment(address)}`;
      const what = 'remove an entry of the suppression list';
      const answer = await call({ use: 'clear', what, method: 'DELETE', path, accepts: [404] });
      return answer.status === 404 ? 'gone' : 'removed';
    },
    add: {
      atOnce: 1,
      reasons: ['hard_bounce', 'complaint', 'unsubscribe', 'manual'],
      async send(context, [address]) {
        await put(context, address);
        return [];
      },
    },
  },
});

/** It knows two reasons. A complaint would be counted against nobody and tells most, a bounce says least: that is what ours become. */
const put = ({ call }: ApiContext, EmailAddress: string | undefined) =>
  call({
    use: 'push',
    what: 'add to the suppression list',
    method: 'PUT',
    path: ROOT,
    json: { EmailAddress, Reason: 'BOUNCE' },
  });

/** Members that are empty may be left out. */
const isSound = (said: string): boolean => /^\s*\{\s*\}\s*$|"(?:SuppressedDestinationSummaries|NextToken)"/.test(said);

function entry(item: unknown): ListEntry[] {
  const { EmailAddress, Reason, LastUpdateTime } = fields(item);
  return withAddress(
    EmailAddress,
    present({
      list: 'suppression-list',
      reason: REASONS.get(text(Reason) ?? '') ?? 'manual',
      since: text(LastUpdateTime),
      // Unix seconds with a fraction.
      at: instant(LastUpdateTime),
    }) as Omit<ListEntry, 'address'>,
  );
}
