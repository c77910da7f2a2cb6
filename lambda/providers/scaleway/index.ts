import { array, boolean, optional, pipe, regex, strictObject, string } from 'valibot';
import { RefusedRequest } from '../../domain/errors.ts';
import type { Draft, EventType } from '../../domain/event.ts';
import { type Fields, fields, isoTime, present, text } from '../../domain/read.ts';
import { defineProvider, type SampleInput } from '../provider.ts';
import { bodyJson, jsonEvent } from '../shared/body.ts';
import { verifyEnvelope } from '../shared/proof/sns.ts';
import { envelopeKey, messageOf, notification } from '../shared/proof/sns-envelope.ts';
import { rawFields } from '../shared/raw.ts';
import { SCALEWAY_TYPES, scalewayOutcome } from './outcome.ts';

/** The exact bucket: others on the same host are anybody's. */
const CERTIFICATE_HOST = 'messaging.s3.fr-par.scw.cloud';

/** Scaleway Transactional Email through a Topics and Events topic: the SNS envelope with Scaleway's own certificates. */
export const scaleway = defineProvider({
  id: 'scaleway',
  title: 'Scaleway TEM',
  options: strictObject({
    /** Topics that may speak for this source, as exact ARNs. */
    topicArns: optional(
      array(
        pipe(
          string(),
          regex(
            /^arn:scw:sns:[a-z]{2}-[a-z]{3}:[A-Za-z0-9-]+:[A-Za-z0-9_.-]+$/,
            'A Scaleway topic ARN, such as arn:scw:sns:fr-par:project-<id>:<name>.',
          ),
        ),
      ),
      [],
    ),
    allowSignatureV1: optional(boolean(), true),
  }),
  secret: { kind: 'none', form: 'none: the proof is the signature of an allowed topic' },
  // Whether Scaleway repeats what was answered 4xx is not documented: a topic not allowed yet should cost nothing while it is mended.
  responses: { 'topic-not-allowed': 503, 403: 503 },

  async verify(request, context) {
    const { options, fetchText } = context;
    const proof = await verifyEnvelope(request, context, {
      ...options,
      isCertificateUrl: (url, region) =>
        url.hostname === CERTIFICATE_HOST &&
        /^\/[a-z-]+\/sns\/[\w.-]+\.(pem|crt)$/.test(url.pathname) &&
        url.pathname.startsWith(`/${region}/`),
    });
    await confirm(fields(bodyJson(request).value), fetchText);
    return proof;
  },

  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const outer = rawFields(raw);
    if (outer.Type === 'SubscriptionConfirmation') return [];
    if (outer.Type === 'UnsubscribeConfirmation') return [notice(outer)];
    return [draftOf(outer.Type === 'Notification' ? fields(messageOf(outer)) : outer, text(outer.MessageId))];
  },

  generateKey: envelopeKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const { at, id, signingKey: key, options } = input;
    const topicArn =
      options.topicArns[0] ?? 'arn:scw:sns:fr-par:project-00000000-0000-4000-8000-000000000000:mail-events';
    const region = topicArn.split(':')[3] ?? '';
    return notification(event, {
      topicArn,
      certificateUrl: `https://${CERTIFICATE_HOST}/${region}/sns/sns_certificate_0000000000000000.pem`,
      unsubscribeUrl: `https://sns.mnq.${region}.scaleway.com/?Action=Unsubscribe&SubscriptionArn=${topicArn}:00000000-0000-4000-8000-000000000000`,
      at,
      id,
      key,
    });
  },
});

/** Only the address in a subscription's own, signed message confirms it: Scaleway's API would need one of its keys. */
async function confirm(envelope: Fields, fetchText: (url: string) => Promise<string>): Promise<void> {
  if (envelope.Type !== 'SubscriptionConfirmation') return;
  const address = String(envelope.SubscribeURL);
  const region = String(envelope.TopicArn).split(':')[3];
  const origin = URL.canParse(address) ? new URL(address).origin : '';
  if (origin !== `https://sns.mnq.${region}.scaleway.com` || !address.startsWith(`${origin}/`))
    throw new RefusedRequest('bad-proof', "The confirmation address is not Scaleway's own.");
  try {
    await fetchText(address);
  } catch {
    throw new RefusedRequest('cannot-verify', 'The subscription could not be confirmed right now.');
  }
}

function draftOf(event: Fields, transportId: string | undefined): Draft {
  const word = text(event.type) ?? '';
  const id = text(event.id);
  return present({
    type: SCALEWAY_TYPES.get(word) ?? 'unknown',
    providerEvent: word || 'unnamed',
    providerEventId: id,
    recipient: text(event.email_to),
    occurredAt: isoTime(event.created_at),
    messageId: text(event.email_id),
    ...scalewayOutcome(word, event),
    identity:
      id === undefined
        ? [word, text(event.email_id) ?? transportId, text(event.email_to), text(event.created_at)]
        : [id],
  }) as Draft;
}

function notice(envelope: Fields): Draft {
  return present({
    type: 'unknown',
    providerEvent: 'UnsubscribeConfirmation',
    occurredAt: isoTime(envelope.Timestamp),
    identity: ['UnsubscribeConfirmation', text(envelope.TopicArn), text(envelope.MessageId)],
  }) as Draft;
}

const SAMPLES: ReadonlyMap<EventType, Fields> = new Map<EventType, Fields>([
  ['accepted', { type: 'email_queued' }],
  ['delivered', { type: 'email_delivered', email_response_code: 250, email_response_message: '250 2.0.0 OK' }],
  [
    'deferred',
    { type: 'email_deferred', email_response_code: 421, email_response_message: '421 4.7.0 try again later' },
  ],
  [
    'bounced',
    { type: 'email_mailbox_not_found', email_response_code: 550, email_response_message: '550 5.1.1 User unknown' },
  ],
  [
    'dropped',
    { type: 'email_blocklisted', blocklist_type: 'mailbox_not_found', blocklist_reason: 'mailbox not found' },
  ],
]);

function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const sample = SAMPLES.get(type);
  return (
    sample && {
      id: `event-${id}`,
      ...sample,
      created_at: new Date(at).toISOString(),
      domain_name: 'example.com',
      email_id: `email-${id}`,
      email_from: 'sender@example.com',
      email_to: recipient,
      email_headers: [],
    }
  );
}
