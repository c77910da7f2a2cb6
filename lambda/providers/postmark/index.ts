import { strictObject } from 'valibot';
import { type Fields, instant, list, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { contentId } from '../shared/proof/webhook.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { outcome } from './outcome.ts';
import { sampleEvent } from './samples.ts';

/** What a test post has in place of a message's id. */
const NO_MESSAGE = /^[0-]+$/;

/** Postmark webhooks: one JSON object per request, told apart by `RecordType`; nothing is signed. */
export const postmark = defineProvider({
  id: 'postmark',
  title: 'Postmark',
  options: strictObject({}),
  secret: { form: SHARED_SECRET_FORM },
  keys: 'chosen',
  proof: { signs: 'nothing', with: 'password' },
  emits: [
    'delivered',
    'deferred',
    'bounced',
    'dropped',
    'opened',
    'clicked',
    'complained',
    'unsubscribed',
    'resubscribed',
    'inbound',
  ],
  api: { tells: 'events', load: async () => (await import('./api.ts')).api },
  clearList:
    "Message stream > Suppressions > Reactivate; or POST /message-streams/STREAM/suppressions/delete. Spam complaints only Postmark's support lifts.",
  maxBodyBytes: ONE_EVENT_BYTES,
  // 403 ends all of Postmark's retries at once; an address list that is out of date must not cost an event.
  responses: { 403: 401 },

  verify: (request, { secrets }) => verifySharedSecret(request, secrets),
  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const record = text(event.RecordType) ?? (text(event.BouncedAt) ? 'Bounce' : isMail(event) ? 'Inbound' : 'unnamed');
    const recipient = text(event.Recipient) ?? text(event.Email);
    const time = event.DeliveredAt ?? event.BouncedAt ?? event.ReceivedAt ?? event.ChangedAt;
    const messageId = text(event.MessageID);
    // One message id serves every recipient and every open of one send.
    const identity = text(event.ID)
      ? [record, text(event.ID), recipient]
      : [
          record,
          // What names neither a mail nor a person is the same only as its own twin.
          messageId ?? (recipient === undefined ? contentId(raw) : undefined),
          recipient,
          text(time),
          text(event.OriginalLink),
          said(event),
          text(event.MessageStream),
        ];
    return [
      draft(record, {
        type: 'unknown',
        providerEventId: text(event.ID),
        recipient,
        occurredAt: instant(time),
        messageId: messageId && !NO_MESSAGE.test(messageId) ? messageId : undefined,
        identity,
        ...outcome(record, event),
        tags: tagList(event.Tag),
        metadata: stringMap(event.Metadata),
      }),
    ];
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    return event && postWithSecret(input.signingKey, JSON_TYPE, input.body ?? JSON.stringify(event));
  },
});

/** An inbound mail is the one post without a `RecordType`. */
const isMail = (event: Fields): boolean => list(event.ToFull).length > 0 || text(event.OriginalRecipient) !== undefined;

const said = (event: Fields): string | undefined =>
  typeof event.SuppressSending === 'boolean' ? String(event.SuppressSending) : undefined;
