import { strictObject } from 'valibot';
import type { BounceCause, BounceClass } from '../../domain/event/event.ts';
import { fields, instant, number, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { hexHmac, hexKey, verifyHexHmac } from '../shared/proof/hmac.ts';
import { requiredHeader } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';

const SIGNATURE = 'x-webhook-signature';

/** By `bounce.category`; every other one (network, protocol ...) is soft. */
const CATEGORIES: ReadonlyMap<string, readonly [BounceClass, BounceCause]> = new Map([
  ['recipient', ['hard', 'mailbox']],
  ['block', ['block', 'reputation']],
  ['spam', ['block', 'content']],
  ['virus', ['block', 'content']],
]);

/** Forward Email's bounce webhook: one JSON object, HMAC-SHA256 over the raw body. */
export const forwardEmail = defineProvider({
  id: 'forward-email',
  title: 'Forward Email',
  options: strictObject({}),
  secret: { form: 'the webhook signature payload verification key of the domain' },
  keys: 'shown',
  proof: { signs: 'body', with: 'hmac' },
  emits: ['bounced'],
  clearList: 'It keeps no list of its own.',
  maxBodyBytes: ONE_EVENT_BYTES,

  // No timestamp is signed: dedupe takes replays.
  verify: (request, { secrets }) =>
    verifyHexHmac(
      secrets,
      requiredHeader(request, SIGNATURE),
      [request.body],
      'The signature does not match. Is this the verification key of this very domain?',
    ),

  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const bounce = fields(event.bounce);
    const isBounce = Object.keys(bounce).length > 0 || event.bounced_at !== undefined;
    const diagnostic = text(event.response) ?? text(bounce.message) ?? text(event.message);
    const [said, cause] = CATEGORIES.get(text(bounce.category) ?? '') ?? ['soft' as const];
    const reply = {
      code: number(event.response_code) ?? number(bounce.code),
      status: text(bounce.status),
      text: diagnostic,
    };
    return [
      draft(isBounce ? 'bounce' : '', {
        type: isBounce ? 'bounced' : 'unknown',
        recipient: text(event.recipient),
        occurredAt: instant(event.bounced_at),
        messageId: text(event.email_id),
        identity: [
          isBounce ? 'bounce' : null,
          text(event.recipient),
          text(event.bounced_at),
          text(event.email_id),
          text(event.response_code),
        ],
        ...(isBounce && { ...weighBounce(said, reply, cause), diagnostic }),
      }),
    ];
  },

  generateKey: () => hexKey(),

  sample({ type, recipient, at, id, signingKey, body: given }) {
    if (type !== 'bounced') return undefined;
    const response = '550 5.1.1 user unknown';
    const body =
      given ??
      JSON.stringify({
        email_id: id,
        recipient,
        message: response,
        response,
        response_code: 550,
        bounced_at: new Date(at).toISOString(),
        bounce: { action: 'reject', message: 'User unknown', category: 'recipient', code: 550, status: '5.1.1' },
      });
    return {
      method: 'POST',
      headers: { 'content-type': 'application/json', [SIGNATURE]: hexHmac(signingKey, body) },
      body,
    };
  },
});
