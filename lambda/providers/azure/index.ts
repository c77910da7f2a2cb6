import { strictObject } from 'valibot';
import type { BounceCause, BounceClass, Draft, DropReason, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, list, present, text } from '../../domain/read.ts';
import { defineProvider, type Proof, type SampleInput, type WebhookRequest } from '../provider.ts';
import { bodyJson, jsonEvents } from '../shared/body.ts';
import { weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';

/** Who asks, in Event Grid's handshake. */
const EVENT_GRID = 'eventgrid.azure.net';
const VALIDATION = 'Microsoft.EventGrid.SubscriptionValidationEvent';
const DELIVERY = 'Microsoft.Communication.EmailDeliveryReportReceived';
const ENGAGEMENT = 'Microsoft.Communication.EmailEngagementTrackingReportReceived';

/** Type of a delivery report by its `status`, with the class and cause that the word itself says. */
const STATUSES: ReadonlyMap<string, readonly [EventType, BounceClass?, BounceCause?]> = new Map([
  ['delivered', ['delivered']],
  // The address is a distribution list and was resolved; nothing is known of its members.
  ['expanded', ['accepted']],
  ['bounced', ['bounced', 'hard', 'mailbox']],
  ['failed', ['bounced', 'undetermined']],
  ['filteredspam', ['bounced', 'block', 'content']],
  ['quarantined', ['bounced', 'block', 'content']],
  ['suppressed', ['dropped']],
]);

const ENGAGEMENTS: ReadonlyMap<string, EventType> = new Map([
  ['view', 'opened'],
  ['click', 'clicked'],
]);

/** Azure Communication Services e-mail through Event Grid: a JSON array; nothing is signed, the secret is in the URL or a header. */
export const azure = defineProvider({
  id: 'azure',
  title: 'Azure Communication Services',
  options: strictObject({}),
  secret: { form: SHARED_SECRET_FORM },
  keys: 'chosen',
  proof: { signs: 'nothing', with: 'password' },
  emits: ['accepted', 'delivered', 'bounced', 'dropped', 'opened', 'clicked'],
  clearList:
    'The suppression list of the sender domain (Suppression Lists) > remove; the service-managed list ends by itself.',

  // Event Grid is not documented to go on after 401 and 403 on every endpoint: a 503 is retried for 24 hours for certain.
  responses: { 401: 503, 403: 503 },

  // The handshake of CloudEvents' webhooks: consent to be sent events, which says nothing about whether they are believed.
  probe({ method, headers }) {
    if (method !== 'OPTIONS') return undefined;
    if (headers['webhook-request-origin'] !== EVENT_GRID) return { status: 400 };
    return { status: 200, headers: { 'webhook-allowed-origin': EVENT_GRID, 'webhook-allowed-rate': '*' } };
  },

  verify(request, { secrets }) {
    const proof = verifySharedSecret(request, secrets);
    return validation(request, proof) ?? proof;
  },

  split: (request) => ({ events: jsonEvents(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const data = fields(event.data);
    // Event Grid's own schema, or CloudEvents, which names the same things `type` and `time`.
    const kind = text(event.eventType) ?? text(event.type) ?? '';
    const word = kind === DELIVERY ? text(data.status) : kind === ENGAGEMENT ? text(data.engagementType) : undefined;
    const time = reportTime(data) ?? text(event.eventTime) ?? text(event.time);
    return [
      draft(word === undefined ? kind : `${kind.replace(/^Microsoft\.Communication\./, '')}.${word}`, {
        ...outcome(kind, word ?? '', data),
        providerEventId: text(event.id),
        recipient: text(data.recipient),
        occurredAt: instant(time),
        messageId: text(data.messageId),
        identity: [kind, word, text(data.recipient), text(data.messageId), time, text(data.engagementContext)],
      }),
    ];
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const post = postWithSecret(input.signingKey, JSON_TYPE, input.body ?? JSON.stringify([event]));
    return { ...post, headers: { ...post.headers, 'aeg-event-type': 'Notification' } };
  },
});

/** Event Grid asks for its code back before it sends anything; only who holds the secret is answered. */
function validation(request: WebhookRequest, proof: Proof): Proof | undefined {
  if (request.headers['aeg-event-type'] !== 'SubscriptionValidation') return undefined;
  const { value } = bodyJson(request);
  const event = fields(list(value)[0]);
  const code = text(fields(event.data).validationCode);
  if (event.eventType !== VALIDATION || code === undefined) return undefined;
  const body = JSON.stringify({ validationResponse: code });
  return { ...proof, answer: { status: 200, headers: { 'content-type': 'application/json' }, body } };
}

/** Both spellings occur. */
const reportTime = (data: Fields): string | undefined =>
  text(data.deliveryAttemptTimestamp) ??
  text(data.deliveryAttemptTimeStamp) ??
  text(data.userActionTimestamp) ??
  text(data.userActionTimeStamp);

function outcome(kind: string, word: string, data: Fields): Partial<Draft> & { readonly type: EventType } {
  if (kind === ENGAGEMENT) {
    const type = ENGAGEMENTS.get(word.toLowerCase()) ?? 'unknown';
    const url = type === 'clicked' ? text(data.engagementContext) : undefined;
    return present({ type, url, userAgent: text(data.userAgent) });
  }
  if (kind !== DELIVERY) return { type: 'unknown' };
  const [type, said = 'undetermined', cause] = STATUSES.get(word.toLowerCase()) ?? ['unknown'];
  const diagnostic = text(fields(data.deliveryStatusDetails).statusMessage);
  if (type === 'bounced') return present({ type, ...weighBounce(said, { text: diagnostic }, cause), diagnostic });
  // Azure's own list and the customer's are not told apart.
  const dropReason: DropReason = 'suppressed-unknown';
  return type === 'dropped' ? present({ type, dropReason, diagnostic }) : { type };
}

const SAMPLES: Readonly<Partial<Record<EventType, Fields>>> = {
  delivered: { status: 'Delivered' },
  accepted: { status: 'Expanded' },
  bounced: { status: 'Bounced', deliveryStatusDetails: { statusMessage: '550 5.1.1 user unknown' } },
  dropped: { status: 'Suppressed', deliveryStatusDetails: { statusMessage: 'Recipient is suppressed' } },
  opened: { engagementType: 'view', userAgent: 'Mozilla/5.0' },
  clicked: { engagementType: 'click', engagementContext: 'https://example.com/offer', userAgent: 'Mozilla/5.0' },
};

function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const data = SAMPLES[type];
  const time = new Date(at).toISOString();
  const engaged = type === 'opened' || type === 'clicked';
  return (
    data && {
      id: `sample-${id}`,
      topic: '/subscriptions/sample',
      subject: `sender/news@example.com/message/${id}`,
      eventType: engaged ? ENGAGEMENT : DELIVERY,
      eventTime: time,
      dataVersion: '1.0',
      metadataVersion: '1',
      data: {
        sender: 'news@example.com',
        recipient,
        messageId: `message-${id}`,
        ...data,
        [engaged ? 'userActionTimestamp' : 'deliveryAttemptTimestamp']: time,
      },
    }
  );
}
