import { boolean, optional, strictObject } from 'valibot';
import type { EpochMs } from '../../contract/units.ts';
import { RefusedRequest } from '../../domain/errors.ts';
import type { BounceCause, BounceClass, Draft, EventType } from '../../domain/event/event.ts';
import { instant, stringMap, tagList, text, utcTime } from '../../domain/read.ts';
import { defineProvider, type Proof, type WebhookRequest } from '../provider.ts';
import { ONE_EVENT_BYTES } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { formOrJsonEvent, formOrJsonFields } from '../shared/form/form.ts';
import { hexHmac } from '../shared/proof/hmac.ts';
import { basicKey, presentSecret, verifySharedSecret } from '../shared/proof/password.ts';
import { fromBase64, fromHex, hmac, matchSecret, requiredHeader, sameBytes } from '../shared/proof/signature.ts';
import { FORM_TYPE, JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE = 'x-elasticemail-signature';
const TIMESTAMP = 'x-elasticemail-timestamp';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['sent', 'accepted'],
  ['opened', 'opened'],
  ['clicked', 'clicked'],
  ['unsubscribed', 'unsubscribed'],
  ['abusereport', 'complained'],
  ['error', 'bounced'],
]);

/** By `category` of an error; one that is not here is undetermined, `AccountProblem` too: whose account it is about is not said. */
const CATEGORIES: ReadonlyMap<string, readonly [BounceClass, BounceCause]> = new Map([
  ['nomailbox', ['hard', 'mailbox']],
  ['dnsproblem', ['soft', 'technical']],
  ['greylisted', ['soft', 'technical']],
  ['throttled', ['soft', 'technical']],
  ['timeout', ['soft', 'technical']],
  ['connectionproblem', ['soft', 'technical']],
  ['connectionterminated', ['soft', 'technical']],
  ['spam', ['block', 'content']],
  ['contentfilter', ['block', 'content']],
  ['blacklisted', ['block', 'reputation']],
  ['spfproblem', ['block', 'policy']],
  ['whitelistingproblem', ['block', 'policy']],
]);

/** Errors that never left Elastic Email. */
const DROPPED = new Set(['ignore', 'codeerror', 'manualcancel', 'notdelivered', 'notdeliveredcancelled']);

/** What a notification consists of; everything else in a URL (the secret among it) stays out of the event. */
const PARAMETERS = new Set(
  'transaction messageid to from date subject status channel account category target postback'.split(' '),
);

interface Options {
  readonly signed: boolean;
}

/** Elastic Email: classic notifications (query, form; a secret in the URL), or the newer signed JSON, as a setting. */
export const elasticEmail = defineProvider<Options>({
  id: 'elastic-email',
  title: 'Elastic Email',
  options: strictObject({
    /** For the newer webhooks. Their signed text is not documented: beta. */
    signed: optional(boolean(), false),
  }),
  secret: { form: 'query:<name>:<value> or user:password; with "signed" the signing key' },
  keys: 'chosen',
  proof: { signs: 'nothing', with: 'password' },
  otherProofs: [{ options: { signed: true }, signs: 'body', with: 'hmac', keys: 'shown' }],
  emits: ['accepted', 'bounced', 'dropped', 'opened', 'clicked', 'complained', 'unsubscribed'],
  api: { tells: 'list', load: async () => (await import('./api.ts')).api },
  clearList: 'Suppressions > delete; or DELETE /v4/suppressions/ADDRESS.',
  maxBodyBytes: ONE_EVENT_BYTES,

  acceptsGet: true,

  // The URL is checked by a bare GET; a notification may come by GET as well, and then goes through `verify`.
  probe: (request) =>
    request.method === 'HEAD' || (request.method === 'GET' && queryEvent(request) === '') ? { status: 200 } : undefined,

  verify: (request, { secrets, options }) =>
    options.signed ? verifySigned(request, secrets) : verifySharedSecret(request, secrets),

  split(request) {
    if (request.method !== 'GET' && request.body.length > 0) return { events: formOrJsonEvent(request) };
    const event = queryEvent(request);
    if (event === '') throw new RefusedRequest('unreadable', 'Neither the body nor the query holds a notification.');
    return { events: [event] };
  },

  normalise(raw) {
    const event = reader(formOrJsonFields(raw));
    const word = event('status', 'eventtype') ?? '';
    const category = event('category', 'messagecategory');
    const date = event('date', 'eventdate');
    const messageId = event('messageid', 'msgid') ?? event('transaction', 'transactionid');
    const outcome = outcomeOf(word, category);
    const channel = event('channel', 'channelname');
    const engaged = outcome.type === 'clicked';
    return [
      draft(word, {
        ...outcome,
        recipient: event('to'),
        occurredAt: instant(date) ?? utcTime(date) ?? americanTime(date),
        messageId,
        identity: [word, messageId, event('to'), date, event('target')],
        url: engaged ? event('target') : undefined,
        scope: outcome.type === 'unsubscribed' ? (channel === undefined ? 'all' : `channel:${channel}`) : undefined,
        tags: tagList(channel),
        metadata: stringMap({ postback: event('postback') }),
      }),
    ];
  },

  // Serves as credentials and as signing key.
  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    if (input.options.signed) {
      const body = input.body ?? JSON.stringify(event);
      const timestamp = String(Math.floor(input.at / 1000));
      const signature = `v1=${hexHmac(input.signingKey, `${timestamp}.`, body)}`;
      const headers = { 'content-type': JSON_TYPE, [TIMESTAMP]: timestamp, [SIGNATURE]: signature };
      return { method: 'POST', headers, body };
    }
    const form = input.body ?? new URLSearchParams(event).toString();
    const { query } = presentSecret(input.signingKey);
    if (query === undefined) return postWithSecret(input.signingKey, FORM_TYPE, form);
    return { method: 'GET', headers: {}, query: `${query}&${form}`, body: '' };
  },
});

/**
 * HMAC-SHA256 over timestamp, dot and body: what the form of the headers suggests. Hex and base64 prove the same, so both pass.
 * Whether retries are signed anew is not documented: no age is enforced.
 */
function verifySigned(request: WebhookRequest, secrets: readonly string[]): Proof {
  const given = requiredHeader(request, SIGNATURE).replace(/^v1=/, '');
  const timestamp = requiredHeader(request, TIMESTAMP);
  const digest = fromHex(given) ?? fromBase64(given) ?? Buffer.alloc(0);
  return matchSecret(
    secrets,
    (secret) => sameBytes(hmac('sha256', secret, `${timestamp}.`, request.body), digest),
    'The signature does not match. The signed text of this scheme is not documented: it may differ from what is tried here.',
  );
}

/** The notification's own parameters of the query, each as it was sent; empty without a status. */
function queryEvent({ query }: WebhookRequest): string {
  const parts = query.split('&', 100).filter((part) => PARAMETERS.has(part.replace(/=.*$/s, '').toLowerCase()));
  return parts.some((part) => /^status=./i.test(part)) ? parts.join('&') : '';
}

/** Reads a field by the first of its names that is there, in any case: the two schemes write them differently. */
function reader(event: object): (...names: readonly string[]) => string | undefined {
  const fields = new Map(Object.entries(event).map(([name, value]) => [name.toLowerCase(), text(value)]));
  return (...names) => names.map((name) => fields.get(name)).find((value) => value !== undefined);
}

function outcomeOf(word: string, category: string | undefined): Partial<Draft> & { readonly type: EventType } {
  const type = TYPES.get(word.toLowerCase()) ?? 'unknown';
  if (type !== 'bounced') return { type };
  const key = (category ?? '').toLowerCase().replace(/[^a-z]/g, '');
  const diagnostic = category === undefined ? {} : { diagnostic: category };
  if (DROPPED.has(key)) return { type: 'dropped', dropReason: 'other', ...diagnostic };
  const [bounceClass, bounceCause] = CATEGORIES.get(key) ?? (['undetermined'] as const);
  return { type, bounceClass, ...(bounceCause && { bounceCause }), ...diagnostic };
}

/** `5/4/2026 10:00:00 AM`, UTC: how classic notifications have written it. */
function americanTime(value: string | undefined): EpochMs | undefined {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d):(\d\d)(?: ([AP])M)?$/i.exec(value ?? '');
  if (!match) return undefined;
  const [month, day, year, hour, minute, second] = match.slice(1, 7).map(Number) as [number, ...number[]];
  const half = match[7]?.toUpperCase();
  const hours = half === undefined ? hour : ((hour as number) % 12) + (half === 'P' ? 12 : 0);
  const two = (part: number | undefined): string => String(part).padStart(2, '0');
  return utcTime(`${year}-${two(month)}-${two(day)} ${two(hours)}:${two(minute)}:${two(second)}`);
}
