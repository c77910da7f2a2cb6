import { strictObject } from 'valibot';
import type { Draft, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, present, stringMap, text, utcTime } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { ONE_EVENT_BYTES } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { formEvent, formFields } from '../shared/form/form.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { FORM_TYPE, postWithSecret } from '../shared/samples.ts';
import { sampleEvent } from './samples.ts';

/** By `type`, or by `type` and reason where that decides. */
const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['subscribe', 'resubscribed'],
  ['unsubscribe', 'unsubscribed'],
  ['unsubscribe abuse', 'complained'],
  ['cleaned', 'bounced'],
  ['cleaned abuse', 'complained'],
]);

/** Mailchimp Marketing audience webhooks: a form with bracket keys; nothing is signed, the secret is in the URL. */
export const mailchimp = defineProvider({
  id: 'mailchimp',
  title: 'Mailchimp Marketing',
  options: strictObject({}),
  secret: { form: SHARED_SECRET_FORM },
  keys: 'chosen',
  proof: { signs: 'nothing', with: 'password' },
  emits: ['bounced', 'complained', 'unsubscribed', 'resubscribed'],
  clearList:
    'Nobody but the person can resubscribe, through a form of the audience; a cleaned address can be added anew.',
  maxBodyBytes: ONE_EVENT_BYTES,

  // The URL is called by GET when the webhook is saved.
  probe: ({ method }) => (method === 'GET' || method === 'HEAD' ? { status: 200 } : undefined),

  verify: (request, { secrets }) => verifySharedSecret(request, secrets),

  split: (request) => ({ events: formEvent(request) }),

  normalise(raw) {
    const event = formFields(raw);
    const data = fields(event.data);
    const word = text(event.type) ?? '';
    const reason = text(data.reason);
    const type = TYPES.get(`${word} ${reason ?? ''}`) ?? TYPES.get(word) ?? 'unknown';
    // A changed address is about two people of our list: whoever reads one of them finds it.
    const people = word === 'upemail' ? [text(data.old_email), text(data.new_email)] : [text(data.email)];
    return people.map((recipient) =>
      draft(word, {
        type,
        recipient,
        occurredAt: utcTime(event.fired_at) ?? instant(event.fired_at),
        identity: [
          word,
          text(data.list_id),
          recipient?.toLowerCase(),
          text(event.fired_at),
          text(data.action),
          reason,
          recipient === undefined ? (text(data.id) ?? text(data.new_id)) : undefined,
        ],
        ...outcome(type, data, reason),
        // Merge fields are left out: names and addresses of people.
        metadata: stringMap({ campaign_id: data.campaign_id, action: data.action, reason: data.reason }),
      }),
    );
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    return postWithSecret(input.signingKey, FORM_TYPE, input.body ?? new URLSearchParams(event).toString());
  },
});

function outcome(type: EventType, data: Fields, reason: string | undefined): Partial<Draft> {
  switch (type) {
    case 'bounced':
      return reason === 'hard' ? { bounceClass: 'hard', bounceCause: 'mailbox' } : { bounceClass: 'undetermined' };
    case 'unsubscribed':
    case 'resubscribed': {
      const list = text(data.list_id);
      return present({ scope: list === undefined ? 'all' : `list:${list}`, ip: text(data.ip_opt) });
    }
    default:
      return {};
  }
}
