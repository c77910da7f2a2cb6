import { array, boolean, optional, pipe, regex, strictObject, string } from 'valibot';
import { RefusedRequest } from '../../domain/errors.ts';
import type { Draft } from '../../domain/event/event.ts';
import { type Fields, fields, instant, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { bodyJson, jsonEvent } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { verifyEnvelope } from '../shared/proof/sns.ts';
import { envelopeKey, MAX_ENVELOPE_BYTES, messageOf, notification } from '../shared/proof/sns-envelope.ts';
import { rawFields } from '../shared/raw.ts';
import { messageIn } from '../shared/samples.ts';
import { SCALEWAY_TYPES, scalewayOutcome } from './outcome.ts';
import { sampleEvent } from './samples.ts';

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
  secret: { form: 'none: the proof is the signature of an allowed topic' },
  keys: 'none',
  proof: { signs: 'body', with: 'certificate' },
  minimalOptions: {
    topicArns: ['arn:scw:sns:fr-par:project-00000000-0000-4000-8000-000000000000:quell-sample'],
  },
  certificateHosts: [/^messaging\.s3\.fr-par\.scw\.cloud$/],
  topics: ({ topicArns }) => ({ named: topicArns, make: false, via: 'https', inAws: false }),
  emits: ['accepted', 'delivered', 'deferred', 'bounced', 'dropped'],
  ownTest: 'send a mail through Transactional Email to an address that does not exist',
  api: { tells: 'events', byDomain: true, load: async () => (await import('./api.ts')).api },
  clearList: 'Transactional Email > Blocklists of the domain > remove the recipient.',
  // Whether Scaleway repeats what was answered 4xx is not documented: a topic not allowed yet should cost nothing while it is mended.
  responses: { 'topic-not-allowed': 503, 403: 503 },
  maxBodyBytes: MAX_ENVELOPE_BYTES,

  async verify(request, context) {
    const proof = await verifyEnvelope(request, context, {
      ...context.options,
      isCertificateUrl: (url, region) =>
        url.hostname === CERTIFICATE_HOST &&
        /^\/[a-z-]+\/sns\/[\w.-]+\.(pem|crt)$/.test(url.pathname) &&
        url.pathname.startsWith(`/${region}/`),
    });
    const envelope = fields(bodyJson(request).value);
    if (envelope.Type === 'SubscriptionConfirmation' && confirmationUrl(envelope) === undefined)
      throw new RefusedRequest('bad-proof', "The confirmation address is not Scaleway's own.");
    return proof;
  },

  split: (request) => ({ events: jsonEvent(request) }),

  normalise(raw) {
    const outer = rawFields(raw);
    if (outer.Type === 'SubscriptionConfirmation') return [];
    if (outer.Type === 'UnsubscribeConfirmation') return [notice(outer)];
    return [draftOf(outer.Type === 'Notification' ? fields(messageOf(outer)) : outer, text(outer.MessageId))];
  },

  control(raw) {
    const envelope = rawFields(raw);
    const url = envelope.Type === 'SubscriptionConfirmation' ? confirmationUrl(envelope) : undefined;
    return url === undefined ? undefined : { kind: 'fetch-url', url };
  },

  generateKey: envelopeKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const { at, id, signingKey: key, options } = input;
    const topicArn =
      options.topicArns[0] ?? 'arn:scw:sns:fr-par:project-00000000-0000-4000-8000-000000000000:mail-events';
    const region = topicArn.split(':')[3] ?? '';
    return notification(input.body === undefined ? JSON.stringify(event) : messageIn(input.body), {
      topicArn,
      certificateUrl: `https://${CERTIFICATE_HOST}/${region}/sns/sns_certificate_0000000000000000.pem`,
      unsubscribeUrl: `https://sns.mnq.${region}.scaleway.com/?Action=Unsubscribe&SubscriptionArn=${topicArn}:00000000-0000-4000-8000-000000000000`,
      at,
      id,
      key,
    });
  },
});

/**
 * The address that confirms a subscription: Scaleway's API would need one of its keys. Undefined where it is not Scaleway's own, of
 * the topic's region.
 */
function confirmationUrl(envelope: Fields): string | undefined {
  const address = text(envelope.SubscribeURL) ?? '';
  const region = String(envelope.TopicArn).split(':')[3];
  const origin = URL.canParse(address) ? new URL(address).origin : '';
  return origin === `https://sns.mnq.${region}.scaleway.com` && address.startsWith(`${origin}/`) ? address : undefined;
}

function draftOf(event: Fields, transportId: string | undefined): Draft {
  const word = text(event.type) ?? '';
  const id = text(event.id);
  return draft(word, {
    type: SCALEWAY_TYPES.get(word) ?? 'unknown',
    providerEventId: id,
    recipient: text(event.email_to),
    occurredAt: instant(event.created_at),
    messageId: text(event.email_id),
    ...scalewayOutcome(word, event),
    identity:
      id === undefined
        ? [word, text(event.email_id) ?? transportId, text(event.email_to), text(event.created_at)]
        : [id],
  });
}

function notice(envelope: Fields): Draft {
  return draft('UnsubscribeConfirmation', {
    type: 'unknown',
    occurredAt: instant(envelope.Timestamp),
    identity: ['UnsubscribeConfirmation', text(envelope.TopicArn), text(envelope.MessageId)],
  });
}
