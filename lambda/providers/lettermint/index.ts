import { strictObject } from 'valibot';
import type { Draft, DropReason, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, number, present, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { bodyJson, jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { listedFor } from '../shared/listed.ts';
import { hexHmac, hexKey, verifyHexHmac } from '../shared/proof/hmac.ts';
import { checkAge, requiredHeader } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE = 'x-lettermint-signature';
/** What the vendor's own libraries enforce, so every retry must pass it. */
const TOLERANCE_SECONDS = 300;

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['message.created', 'accepted'],
  ['message.sent', 'accepted'],
  ['message.delivered', 'delivered'],
  ['message.hard_bounced', 'bounced'],
  ['message.soft_bounced', 'bounced'],
  ['message.failed', 'dropped'],
  ['message.suppressed', 'dropped'],
  ['message.policy_rejected', 'dropped'],
  ['message.opened', 'opened'],
  ['message.clicked', 'clicked'],
  ['message.spam_complaint', 'complained'],
  ['message.unsubscribed', 'unsubscribed'],
  ['message.inbound', 'inbound'],
]);

const DROPS: ReadonlyMap<string, DropReason> = new Map([
  ['message.failed', 'other'],
  ['message.policy_rejected', 'policy'],
]);

/** Lettermint: one JSON object, HMAC-SHA256 over timestamp, dot and raw body. */
export const lettermint = defineProvider({
  id: 'lettermint',
  title: 'Lettermint',
  options: strictObject({}),
  secret: { form: 'the signing secret of the webhook, whole, with its prefix' },
  keys: 'shown',
  proof: { signs: 'body', with: 'hmac' },
  emits: ['accepted', 'delivered', 'bounced', 'dropped', 'opened', 'clicked', 'complained', 'unsubscribed', 'inbound'],
  api: { tells: 'events', load: async () => (await import('./api.ts')).api },
  clearList: 'Suppressions of the project > remove.',
  maxBodyBytes: ONE_EVENT_BYTES,

  verify(request, { secrets, now }) {
    const [, timestamp = '', signature = ''] =
      /^t=(\d{1,12}),\s*v1=([0-9a-f]{64})$/i.exec(requiredHeader(request, SIGNATURE)) ?? [];
    const proof = verifyHexHmac(
      secrets,
      signature,
      [`${timestamp}.`, request.body],
      'The signature does not match. Is this the signing secret of this very webhook?',
    );
    checkAge(timestamp, now, TOLERANCE_SECONDS);
    // The test button: nothing to store.
    const isTest = fields(bodyJson(request).value).event === 'webhook.test';
    return isTest ? { ...proof, answer: { status: 200 } } : proof;
  },

  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const data = fields(event.data);
    const word = text(event.event) ?? '';
    const type = TYPES.get(word) ?? 'unknown';
    const recipient = text(data.recipient);
    return [
      draft(word, {
        type,
        providerEventId: text(event.id),
        recipient,
        occurredAt: instant(event.timestamp),
        messageId: text(data.message_id),
        identity: [
          word,
          recipient,
          text(data.message_id),
          text(event.id) ?? text(event.timestamp),
          text(data.destination_url),
        ],
        ...outcome(type, word, data),
        autoReply: word === 'message.auto_replied' ? true : undefined,
        tags: tagList(data.tag),
        metadata: stringMap(data.metadata),
      }),
    ];
  },

  generateKey() {
    const { signingKey } = hexKey();
    return { secret: `whsec_${signingKey}`, signingKey: `whsec_${signingKey}` };
  },

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify(event);
    const timestamp = String(Math.floor(input.at / 1000));
    return {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [SIGNATURE]: `t=${timestamp},v1=${hexHmac(input.signingKey, `${timestamp}.`, body)}`,
      },
      body,
    };
  },
});

function outcome(type: EventType, word: string, data: Fields): Partial<Draft> {
  const response = fields(data.response);
  const diagnostic = text(response.content) ?? text(data.reason);
  switch (type) {
    case 'bounced': {
      const hard = word === 'message.hard_bounced';
      const reply = {
        code: number(response.status_code),
        status: text(response.enhanced_status_code),
        text: diagnostic,
      };
      return present({ ...weighBounce(hard ? 'hard' : 'soft', reply, hard ? 'mailbox' : undefined), diagnostic });
    }
    case 'dropped':
      return present({ dropReason: DROPS.get(word) ?? listedFor(text(data.reason)), diagnostic });
    case 'opened':
    case 'clicked': {
      const { machine } = fields(data.bot);
      return present({
        url: text(data.destination_url),
        userAgent: text(data.user_agent),
        device: text(data.device_type),
        machine: typeof machine === 'boolean' ? machine : undefined,
      });
    }
    case 'unsubscribed':
      return { scope: 'all' };
    case 'inbound':
      return present({ from: text(data.from) ?? text(fields(data.from).email), subject: text(data.subject) });
    default:
      return {};
  }
}
