import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse, safeParse } from 'valibot';
import { PoisonEvent } from '../../../lambda/domain/errors.ts';
import type { EventType } from '../../../lambda/domain/event/event.ts';
import { isShared, proofOf } from '../../../lambda/providers/proof.ts';
import type {
  KeyPair,
  Keys,
  Origin,
  Provider,
  SampleRequest,
  VerifyContext,
} from '../../../lambda/providers/provider.ts';
import { ONE_EVENT_BYTES } from '../../../lambda/providers/shared/body.ts';
import { signEnvelope } from '../../../lambda/providers/shared/proof/sns-envelope.ts';
import { asRequest } from './sample-request.ts';

const AT = Date.UTC(2026, 4, 4, 10, 0, 0);

/** Several events, but not, or not always, as an array; ZeptoMail's one in a form, which takes more bytes. */
const BATCHED = new Set(['generic', 'klaviyo', 'mailtrap', 'mandrill', 'unisender-go', 'zeptomail']);

/** Whether it reads an array of two of its events as two. */
function splits(provider: Provider<unknown>, options: unknown, sample: SampleRequest | undefined): boolean {
  const one = sample as SampleRequest;
  const event = JSON.stringify([asJson(one.body)].flat()[0]);
  try {
    return provider.split(asRequest({ ...one, body: `[${event},${event}]` }), options).events.length === 2;
  } catch {
    return false;
  }
}

interface Given {
  readonly proofIn: string;
  readonly fetchText?: VerifyContext<unknown>['fetchText'];
  readonly webhookUrl?: string;
}

/** Holds what a provider declares about its ESP to what its code does. */
export function factsContract(
  provider: Provider<unknown>,
  options: unknown,
  samples: readonly { readonly type: EventType; readonly sample: SampleRequest }[],
  keys: { readonly generated: KeyPair; readonly signingKey: string },
  given: Given,
): void {
  const { generated, signingKey } = keys;
  const { proofIn } = given;
  const raws = samples.flatMap(({ sample }) => {
    const { events, meta } = provider.split(asRequest(sample), options);
    return events.map((raw) => ({ raw, meta: meta ?? {} }));
  });

  test('it emits what it declares: a sample of each type, and no other type by any word that its code knows', () => {
    expect([...provider.emits].sort()).toEqual(samples.map(({ type }) => type).sort());
    const seen = new Set<string>();
    const words = wordsOf(provider.id);
    // By night each word in each place of each sample; by day a quarter of that, for each sample another: most places are in all of them.
    for (const [turn, { raw, meta }] of raws.entries())
      for (const [at, variant] of [...variants(raw, words)].entries()) {
        if (!process.env.NIGHTLY && (at + turn) % 4 !== 0) continue;
        try {
          for (const { type } of provider.normalise(variant(), { options, meta })) seen.add(type);
        } catch (error) {
          if (!(error instanceof PoisonEvent)) throw error;
        }
      }
    const declared = new Set<string>(provider.emits);
    expect([...seen].filter((type) => type !== 'unknown' && !declared.has(type))).toEqual([]);
  });

  test('a sample is a request as a client sends it, and says something in each of its places', () => {
    for (const { type, sample } of samples) {
      const { 'content-type': kind = '', ...others } = sample.headers;
      if (sample.method === 'POST')
        expect(kind).toMatch(
          /^(application\/(json|x-www-form-urlencoded|cloudevents[\w+-]*\+json)|multipart\/form-data|text\/plain)\b/,
        );
      for (const [name, value] of Object.entries(others)) {
        expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
        expect([name, value]).toEqual([name, expect.stringMatching(/\S/)]);
      }
      expect([type, empties(bodyOf(sample))]).toEqual([type, []]);
    }
  });

  test('a time in the other of the two forms that are never in doubt is understood as well', () => {
    for (const { raw, meta } of raws) {
      const before = provider.normalise(raw, { options, meta })[0]?.occurredAt;
      const json = asJson(raw);
      const changed =
        json === undefined
          ? new URLSearchParams(
              [...new URLSearchParams(raw)].map(([name, value]): [string, string] => [name, String(otherTime(value))]),
            )
          : JSON.stringify(otherTime(json));
      const [draft] = provider.normalise(String(changed), { options, meta });
      expect([raw, draft?.occurredAt]).toEqual([raw, before]);
    }
  });

  test('no body is taken that could hold no event of it', () => {
    const { maxBodyBytes = Number.POSITIVE_INFINITY } = provider;
    if (BATCHED.has(provider.id) || splits(provider, options, samples[0]?.sample)) {
      // What is parsed before it is proven is bounded all the same.
      if (proofIn === 'body') expect(maxBodyBytes).toBeLessThanOrEqual(2 * ONE_EVENT_BYTES);
    } else expect(maxBodyBytes).toBe(ONE_EVENT_BYTES);
    expect(maxBodyBytes).toBeGreaterThanOrEqual(ONE_EVENT_BYTES);
  });

  test('its keys fit its proof, and who holds none says how to test', () => {
    const all: (Origin & { readonly keys: Keys })[] = [
      { ...provider.proof, keys: provider.keys },
      ...(provider.otherProofs ?? []),
    ];
    for (const { signs, with: means, keys } of all) {
      expect(['body', 'token', 'nothing']).toContain(signs);
      expect(['hmac', 'keyed-md5', 'password', 'public-key', 'certificate']).toContain(means);
      expect(['shown', 'chosen', 'none']).toContain(keys);
      expect(keys === 'none').toBe(means === 'certificate');
      if (means === 'password') expect([signs, keys]).toEqual(['nothing', 'chosen']);
      else expect(signs).not.toBe('nothing');
    }
    const { secret, signingKey: signs } = generated;
    expect(secret === undefined).toBe(provider.keys === 'none');
    expect(secret === signs).toBe(isShared(provider));
    if (!isShared(provider)) expect(provider.ownTest).toMatch(/^[a-z].{20,}[^.]$/);
    expect(provider.title).toMatch(/^\S.*\S$/);
    expect(provider.clearList).toMatch(/\S.*\.$/);
    expect(provider.secret.form).toMatch(/\S/);
  });

  test('every other proof is chosen by options that exist, and covers what it says', async () => {
    for (const { options: chosen, ...origin } of provider.otherProofs ?? []) {
      const other = parse(provider.options, chosen);
      expect(proofOf(provider, other)).toEqual(origin);
      const { secret = '', signingKey: key } = provider.generateKey();
      const input = { recipient: 'ada@example.com', at: AT, id: 'a1b2c3d4', signingKey: key, options: other };
      const sample = provider.emits.map((type) => provider.sample({ ...input, type })).find(Boolean);
      const request = asRequest(sample as SampleRequest);
      const verify = async (body: Buffer): Promise<unknown> =>
        provider.verify(
          { ...request, body },
          {
            secrets: [secret],
            options: other,
            now: AT,
            fetchText: () => Promise.reject(new Error('no fetch')),
          },
        );
      await expect(verify(request.body)).resolves.toBeDefined();
      const changed = verify(Buffer.from(request.body.toString().replace(/ada(@|%40)/, 'eve$1')));
      if (origin.signs === 'body') await expect(changed).rejects.toThrow();
      else await expect(changed).resolves.toBeDefined();
    }
  });

  test('a source with the minimal options alone is complete; without them it is not', () => {
    const topics = (given: unknown) => provider.topics?.(parse(provider.options, given));
    const minimal = safeParse(provider.options, provider.minimalOptions ?? {});
    expect(minimal.success).toBe(true);
    if (provider.topics) expect(topics(provider.minimalOptions ?? {})?.named).not.toEqual([]);
    if (provider.minimalOptions === undefined) return;
    const without = safeParse(provider.options, {});
    expect(!without.success || topics({})?.named.length === 0).toBe(true);
  });

  test('it proves without any effect: what it fetches are certificates, of hosts that it declares', async () => {
    const hosts = provider.certificateHosts ?? [];
    expect(hosts.length > 0).toBe(provider.proof.with === 'certificate');
    if (provider.proof.with !== 'certificate') return;
    const sample = samples[0]?.sample as SampleRequest;
    const fetched: string[] = [];
    const fetchText = async (url: string): Promise<string> => {
      fetched.push(url);
      return (await given.fetchText?.(url)) ?? '';
    };
    for (const request of [sample, confirmation(sample, signingKey)])
      await provider.verify(asRequest(request), { secrets: [], options, now: AT, fetchText });
    const certificate = String((JSON.parse(sample.body) as Record<string, unknown>).SigningCertURL);
    expect(hosts.some((host) => host.test(new URL(certificate).hostname))).toBe(true);
    // A certificate that another test fetched before is kept.
    expect(fetched.filter((url) => url !== certificate)).toEqual([]);
    expect(provider.control?.(confirmation(sample, signingKey).body)).toBeDefined();
  });
}

/** The confirmation of a subscription, signed by the topic that sent the sample. */
function confirmation(sample: SampleRequest, signingKey: string): SampleRequest {
  const { SigningCertURL, UnsubscribeURL, ...notification } = JSON.parse(sample.body) as Record<string, string>;
  const SubscribeURL = `${new URL(UnsubscribeURL ?? '').origin}/?Action=ConfirmSubscription&Token=t`;
  const message = { ...notification, Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL };
  const body = JSON.stringify({ ...signEnvelope(message, signingKey), SigningCertURL });
  return { method: 'POST', headers: { 'content-type': 'text/plain; charset=UTF-8' }, body };
}

const bodyOf = ({ body, query = '' }: SampleRequest): unknown =>
  asJson(body) ?? Object.fromEntries(new URLSearchParams(`${body}&${query}`));

/** What these ESPs send empty themselves: Mailgun and Postmark where there is nothing to tell, Mailjet where its customer gave nothing. */
const SENT_EMPTY = /\.(delivery-status\.description|Details|CustomID|Payload)$/;

/** Where nothing is said: a text or a name without a letter. JSON within a text is looked into. */
function empties(value: unknown, place = ''): readonly string[] {
  if (typeof value === 'string') {
    const inner = /^\s*[[{]/.test(value) ? asJson(value) : undefined;
    return inner === undefined
      ? value.trim() === '' && !SENT_EMPTY.test(place)
        ? [place]
        : []
      : empties(inner, place);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name.trim() === '' ? [`${place}.?`] : empties(item, `${place}.${name}`),
  );
}

/** What speaks with the ESP's API or reads its lists: `normalise` asks none of it. */
const OTHER_SIDE = /\/(api|hook-api|list-file)\.ts$/;

/** Every text in quotes in the code by which a provider's webhooks are read: its own words, and all that its mapping compares with. */
function wordsOf(id: string): readonly string[] {
  const files = globSync(`lambda/providers/${id}/*.ts`).filter((file) => !OTHER_SIDE.test(file));
  const code = files.map((file) => readFileSync(file, 'utf8'));
  const quoted = code.flatMap((text) => [...text.matchAll(/'([^'\n]{1,60})'/g)].map(([, word = '']) => word));
  return [...new Set(quoted)].filter((word) => !word.startsWith('.'));
}

/** The raw event with each of its texts and names, one at a time, replaced by each word. */
function* variants(raw: string, words: readonly string[]): Generator<() => string> {
  const json = asJson(raw);
  if (json === undefined) {
    const form = new URLSearchParams(raw);
    for (const name of new Set(form.keys()))
      for (const word of words) {
        const changed = new URLSearchParams(form);
        changed.set(name, word);
        yield () => changed.toString();
      }
    return;
  }
  for (const value of changes(json, words)) yield () => JSON.stringify(value);
}

function* changes(value: unknown, words: readonly string[]): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) for (const one of changes(item, words)) yield value.with(at, one);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      for (const one of changes(item, words)) yield { ...value, [name]: one };
      const { [name]: _moved, ...rest } = value as Record<string, unknown>;
      if (typeof item === 'object') for (const word of words) yield { ...rest, [word]: item };
    }
  } else if (typeof value === 'string') {
    const inner = /^\s*\{/.test(value) ? asJson(value) : undefined;
    if (inner === undefined) yield* words;
    else for (const one of changes(inner, words)) yield JSON.stringify(one);
  } else yield* words;
}

/** A value with the sample's time, wherever it stands, as Unix seconds where it was text and as ISO 8601 where it was a number. */
function otherTime(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(otherTime);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, otherTime(item)]));
  if ([AT, AT / 1000].includes(Number(value))) return new Date(AT).toISOString();
  if (typeof value !== 'string') return value;
  const inner = /^\s*\{/.test(value) ? asJson(value) : undefined;
  if (inner !== undefined) return JSON.stringify(otherTime(inner));
  const isTime = /^\d{4}-\d\d-\d\d[T ]/.test(value) && Date.parse(`${value.replace(/Z$/, '')}Z`) === AT;
  return isTime ? AT / 1000 : value;
}

function asJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
