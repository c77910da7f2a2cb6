import { describe, expect, test } from '@jest/globals';
import { parse } from 'valibot';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Provider } from '../../../lambda/providers/provider.ts';
import { asRequest } from '../../support/providers/contract.ts';

/** What every adapter makes of a receiver that speaks of our sender in the words of a dead mailbox. */

const AT = Date.UTC(2026, 4, 4, 10, 0, 0);

/** ESPs that quote no reply in a bounce: their word is all there is. */
const NO_REPLY = ['elastic-email', 'klaviyo', 'loops', 'mailchimp'];

/** Where the reply stands, if a sample has none. */
const REPLY_IN: Readonly<Record<string, string>> = { mailjet: 'comment' };

const REPLIES = [
  '550 <news@shop.example>: Sender address rejected: Domain not found',
  '550 5.1.1 <news@shop.example>: Sender address rejected: User unknown in virtual mailbox table',
  '550-Verification failed for <bounces@mail.shop.example> 550-No Such User Here 550 Sender verify failed',
  '504 <mta1.esp.example>: Helo command rejected: Host not found',
  '550 MAIL FROM <news@shop.example> rejected: no such user',
  '550 5.1.2 Reverse DNS host unknown',
  '550 5.1.1 Client host rejected: user unknown',
  '550 Invalid sender domain shop.example: domain does not exist',
];

const IS_REPLY = /(?:^|\W)5\d\d[ -]|5\.\d\.\d\W{1,2}\S|user unknown|no such|does not exist/i;

/** The event with its quoted reply replaced, however deep it stands; JSON within a string is JSON too. */
function quoting(value: unknown, reply: string, hit: { count: number }): unknown {
  if (typeof value === 'string') {
    if (/^[[{]/.test(value)) return JSON.stringify(quoting(JSON.parse(value), reply, hit));
    if (!IS_REPLY.test(value)) return value;
    hit.count++;
    return reply;
  }
  if (Array.isArray(value)) return value.map((one) => quoting(one, reply, hit));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, quoting(one, reply, hit)]));
}

const bounceOf = (id: string) => {
  const provider = PROVIDERS.get(id) as unknown as Provider<unknown>;
  const options = parse(provider.options, {});
  const { signingKey } = provider.generateKey();
  const asked = { type: 'bounced', recipient: 'ada@example.com', at: AT, id: 'a1b2c3d4', signingKey, options } as const;
  const sample = provider.sample(asked);
  if (!sample) throw new Error(`${id} has no bounce to quote a reply in`);
  return { provider, options, ...provider.split(asRequest(sample), options) };
};

test.each(NO_REPLY)('%s quotes no reply', (id) => {
  expect(bounceOf(id).events.join()).not.toMatch(IS_REPLY);
});

describe.each([...PROVIDERS.keys()].filter((id) => !NO_REPLY.includes(id)))('%s', (id) => {
  const { provider, options, events, meta } = bounceOf(id);

  test.each(REPLIES)('"%s" kills nobody', (reply) => {
    const hit = { count: 0 };
    const drafts = events.flatMap((raw) => {
      const field = REPLY_IN[id];
      const event = { ...JSON.parse(raw), ...(field && { [field]: '550 user unknown' }) };
      return provider.normalise(JSON.stringify(quoting(event, reply, hit)), { options, meta: meta ?? {} });
    });
    expect(hit.count).toBeGreaterThan(0);
    expect(drafts.map(({ type }) => type)).toEqual(['bounced']);
    expect(drafts[0]?.bounceClass).not.toBe('hard');
  });
});
