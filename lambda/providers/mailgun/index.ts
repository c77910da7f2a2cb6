import { createHash } from 'node:crypto';
import { strictObject } from 'valibot';
import { PoisonEvent, RefusedRequest } from '../../domain/errors.ts';
import type { EventType } from '../../domain/event/event.ts';
import { sliceMember } from '../../domain/json.ts';
import { type Fields, fields, instant, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider, type WebhookRequest } from '../provider.ts';
import { bodyJson, bodyText, jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { bareId, onlyAddress } from '../shared/mail.ts';
import { hexHmac, hexKey } from '../shared/proof/hmac.ts';
import { checkAge, fromHex, hmac, matchSecret, sameBytes } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { membersOf } from '../shared/samples.ts';
import { outcome } from './outcome.ts';
import { sampleData } from './samples.ts';

/** Retries carry the first attempt's token and time for 8 h; the rest is margin for a delivery that was itself late. */
const MAX_AGE_SECONDS = 25 * 3600;
const MAX_FUTURE_SECONDS = 300;

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['accepted', 'accepted'],
  ['delivered', 'delivered'],
  ['rejected', 'dropped'],
  ['opened', 'opened'],
  ['clicked', 'clicked'],
  ['unsubscribed', 'unsubscribed'],
  ['complained', 'complained'],
  ['stored', 'inbound'],
]);

/** Mailgun webhooks: one JSON object, HMAC-SHA256 over a timestamp and a token inside it, not over the event. */
export const mailgun = defineProvider({
  id: 'mailgun',
  title: 'Mailgun',
  options: strictObject({}),
  secret: { form: 'the HTTP webhook signing key (not the API key)' },
  keys: 'shown',
  proof: { signs: 'token', with: 'hmac' },
  emits: [
    'accepted',
    'delivered',
    'deferred',
    'bounced',
    'dropped',
    'opened',
    'clicked',
    'complained',
    'unsubscribed',
    'inbound',
  ],
  api: { tells: 'events', byDomain: true, load: async () => (await import('./api.ts')).api },
  clearList: 'Sending > Suppressions of the domain; or DELETE /v3/DOMAIN/bounces/ADDRESS (complaints, unsubscribes).',
  maxBodyBytes: ONE_EVENT_BYTES,

  // Mailgun retries on every status but 200 and 406: none of ours is lost, so none is replaced. 406 is never used.
  verify(request, { secrets, now }) {
    const { timestamp, token, signatures } = triple(posted(request));
    if (timestamp === undefined || token === undefined || signatures.length === 0)
      throw new RefusedRequest('missing-proof', 'The body has no signature with timestamp, token and signature.');
    // Nothing separates timestamp and token in what is signed: a fixed length leaves one way to read it.
    if (!/^\d{10}$/.test(timestamp)) throw new RefusedRequest('bad-proof', 'The signed timestamp is not Unix seconds.');
    const given = signatures.map((signature) => fromHex(signature) ?? Buffer.alloc(0));
    const proof = matchSecret(
      secrets,
      (secret) => {
        const expected = hmac('sha256', secret, timestamp, token);
        return given.some((signature) => sameBytes(expected, signature));
      },
      'The signature does not match. Is this the HTTP webhook signing key of this account, or of its parent?',
    );
    checkAge(timestamp, now, MAX_AGE_SECONDS);
    if (Number(timestamp) - now / 1000 > MAX_FUTURE_SECONDS)
      throw new RefusedRequest('stale', `The request was signed more than ${MAX_FUTURE_SECONDS} s ahead of now.`);
    return proof;
  },

  split(request) {
    refuseForms(request);
    return { events: jsonEvent(request).map(withoutSignature) };
  },

  normalise(raw) {
    const data = fields(rawFields(raw)['event-data']);
    const headers = fields(fields(data.message).headers);
    const word = text(data.event) ?? '';
    const recipient = text(data.recipient) ?? onlyAddress(headers.to);
    return [
      draft(word, {
        type: TYPES.get(word) ?? 'unknown',
        providerEventId: text(data.id),
        recipient,
        occurredAt: instant(data.timestamp),
        messageId: bareId(headers['message-id']),
        // The id is unique within one day only, and Mailgun's test posts share one over all types: word and time belong to it.
        identity: [
          word,
          text(data.id),
          recipient,
          text(data.timestamp),
          text(headers['message-id']),
          text(data.severity),
          text(data.url),
        ],
        ...outcome(word, data, headers),
        tags: tagList(data.tags),
        metadata: stringMap(data['user-variables']),
      }),
    ];
  },

  bindToken(raw) {
    const token = tokenOf(raw);
    // Only what is read of the event: parent account and subaccount sign the same event each in their own way.
    return token === undefined ? undefined : { token, digest: sha256(sliceMember(raw, 'event-data') ?? raw) };
  },

  generateKey: () => hexKey(16),

  sample(input) {
    const data = input.body === undefined ? JSON.stringify(sampleData(input)) : dataOf(input.body);
    if (data === undefined) return undefined;
    const timestamp = String(Math.floor(input.at / 1000));
    const token = createHash('sha256')
      .update(`${input.type} ${input.id} ${input.recipient}`)
      .digest('hex')
      .slice(0, 50);
    const signature = { timestamp, token, signature: hexHmac(input.signingKey, timestamp, token) };
    return {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"signature":${JSON.stringify(signature)},"event-data":${data}}`,
    };
  },
});

/** The event of a body that somebody brings along: what its old proof covered is signed anew. */
const dataOf = (body: string): string | undefined =>
  membersOf(body)['event-data'] === undefined ? undefined : sliceMember(body, 'event-data');

function refuseForms(request: WebhookRequest): void {
  const form = /^\s*(application\/x-www-form-urlencoded|multipart\/form-data)/i;
  const said = form.test(request.headers['content-type'] ?? '');
  if (said || /^\s*[a-z][^{]*&(token|signature)=/i.test(bodyText(request).slice(0, 10_000))) {
    throw new RefusedRequest(
      'unsupported',
      'The body is a form, as the webhooks from before 2018 and the routes post it. Add this URL under Webhooks, which posts JSON.',
    );
  }
}

function posted(request: WebhookRequest): Fields {
  refuseForms(request);
  return fields(bodyJson(request).value);
}

/** One timestamp and token; in a subaccount's events signed twice, the second time with the key of the parent account. */
function triple(body: Fields) {
  const { timestamp, token, signature, 'parent-signature': inside } = fields(body.signature);
  const beside = body['parent-signature'];
  const parent = text(inside) ?? text(beside) ?? text(fields(beside).signature);
  const signatures = [text(signature), parent].filter((given) => given !== undefined);
  return { timestamp: text(timestamp), token: text(token), signatures };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The event as it goes on, to the letter, with the token's hash in place of what was signed: whoever reads the queue, the archive or a dead
 * letter later finds nothing there that would prove a request of his own.
 */
function withoutSignature(raw: string): string {
  const token = tokenOf(raw);
  const signature = token === undefined ? '' : `"signature":${JSON.stringify({ token: sha256(token) })},`;
  return `{${signature}"event-data":${sliceMember(raw, 'event-data') ?? 'null'}}`;
}

function tokenOf(raw: string): string | undefined {
  try {
    return triple(rawFields(raw)).token;
  } catch (error) {
    if (!(error instanceof PoisonEvent)) throw error;
    return undefined;
  }
}
