import { generateKeyPairSync, sign } from 'node:crypto';
import { boolean, optional, strictObject } from 'valibot';
import type { Draft, EventType } from '../../domain/event/event.ts';
import { classifyFailure } from '../../domain/failure/index.ts';
import { type Fields, fields, instant, present, tagList, text } from '../../domain/read.ts';
import { defineProvider, type WebhookRequest } from '../provider.ts';
import { jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { replyCodes } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import {
  type Digest,
  fromBase64,
  matchSecret,
  publicKey,
  requiredHeader,
  sameBytes,
  verifySignature,
} from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE } from '../shared/samples.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE_SHA256 = 'x-postal-signature-256';
const SIGNATURE_SHA1 = 'x-postal-signature';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['MessageSent', 'delivered'],
  ['MessageDelayed', 'deferred'],
  ['MessageDeliveryFailed', 'bounced'],
  ['MessageHeld', 'deferred'],
  ['MessageBounced', 'bounced'],
  ['MessageLinkClicked', 'clicked'],
  ['MessageLoaded', 'opened'],
]);

/** Old servers sent no event name: told by the status, else by what the payload holds. */
const BY_STATUS: ReadonlyMap<string, string> = new Map([
  ['Sent', 'MessageSent'],
  ['SoftFail', 'MessageDelayed'],
  ['HardFail', 'MessageDeliveryFailed'],
  ['Held', 'MessageHeld'],
]);

/** Postal, self-hosted: one JSON object, RSA over the raw body with the installation's signing key. */
export const postal = defineProvider({
  id: 'postal',
  title: 'Postal',
  options: strictObject({
    /** For servers so old that they send no SHA-256 signature. */
    allowSha1: optional(boolean(), false),
  }),
  secret: {
    form: 'the p= value of `postal default-dkim-record`; on a shared installation query:<name>:<value>, a space, then that',
  },
  keys: 'shown',
  proof: { signs: 'body', with: 'public-key' },
  emits: ['delivered', 'deferred', 'bounced', 'dropped', 'opened', 'clicked', 'inbound'],
  ownTest: 'mail an address that bounces: a server signs nothing but real events',
  clearList:
    "The mail server's suppression list: it ends by itself after its days, or is removed in the web interface.",
  maxBodyBytes: ONE_EVENT_BYTES,

  // Webhooks are retried after any failure. The HTTP endpoint for incoming mail is not: a 5xx there bounces the mail at once.
  responses: { 503: 429 },

  // No timestamp is signed: dedupe takes replays.
  verify(request, { secrets, options }) {
    const useSha1 = options.allowSha1 && request.headers[SIGNATURE_SHA256] === undefined;
    const [digest, header]: [Digest, string] = useSha1 ? ['sha1', SIGNATURE_SHA1] : ['sha256', SIGNATURE_SHA256];
    const signature = fromBase64(requiredHeader(request, header).replace(/\s/g, '')) ?? Buffer.alloc(0);
    return matchSecret(
      secrets,
      (secret) => {
        const { token, key } = readSecret(secret);
        return verifySignature(digest, publicKey(key), request.body, signature) && carriesToken(request, token);
      },
      'The signature does not match. Is this the key of `postal default-dkim-record`, and is the URL complete?',
    );
  },

  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    if (event.rcpt_to !== undefined) return [inbound(event)];
    const payload = fields(event.payload);
    const message = fields(payload.message ?? payload.original_message);
    const word = text(event.event) ?? wordOf(payload);
    const details = text(payload.details);
    let type = TYPES.get(word) ?? 'unknown';
    // Mail on its way in: what became of forwarding it says nothing about a recipient of ours.
    if (text(message.direction) === 'incoming') type = 'unknown';
    if (type === 'deferred' && word === 'MessageHeld' && /suppression/i.test(details ?? '')) type = 'dropped';
    const recipient = text(message.to);
    return [
      draft(word, {
        type,
        providerEventId: text(event.uuid),
        recipient,
        occurredAt: instant(payload.timestamp) ?? instant(event.timestamp),
        messageId: text(message.message_id) ?? text(message.token) ?? text(message.id),
        identity: [word, recipient, text(event.uuid) ?? text(event.timestamp), text(message.id), text(payload.url)],
        ...outcome(type, word, payload, details),
        tags: tagList(message.tag),
      }),
    ];
  },

  generateKey() {
    const { publicKey: open, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return {
      secret: open.export({ type: 'spki', format: 'der' }).toString('base64'),
      signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    };
  },

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify(event);
    // A server that needs the option sends nothing but SHA-1.
    const [digest, header]: [Digest, string] = input.options.allowSha1
      ? ['sha1', SIGNATURE_SHA1]
      : ['sha256', SIGNATURE_SHA256];
    const signature = sign(digest, Buffer.from(body), input.signingKey).toString('base64');
    return { method: 'POST', headers: { 'content-type': JSON_TYPE, [header]: signature }, body };
  },
});

/**
 * All tenants of an installation are signed with one key; where others share it, a token in the URL tells ours. The key may come
 * as PEM, as bare base64 or as the whole DKIM record.
 */
function readSecret(secret: string): { token?: readonly [string, string]; key: string } {
  const [, name, value, rest] = /^query:([^:\s]+):(\S+)\s+(.+)$/s.exec(secret) ?? [];
  const key = (rest ?? secret).trim();
  const bare = key.includes('-----BEGIN') ? key : (/(?:^|[;\s])p=([^;]+)/.exec(key)?.[1] ?? key).replace(/[\s"]/g, '');
  return { ...(name !== undefined && value !== undefined && { token: [name, value] as const }), key: bare };
}

function carriesToken(request: WebhookRequest, token: readonly [string, string] | undefined): boolean {
  if (!token) return true;
  return sameBytes(Buffer.from(new URLSearchParams(request.query).get(token[0]) ?? ''), Buffer.from(token[1]));
}

function wordOf(payload: Fields): string {
  const byStatus = BY_STATUS.get(text(payload.status) ?? '');
  if (byStatus !== undefined) return byStatus;
  if (payload.bounce !== undefined) return 'MessageBounced';
  if (payload.url !== undefined) return 'MessageLinkClicked';
  return payload.ip_address !== undefined ? 'MessageLoaded' : '';
}

/** A message on an HTTP endpoint, another shape on the same URL. */
const inbound = (event: Fields): Draft =>
  draft('inbound', {
    type: 'inbound',
    recipient: text(event.rcpt_to),
    occurredAt: instant(event.timestamp),
    messageId: text(event.message_id) ?? text(event.token) ?? text(event.id),
    from: text(event.from) ?? text(event.mail_from),
    subject: text(event.subject),
    identity: ['inbound', text(event.rcpt_to), text(event.id), text(event.token), text(event.message_id)],
  });

function outcome(type: EventType, word: string, payload: Fields, details: string | undefined): Partial<Draft> {
  const output = text(payload.output);
  const diagnostic = output ?? details;
  switch (type) {
    case 'bounced':
      // A bounce message that came back later: the payload does not say why.
      if (word === 'MessageBounced') return { bounceClass: 'undetermined' };
      return present({ ...classifyFailure({ text: output }), diagnostic });
    case 'deferred':
      return present({ ...replyCodes({ text: output }), diagnostic });
    case 'dropped':
      return present({ dropReason: 'suppressed-unknown', diagnostic });
    case 'opened':
    case 'clicked':
      return present({ url: text(payload.url), userAgent: text(payload.user_agent), ip: text(payload.ip_address) });
    default:
      return {};
  }
}
