import { createHash } from 'node:crypto';
import { strictObject } from 'valibot';
import { PoisonEvent, RefusedRequest } from '../../domain/errors.ts';
import type { Draft, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, present, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { bodyJson, jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { bareId } from '../shared/mail.ts';
import { hexHmac, hexKey, verifyHexHmac } from '../shared/proof/hmac.ts';
import { checkAge, requiredHeader } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { membersOf } from '../shared/samples.ts';
import { sampleEvent } from './samples.ts';

const ID = 'x-mom-webhook-id';
const EVENT = 'x-mom-webhook-event';
const TIMESTAMP = 'x-mom-webhook-timestamp';
const SIGNATURE = 'x-mom-webhook-signature';
/** Whether retries are signed anew is not documented. What is older finds its pair of token and body still kept. */
const TOLERANCE_SECONDS = 25 * 3600;

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['accepted', 'accepted'],
  ['not_accepted', 'dropped'],
  ['delivered', 'delivered'],
  ['failure_tmp', 'deferred'],
  ['failure_perm', 'bounced'],
  ['opened', 'opened'],
  ['clicked', 'clicked'],
]);

/** Mailomat: one JSON object; HMAC-SHA256 over its id, its event and a timestamp, not over the rest of it. */
export const mailomat = defineProvider({
  id: 'mailomat',
  title: 'Mailomat',
  options: strictObject({}),
  secret: { form: 'the webhook secret, as it is shown' },
  keys: 'shown',
  proof: { signs: 'token', with: 'hmac' },
  emits: ['accepted', 'delivered', 'deferred', 'bounced', 'dropped', 'opened', 'clicked'],
  clearList: 'It documents no list of its own.',
  maxBodyBytes: ONE_EVENT_BYTES,

  verify(request, { secrets, now }) {
    const [id, event, timestamp, signature] = [ID, EVENT, TIMESTAMP, SIGNATURE].map((name) =>
      requiredHeader(request, name),
    ) as [string, string, string, string];
    // The header names its algorithm: only the one that is documented is taken.
    const proof = verifyHexHmac(
      secrets,
      signature.startsWith('sha256=') ? signature.slice('sha256='.length) : '',
      [`${id}.${event}.${timestamp}`],
      'The signature does not match. Is this the secret of this very webhook?',
    );
    checkAge(timestamp, now, TOLERANCE_SECONDS);
    // What ties the signed headers to the body.
    const body = fields(bodyJson(request).value);
    if (body.id !== id || body.eventType !== event)
      throw new RefusedRequest('bad-proof', "The body's id and eventType are not those that were signed.");
    return proof;
  },

  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const word = text(event.eventType) ?? '';
    const type = TYPES.get(word) ?? 'unknown';
    const recipient = text(event.recipient);
    return [
      draft(word, {
        type,
        providerEventId: text(event.id),
        recipient,
        occurredAt: instant(event.occurredAt),
        messageId: bareId(event.messageId) ?? text(event.messageUuid),
        // Not the id: whether a retry has the same is not documented.
        identity: [word, recipient, text(event.occurredAt), text(event.messageUuid) ?? text(event.messageId)],
        ...outcome(type, fields(event.payload)),
      }),
    ];
  },

  bindToken(raw) {
    const token = tokenOf(raw);
    return token === undefined ? undefined : { token, digest: createHash('sha256').update(raw).digest('hex') };
  },

  generateKey: () => hexKey(),

  sample(input) {
    const event = input.body === undefined ? sampleEvent(input) : membersOf(input.body);
    if (event?.id === undefined || event.eventType === undefined) return undefined;
    const timestamp = String(Math.floor(input.at / 1000));
    const signed = `${event.id}.${event.eventType}.${timestamp}`;
    return {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [ID]: String(event.id),
        [EVENT]: String(event.eventType),
        [TIMESTAMP]: timestamp,
        [SIGNATURE]: `sha256=${hexHmac(input.signingKey, signed)}`,
      },
      body: input.body ?? JSON.stringify(event),
    };
  },
});

function outcome(type: EventType, payload: Fields): Partial<Draft> {
  const diagnostic = text(payload.reason);
  const reply = { text: diagnostic };
  switch (type) {
    case 'deferred':
      return present({ ...replyCodes(reply), diagnostic });
    // "Permanent" says that Mailomat gave up; what the mailbox is, the reply says.
    case 'bounced':
      return present({ ...weighBounce('hard', reply), diagnostic });
    case 'dropped':
      return present({ dropReason: 'other', diagnostic });
    case 'opened':
    case 'clicked':
      return present({ url: text(payload.url), userAgent: text(payload.userAgent), ip: text(payload.ip) });
    default:
      return {};
  }
}

function tokenOf(raw: string): string | undefined {
  try {
    return text(rawFields(raw).id);
  } catch (error) {
    if (!(error instanceof PoisonEvent)) throw error;
    return undefined;
  }
}
