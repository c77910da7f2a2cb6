import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'valibot';
import { PoisonEvent, RefusedRequest } from '../../../lambda/domain/errors.ts';
import { EVENT_TYPES, type EventType } from '../../../lambda/domain/event/event.ts';
import { normalisedEvent } from '../../../lambda/domain/event/normalised.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import { proofOf } from '../../../lambda/providers/proof.ts';
import type { Provider, SampleRequest, VerifyContext, WebhookRequest } from '../../../lambda/providers/provider.ts';
import { factsContract } from './facts.ts';
import { asRequest } from './sample-request.ts';

export { asRequest };

/** What a provider cannot do by the nature of its ESP; everything else is demanded of all. */
export interface ContractFlags {
  /** Source settings, as a team writes them. */
  readonly options?: unknown;
  /** Types whose events carry no time of their own. */
  readonly timeless?: readonly EventType[];
  /** What of a sample's body the ESP leaves unsigned and we never read. */
  readonly unsigned?: RegExp;
  /** Where the proof travels, for the "missing" and "wrong length" cases: a header's name, or `body`, or `query`. */
  readonly proofIn: string;
  /** Fetches what `verify` asks for (a certificate). */
  readonly fetchText?: VerifyContext<unknown>['fetchText'];
  readonly webhookUrl?: string;
  /** Replaces `generateKey`, where the key must belong to something (a certificate). */
  readonly signingKey?: string;
}

const AT = Date.UTC(2026, 4, 4, 10, 0, 0);

/** The suite that every provider runs through: fails closed, exact bytes, one vocabulary, no surprises from any input. */
export function providerContract(id: string, flags: ContractFlags): void {
  const provider = PROVIDERS.get(id) as Provider<unknown>;
  if (!provider) throw new Error(`${id} is not in the registry`);
  const options = parse(provider.options, flags.options ?? {});
  const generated = provider.generateKey();
  const key = { ...generated, ...(flags.signingKey && { signingKey: flags.signingKey }) };
  const secrets = key.secret === undefined ? [] : [key.secret];

  const context = (over: Partial<VerifyContext<unknown>> = {}): VerifyContext<unknown> => ({
    secrets,
    options,
    now: AT + 1000,
    fetchText: flags.fetchText ?? (() => Promise.reject(new Error('no fetch expected'))),
    ...(flags.webhookUrl && { webhookUrl: flags.webhookUrl }),
    ...over,
  });
  const sampleOf = (type: EventType, recipient = 'ada@example.com', unique = 'a1b2c3d4'): SampleRequest | undefined =>
    provider.sample({
      type,
      recipient,
      at: AT,
      id: unique,
      signingKey: key.signingKey,
      options,
      ...(flags.webhookUrl && { webhookUrl: flags.webhookUrl }),
    });
  const samples = EVENT_TYPES.flatMap((type) => {
    const sample = sampleOf(type);
    return sample ? [{ type, sample }] : [];
  });
  const signed = samples[0]?.sample as SampleRequest;
  const refusal = async (request: WebhookRequest, over?: Partial<VerifyContext<unknown>>): Promise<RefusedRequest> => {
    try {
      await provider.verify(request, context(over));
    } catch (error) {
      expect(error).toBeInstanceOf(RefusedRequest);
      return error as RefusedRequest;
    }
    throw new Error('the request was accepted');
  };

  describe(`${id}: provider contract`, () => {
    test('has samples, a bounce or a complaint among them', () => {
      expect(samples.map(({ type }) => type)).toEqual(
        expect.arrayContaining([expect.stringMatching(/bounced|complained/)]),
      );
    });

    factsContract(provider, options, samples, { generated, signingKey: key.signingKey }, flags);

    test.each(samples)('a genuine $type is verified and normalised to its type', async ({ type, sample }) => {
      await expect(Promise.resolve(provider.verify(asRequest(sample), context()))).resolves.toBeDefined();
      const { events, meta } = provider.split(asRequest(sample), options);
      const drafts = events.flatMap((raw) => provider.normalise(raw, { options, meta: meta ?? {} }));
      expect(drafts.map((draft) => draft.type)).toEqual([type]);
      const [draft] = drafts;
      if (draft?.recipient !== undefined) expect(draft.recipient).toContain('ada@example.com');
      expect(draft?.occurredAt).toBe(flags.timeless?.includes(type) ? undefined : AT);
      expect(draft?.identity.some((part) => part !== undefined && part !== '')).toBe(true);
      if (type === 'bounced') expect(draft?.bounceClass).toBeDefined();
      if (type === 'dropped') expect(draft?.dropReason).toBeDefined();
      if (type === 'unsubscribed' || type === 'resubscribed') expect(draft?.scope).toBeDefined();
    });

    test('the same delivery twice has one fingerprint; another recipient or time has another', () => {
      const print = (sample: SampleRequest | undefined): string[] => {
        const { events, meta } = provider.split(asRequest(sample as SampleRequest), options);
        return events
          .flatMap((raw) => provider.normalise(raw, { options, meta: meta ?? {} }))
          .map((draft) => normalisedEvent(draft, arrival(id)).fingerprint);
      };
      const type = samples[0]?.type as EventType;
      expect(print(sampleOf(type))).toEqual(print(sampleOf(type)));
      expect(print(sampleOf(type, 'bob@example.com', 'ffff0000'))).not.toEqual(print(sampleOf(type)));
    });

    test.each(samples)('events of two people ($type) that both lack the same member are still two', ({ type }) => {
      const raws = [sampleOf(type), sampleOf(type, 'bob@example.com', 'ffff0000')].map(
        (sample) => provider.split(asRequest(sample as SampleRequest), options).events[0] ?? '',
      );
      const identity = (value: unknown): string | undefined => {
        try {
          const [draft] = provider.normalise(JSON.stringify(value), { options, meta: {} });
          return draft?.recipient === undefined ? undefined : JSON.stringify(draft.identity);
        } catch (error) {
          if (!(error instanceof PoisonEvent)) throw error;
          return undefined;
        }
      };
      const [one, other] = raws.map((raw) => asJson(raw));
      if (one === undefined || other === undefined) return;
      for (const path of pathsIn(one)) {
        const known = identity(without(one, path));
        if (known !== undefined) expect([path, known]).not.toEqual([path, identity(without(other, path))]);
      }
    });

    if (proofOf(provider, options).signs === 'body') {
      test('one flipped byte anywhere in the body is refused', async () => {
        const request = asRequest(signed);
        const gap = flags.unsigned?.exec(signed.body);
        for (let at = 0; at < request.body.length; at += Math.max(1, Math.floor(request.body.length / 40))) {
          if (gap && at > gap.index && at < gap.index + gap[0].length) continue;
          const body = Buffer.from(request.body);
          body[at] = (body[at] ?? 0) ^ 1;
          expect((await refusal({ ...request, body })).status).toBeGreaterThanOrEqual(400);
        }
      });
    } else {
      test('the proof does not cover the body, as it says: another body passes with it', async () => {
        const request = asRequest(signed);
        const body = Buffer.from(
          signed.body.replaceAll('ada@example.com', 'eve@example.com').replaceAll('ada%40', 'eve%40'),
        );
        await expect(Promise.resolve(provider.verify({ ...request, body }, context()))).resolves.toBeDefined();
      });
    }

    test('a missing proof is refused', async () => {
      const refused = await refusal(withoutProof(asRequest(signed), flags.proofIn));
      expect([400, 401]).toContain(refused.status);
    });

    if (flags.proofIn !== 'body' && flags.proofIn !== 'query') {
      test.each(['', 'x', '0'.repeat(64), 'A'.repeat(500), '\u00e9', 'v1,', 't=,v1='])(
        'a proof of the wrong form (%j) is refused',
        async (value) => {
          const request = asRequest(signed);
          const refused = await refusal({ ...request, headers: { ...request.headers, [flags.proofIn]: value } });
          expect([400, 401]).toContain(refused.status);
        },
      );
    }

    if (key.secret !== undefined) {
      test('another key is refused, the second of two live keys is accepted and its position told', async () => {
        const other = provider.generateKey().secret as string;
        expect((await refusal(asRequest(signed), { secrets: [other] })).status).toBe(401);
        const proof = await provider.verify(asRequest(signed), context({ secrets: [other, key.secret as string] }));
        expect(proof.secretIndex).toBe(1);
      });

      test('without a usable secret nothing is let in: 503', async () => {
        for (const unusable of [[], [''], ['   ']]) {
          expect((await refusal(asRequest(signed), { secrets: unusable })).status).toBe(503);
        }
      });
    }

    test('no refusal quotes the body, a header or a secret', async () => {
      const request = withoutProof(asRequest(signed), flags.proofIn);
      for (const bad of [request, { ...request, body: Buffer.from('ada@example.com{"') }]) {
        const { message } = await refusal(bad);
        expect(message).not.toContain('ada@');
        for (const secret of secrets) expect(message).not.toContain(secret);
      }
    });

    test.each([
      ['empty', ''],
      ['an empty array', '[]'],
      ['an empty object', '{}'],
      ['deep nesting', '['.repeat(100_000)],
      ['no JSON', 'ada@example.com is not JSON'],
      ['null', 'null'],
      ['broken JSON', '{"event":'],
      ['a broken line', '{"event":"x"}\n{"event":'],
      ['two documents', '{} {}'],
      ['prototype keys', '{"__proto__":{"event":"bounce"},"constructor":1}'],
    ])('split answers %s with events or a refusal that quotes nothing', (_name, body) => {
      try {
        const { events } = provider.split({ ...asRequest(signed), body: Buffer.from(body) }, options);
        expect(Array.isArray(events)).toBe(true);
        for (const event of events.filter((one) => one.startsWith('{'))) expect(() => JSON.parse(event)).not.toThrow();
      } catch (error) {
        expect(error).toBeInstanceOf(RefusedRequest);
        expect((error as Error).message).not.toContain('ada@');
      }
    });

    test.each(tried(huge(signed.body), id))(
      "a huge body (%s) is refused for what it is, at once, and is nobody else's fault",
      async (_name, body) => {
        const request = { ...asRequest(signed), body: Buffer.from(body()) };
        const once = async (): Promise<number> => {
          const from = process.cpuUsage();
          const refused = await Promise.resolve()
            .then(() => provider.verify(request, context()))
            .then(() => undefined)
            .catch((error: unknown) => error);
          if (refused !== undefined) {
            expect(refused).toBeInstanceOf(RefusedRequest);
            expect((refused as RefusedRequest).status).toBeLessThan(500);
          }
          expectOnly(RefusedRequest, () => provider.split(request, options));
          const { user, system } = process.cpuUsage(from);
          return (user + system) / 1000;
        };
        // Far below what `receive` has: work that grows with the square takes minutes, each time. The process's CPU time also counts
        // garbage that earlier tests left, so one look alone may show what is not this body's.
        const enough = 2400;
        const first = await once();
        expect(first < enough ? first : await once()).toBeLessThan(enough);
      },
    );

    test('invalid UTF-8 is refused by split', () => {
      const body = Buffer.concat([asRequest(signed).body, Buffer.from([0xff, 0xfe])]);
      expect(() => provider.split({ ...asRequest(signed), body }, options)).toThrow(RefusedRequest);
    });

    test('no input makes it throw anything but its typed refusals, none without proof is accepted', async () => {
      const template = asRequest(signed);
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(fc.json(), fc.string(), fc.constant(signed.body)),
          fc.string(),
          async (body, proof) => {
            const request = {
              ...template,
              body: Buffer.from(body),
              headers:
                flags.proofIn in template.headers ? { ...template.headers, [flags.proofIn]: proof } : template.headers,
            };
            const bare = flags.proofIn in template.headers ? request : withoutProof(request, flags.proofIn);
            const accepted = await Promise.resolve()
              .then(() => provider.verify(bare, context()))
              .then(
                () => true,
                (error) => {
                  if (!(error instanceof RefusedRequest)) throw error;
                  return false;
                },
              );
            expect(accepted).toBe(false);
            expectOnly(RefusedRequest, () => provider.split(bare, options));
          },
        ),
        { numRuns: NIGHTLY ? 60 : 20 },
      );
    });

    test('no raw event makes normalise throw anything but PoisonEvent, or return a word outside the vocabulary', () => {
      const { events } = provider.split(asRequest(signed), options);
      const genuine = events.map(asJson).filter((value) => value !== undefined);
      const mutated = fc
        .tuple(fc.constantFrom(...(genuine.length > 0 ? genuine : [{}])), fc.json())
        .map(([value, json]) => mutate(value, JSON.parse(json)));
      fc.assert(
        fc.property(
          fc.oneof(
            fc.json(),
            fc.string(),
            mutated.map((value) => JSON.stringify(value)),
          ),
          (raw) => {
            expectOnly(PoisonEvent, () => {
              for (const draft of provider.normalise(raw, { options, meta: {} })) {
                expect(EVENT_TYPES).toContain(draft.type);
                normalisedEvent(draft, arrival(id));
              }
            });
          },
        ),
        { numRuns: NIGHTLY ? 200 : 50 },
      );
    });
  });
}

export const arrival = (provider: string) => ({
  source: provider,
  provider,
  dedupeGroup: provider,
  receivedAt: '2026-05-04T10:00:01.000Z',
});

const MEBIBYTE = 1024 * 1024;

/** Bodies of the largest size that is taken, each the worst of its kind for some parser; made when they are tried. */
const huge = (genuine: string): [name: string, body: () => string][] => [
  ['pairs without value', () => `mandrill_events=[1]${'&a'.repeat(64_000)}`],
  ['empty pairs', () => '=&'.repeat(2 * MEBIBYTE)],
  ['one pair of escapes', () => `mandrill_events=${'%5b'.repeat(1.3 * MEBIBYTE)}`],
  ['one name of brackets', () => `a${'[b]'.repeat(1.3 * MEBIBYTE)}=1`],
  ['tiny events', () => `[${'{},'.repeat(1.3 * MEBIBYTE)}{}]`],
  [
    'tiny events in a list of the object',
    () => `{"data":[${'{},'.repeat(1.3 * MEBIBYTE)}{}],"events_by_user":[{"events":[]}]}`,
  ],
  ['brackets', () => '['.repeat(4 * MEBIBYTE)],
  ['objects in objects', () => '{"a":'.repeat(0.8 * MEBIBYTE)],
  ['lines', () => '\n'.repeat(4 * MEBIBYTE)],
  ['lines of nothing much', () => '{}\n'.repeat(1.3 * MEBIBYTE)],
  ['white space', () => ' '.repeat(4 * MEBIBYTE)],
  ['quotes', () => '"'.repeat(4 * MEBIBYTE)],
  ['backslashes', () => `["${'\\'.repeat(4 * MEBIBYTE - 4)}"]`],
  ['the genuine one, again and again', () => genuine.repeat(Math.ceil((2 * MEBIBYTE) / genuine.length))],
];

const NIGHTLY = process.env.NIGHTLY !== undefined;

/** All of them at night; by day every fifth, for each provider others, so that each is tried with six of them. */
function tried<T>(cases: readonly T[], id: string): readonly T[] {
  const turn = [...PROVIDERS.keys()].indexOf(id);
  return NIGHTLY ? cases : cases.filter((_one, at) => (at + turn) % 5 === 0);
}

function withoutProof(request: WebhookRequest, proofIn: string): WebhookRequest {
  if (proofIn === 'query') return { ...request, query: '' };
  if (proofIn === 'body') return { ...request, body: Buffer.from('{"event":"x"}') };
  const { [proofIn]: _proof, ...headers } = request.headers;
  return { ...request, headers };
}

function expectOnly(type: new (...args: never[]) => Error, run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof type)) throw error;
  }
}

function asJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/** Every member of an object and of the objects in it, by its names. */
const pathsIn = (value: unknown): string[][] =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [[name], ...pathsIn(inner).map((path) => [name, ...path])]);

function without(value: unknown, [name = '', ...rest]: readonly string[]): unknown {
  const { [name]: inner, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [name]: without(inner, rest) };
}

/** The genuine event with one value, somewhere, replaced by another. */
function mutate(value: unknown, by: unknown): unknown {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const key = keys[JSON.stringify(by).length % Math.max(1, keys.length)];
  if (key === undefined) return by;
  const inner = (value as Record<string, unknown>)[key];
  return {
    ...(value as object),
    [key]: typeof inner === 'object' && JSON.stringify(by).length % 2 === 0 ? mutate(inner, by) : by,
  };
}
