import {
  array,
  boolean,
  exactOptional,
  minLength,
  optional,
  picklist,
  pipe,
  regex,
  strictObject,
  string,
} from 'valibot';
import { PoisonEvent } from '../../domain/errors.ts';
import type { Draft } from '../../domain/event/event.ts';
import { type Fields, fields, isoTime, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { jsonEvent } from '../shared/body.ts';
import { verifyEnvelope } from '../shared/proof/sns.ts';
import {
  confirmation,
  envelopeKey,
  MAX_ENVELOPE_BYTES,
  messageOf,
  notification,
} from '../shared/proof/sns-envelope.ts';
import { rawFields } from '../shared/raw.ts';
import { messageIn } from '../shared/samples.ts';
import { sesDrafts } from './events.ts';
import { sesSample } from './samples.ts';

const options = strictObject({
  /**
   * How events come in: SNS posts them to the source's URL (default); EventBridge or SNS puts them on the feeds queue, without HTTP.
   */
  via: exactOptional(picklist(['https', 'eventbridge', 'sns-queue'], '"https", "eventbridge" or "sns-queue"')),
  /** With EventBridge: only mail sent with one of these configuration sets belongs to this source. */
  configurationSets: exactOptional(
    pipe(
      array(pipe(string(), regex(/^[A-Za-z0-9_-]{1,64}$/, 'A configuration set.'))),
      minLength(1, 'at least one name'),
    ),
  ),
  /** Topics that may speak for this source, as exact ARNs. */
  topicArns: optional(
    array(
      pipe(
        string(),
        regex(
          /^arn:aws(-[a-z]+)*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
          'An SNS topic ARN, such as arn:aws:sns:eu-west-1:123456789012:ses-events.',
        ),
      ),
    ),
    [],
  ),
  /** The stack makes a topic, subscribes this source to it and adds its ARN to `topicArns`. */
  createTopic: optional(boolean(), false),
  /** Topics sign with SHA-1 until their attribute SignatureVersion is set to 2. */
  allowSignatureV1: optional(boolean(), true),
});

/** EventBridge's names for what SES itself calls `eventType`. */
const DETAIL_TYPES: ReadonlyMap<string, string> = new Map([
  ['Email Sent', 'Send'],
  ['Email Delivered', 'Delivery'],
  ['Email Bounced', 'Bounce'],
  ['Email Complaint Received', 'Complaint'],
  ['Email Rejected', 'Reject'],
  ['Email Opened', 'Open'],
  ['Email Clicked', 'Click'],
  ['Email Rendering Failed', 'Rendering Failure'],
  ['Email Delivery Delayed', 'DeliveryDelay'],
  ['Email Subscribed', 'Subscription'],
]);

/** An envelope in an envelope (EventBridge to SNS) is the deepest nesting there is. */
const MAX_WRAPPINGS = 3;

/** Amazon SES through SNS: identity notifications and event publishing alike; EventBridge and raw delivery read the same. */
export const ses = defineProvider({
  id: 'ses',
  title: 'Amazon SES',
  options,
  secret: { form: 'none: the proof is the signature of an allowed SNS topic' },
  keys: 'none',
  proof: { signs: 'body', with: 'certificate' },
  minimalOptions: { topicArns: ['arn:aws:sns:us-east-1:000000000000:quell-sample'] },
  certificateHosts: [/^sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/],
  topics: ({ topicArns, createTopic, via = 'https' }) => ({ named: topicArns, make: createTopic, via, inAws: true }),
  toldApartBy: { eventbridge: 'configurationSets', 'sns-queue': 'topicArns' },
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
    'resubscribed',
    'inbound',
  ],
  ownTest:
    'send a mail through SES to bounce@simulator.amazonses.com (complaint@ and success@ make the other events). It costs what a mail costs and does not count against your reputation',
  api: {
    tells: 'list',
    signed: {
      actions: ['ses:ListSuppressedDestinations'],
      why: "SES knows no resource for the account's suppression list.",
    },
    load: async () => (await import('./api.ts')).api,
  },
  clearList: 'aws sesv2 delete-suppressed-destination --email-address ADDRESS (account-level list, per Region).',
  // SNS never repeats what was answered 4xx. A topic that is not allowed yet, or a wrong IP list, should cost nothing while it is
  // mended; a signature that is wrong stays wrong, there is no key of ours in it.
  responses: { 'topic-not-allowed': 503, 403: 503 },
  maxBodyBytes: MAX_ENVELOPE_BYTES,

  verify: (request, context) =>
    verifyEnvelope(request, context, {
      topicArns: context.options.topicArns,
      allowSignatureV1: context.options.allowSignatureV1,
      isCertificateUrl: (url, region) =>
        url.hostname === certificateHost(region) && /^\/SimpleNotificationService-[0-9a-f]+\.pem$/.test(url.pathname),
    }),

  // SNS sends its JSON as text/plain: the content type is not looked at.
  split: (request) => ({ events: jsonEvent(request) }),

  normalise: (raw) => unwrap(rawFields(raw), undefined, MAX_WRAPPINGS),

  control: (raw) => confirmation(rawFields(raw)),

  generateKey: envelopeKey,

  sample({ type, recipient, at, id, signingKey, options, body }) {
    const event = sesSample(type)?.(recipient, new Date(at).toISOString(), id);
    if (!event) return undefined;
    const topicArn = options.topicArns[0] ?? 'arn:aws:sns:us-east-1:123456789012:ses-events';
    const host = certificateHost(topicArn.split(':')[3] ?? '');
    return notification(body === undefined ? JSON.stringify(event) : messageIn(body), {
      topicArn,
      certificateUrl: `https://${host}/SimpleNotificationService-0000000000000000.pem`,
      unsubscribeUrl: `https://${host}/?Action=Unsubscribe&SubscriptionArn=${topicArn}:00000000-0000-4000-8000-000000000000`,
      at,
      id,
      key: signingKey,
    });
  },
});

const certificateHost = (region: string): string =>
  `sns.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** Down through SNS and EventBridge envelopes to what SES wrote. */
function unwrap(event: Fields, transportId: string | undefined, left: number): readonly Draft[] {
  const type = text(event.Type);
  if (type === 'SubscriptionConfirmation') return [];
  if (type === 'UnsubscribeConfirmation') return [notice(type, event)];
  if (type === 'Notification' && left > 0) {
    const message = messageOf(event);
    if (typeof message === 'object' && message !== null)
      return unwrap(fields(message), text(event.MessageId), left - 1);
    // What SES posts when it has been given the topic.
    return String(message).startsWith('Successfully validated SNS topic') ? [] : [notice(type, event)];
  }
  if (event.source === 'aws.ses') {
    const detailType = text(event['detail-type']) ?? '';
    const detail = fields(event.detail);
    const word = text(detail.eventType) ?? DETAIL_TYPES.get(detailType) ?? detailType;
    return sesDrafts(detail, word, text(event.id));
  }
  const word = text(event.eventType) ?? text(event.notificationType);
  if (word === undefined && transportId === undefined)
    throw new PoisonEvent('The event is neither an SNS message nor an SES event.');
  return sesDrafts(event, word ?? '', transportId);
}

/** What the topic itself has to say; recorded, about nobody. */
function notice(type: string, envelope: Fields): Draft {
  const at = isoTime(envelope.Timestamp);
  return {
    type: 'unknown',
    providerEvent: type,
    ...(at !== undefined && { occurredAt: at }),
    identity: [type, text(envelope.TopicArn), text(envelope.MessageId)],
  };
}
