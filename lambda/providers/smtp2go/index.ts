import { strictObject } from 'valibot';
import type { BounceClass, Draft, EventType } from '../../domain/event/event.ts';
import { type Fields, instant, present, stringMap, text, utcTime } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { ONE_EVENT_BYTES } from '../shared/body.ts';
import { weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { formOrJsonEvent, formOrJsonFields } from '../shared/form/form.ts';
import { listedFor } from '../shared/listed.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { sampleEvent } from './samples.ts';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['processed', 'accepted'],
  ['delivered', 'delivered'],
  ['bounce', 'bounced'],
  ['reject', 'dropped'],
  ['open', 'opened'],
  ['click', 'clicked'],
  ['spam', 'complained'],
  ['unsubscribe', 'unsubscribed'],
  ['resubscribe', 'resubscribed'],
]);

const BOUNCES: ReadonlyMap<string, BounceClass> = new Map([
  ['hard', 'hard'],
  ['soft', 'soft'],
]);

/** The event's own fields; every other one is a header of the mail that the webhook was told to repeat. */
const RESERVED = new Set(
  `event time sendtime email_id rcpt recipients sender from subject auth host message context bounce user-agent read-secs client
  client-device client-os url id srchost hook webhook_id username`.split(/\s+/),
);

/** SMTP2GO: one event, as form or JSON by a setting of the webhook; nothing is signed. */
export const smtp2go = defineProvider({
  id: 'smtp2go',
  title: 'SMTP2GO',
  options: strictObject({}),
  secret: { form: SHARED_SECRET_FORM },
  keys: 'chosen',
  proof: { signs: 'nothing', with: 'password' },
  emits: [
    'accepted',
    'delivered',
    'bounced',
    'dropped',
    'opened',
    'clicked',
    'complained',
    'unsubscribed',
    'resubscribed',
  ],
  api: { tells: 'list', load: async () => (await import('./api.ts')).api },
  clearList: 'Reports > Suppressions > remove; or /suppression/remove.',
  maxBodyBytes: ONE_EVENT_BYTES,

  verify: (request, { secrets }) => verifySharedSecret(request, secrets),

  split: (request) => ({ events: formOrJsonEvent(request) }),

  normalise(raw) {
    const event = formOrJsonFields(raw);
    const word = text(event.event) ?? '';
    const type = TYPES.get(word) ?? 'unknown';
    return [
      draft(word, {
        type,
        // `recipients` are all addressees of the mail, `rcpt` is the one it is about.
        recipient: text(event.rcpt),
        occurredAt: instant(event.time) ?? utcTime(event.time),
        messageId: text(event.email_id),
        // Without `id`: whether it is the event's or the webhook's is not documented.
        identity: [word, text(event.email_id), text(event.rcpt), text(event.time), text(event.url)],
        ...outcome(type, event),
        metadata: stringMap(event, RESERVED),
      }),
    ];
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    return postWithSecret(input.signingKey, JSON_TYPE, input.body ?? JSON.stringify(event));
  },
});

function outcome(type: EventType, event: Fields): Partial<Draft> {
  const diagnostic = text(event.message) ?? text(event.context);
  switch (type) {
    case 'bounced': {
      const said = BOUNCES.get(text(event.bounce) ?? '') ?? 'undetermined';
      return present({
        ...weighBounce(said, { text: diagnostic }, said === 'hard' ? 'mailbox' : undefined),
        diagnostic,
      });
    }
    case 'dropped':
      return present({ dropReason: listedFor(diagnostic), diagnostic });
    case 'opened':
    case 'clicked':
      return present({
        url: text(event.url),
        userAgent: text(event['user-agent']),
        device: text(event['client-device']),
      });
    case 'unsubscribed':
    case 'resubscribed':
      return { scope: 'all' };
    default:
      return {};
  }
}
