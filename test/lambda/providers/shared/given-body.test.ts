import { describe, expect, test } from '@jest/globals';
import { safeParse } from 'valibot';
import { EVENT_TYPES } from '../../../../lambda/domain/event/event.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import type { SampleRequest } from '../../../../lambda/providers/provider.ts';

/** Whoever has a payload can have it signed: what it says stays as it is, and the proof is one that the receiver takes. */

const AT = Date.parse('2026-05-04T10:00:00Z');
const webhookUrl = 'https://hooks.example.com/webhooks/v1/shop';
const asRequest = ({ method, headers, query = '', body }: SampleRequest) => ({
  method,
  headers,
  query,
  body: Buffer.from(body),
});

/** Proof by certificate is tried over HTTP, where a certificate is fetched. */
const bySecret = [...PROVIDERS.values()].filter(({ keys }) => keys !== 'none').map((one) => [one.id, one] as const);

describe.each(bySecret)('%s', (_id, provider) => {
  const options = safeParse(provider.options, provider.minimalOptions ?? {}).output;
  const [made, other] = [provider.generateKey(), provider.generateKey()];
  const about = { recipient: 'ada@example.com', at: AT, id: 'c0ffee00', options, webhookUrl };
  const type = EVENT_TYPES.find((one) => provider.sample({ ...about, type: one, signingKey: made.signingKey }));
  if (!type) throw new Error('it has no sample');
  const first = provider.sample({ ...about, type, signingKey: made.signingKey }) as SampleRequest;
  // A form that travels in the query is a body all the same.
  const body = first.body || (first.query ?? '');
  const spaced = body.startsWith('{') ? body.replace(/}$/, ' , "note" : "\u{1f389} 1e2" }') : body;

  test('signs it with another key, later, and it says the same', async () => {
    const at = AT + 3_600_000;
    const again = provider.sample({ ...about, type, at, id: 'beef0000', signingKey: other.signingKey, body: spaced });
    const request = asRequest(again as SampleRequest);
    const context = { secrets: [other.secret as string], options, now: at, webhookUrl };
    await provider.verify(request, { ...context, fetchText: () => Promise.reject(new Error('not fetched')) });
    const said = (one: SampleRequest) =>
      provider
        .split(asRequest(one), options)
        .events.flatMap((raw) =>
          provider
            .normalise(raw, { meta: {}, options })
            .map(({ recipient, occurredAt, providerEvent }) => ({ recipient, occurredAt, providerEvent })),
        );
    expect(said(again as SampleRequest)).toEqual(said(first));
    if (again?.body.startsWith('{') && provider.proof.signs !== 'token')
      expect(again.body).toContain('"\u{1f389} 1e2"');
  });
});

test.each(['mailgun', 'mailomat', 'unisender-go'])('%s: a body without a place for the proof is not signed', (id) => {
  const provider = PROVIDERS.get(id);
  const input = {
    type: 'delivered',
    recipient: 'a@example.com',
    at: AT,
    id: 'c0ffee',
    options: {},
    webhookUrl,
  } as const;
  for (const body of ['{"event":"bounce"}', 'event=bounce', '[]', '{"auth":', ''])
    expect(provider?.sample({ ...input, signingKey: 'key', body })).toBeUndefined();
});
