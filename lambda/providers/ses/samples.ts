import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';

type Sample = (recipient: string, at: string, id: string) => Fields;

const sampleOf =
  (eventType: string, about: (recipient: string, at: string, id: string) => Fields): Sample =>
  (recipient, at, id) => ({
    eventType,
    mail: {
      timestamp: at,
      source: 'sender@example.com',
      messageId: `${id}-000000`,
      destination: [recipient],
      tags: { 'ses:configuration-set': ['sample'], campaign: ['sample'] },
    },
    ...about(recipient, at, id),
  });

const preference = (out: boolean): Fields => ({ unsubscribeAll: out, topicSubscriptionStatus: [] });
const subscription =
  (out: boolean): Sample =>
  (_recipient, at) => ({
    subscription: {
      contactList: 'sample',
      timestamp: at,
      source: 'UnsubscribeHeader',
      newTopicPreferences: preference(out),
      oldTopicPreferences: preference(!out),
    },
  });

/** An event as SES publishes it; undefined where it has none of this type. */
export const sesSample = (type: EventType): Sample | undefined => samples().get(type);

/** Made when asked for: a map that stands ready would stay in bundles that never ask. */
const samples = (): ReadonlyMap<EventType, Sample> =>
  new Map<EventType, Sample>([
    ['accepted', sampleOf('Send', () => ({ send: {} }))],
    ['delivered', sampleOf('Delivery', (to, at) => ({ delivery: { timestamp: at, recipients: [to] } }))],
    [
      'deferred',
      sampleOf('DeliveryDelay', (to, at) => ({
        deliveryDelay: {
          timestamp: at,
          delayType: 'TransientCommunicationFailure',
          delayedRecipients: [
            { emailAddress: to, status: '4.4.1', diagnosticCode: 'smtp; 421 4.4.1 Unable to connect' },
          ],
        },
      })),
    ],
    [
      'bounced',
      sampleOf('Bounce', (to, at, id) => ({
        bounce: {
          bounceType: 'Permanent',
          bounceSubType: 'General',
          bouncedRecipients: [
            { emailAddress: to, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
          ],
          timestamp: at,
          feedbackId: `${id}-feedback`,
        },
      })),
    ],
    ['dropped', sampleOf('Reject', () => ({ reject: { reason: 'Bad content' } }))],
    [
      'opened',
      sampleOf('Open', (_to, at) => ({ open: { timestamp: at, ipAddress: '192.0.2.1', userAgent: 'Mozilla/5.0' } })),
    ],
    [
      'clicked',
      sampleOf('Click', (_to, at) => ({
        click: {
          timestamp: at,
          ipAddress: '192.0.2.1',
          userAgent: 'Mozilla/5.0',
          link: 'https://example.com/offer',
          linkTags: null,
        },
      })),
    ],
    [
      'complained',
      sampleOf('Complaint', (to, at, id) => ({
        complaint: {
          complainedRecipients: [{ emailAddress: to }],
          complaintFeedbackType: 'abuse',
          timestamp: at,
          feedbackId: `${id}-feedback`,
        },
      })),
    ],
    ['unsubscribed', sampleOf('Subscription', subscription(true))],
    ['resubscribed', sampleOf('Subscription', subscription(false))],
    [
      'inbound',
      (recipient, at, id) => ({
        notificationType: 'Received',
        mail: {
          timestamp: at,
          source: 'grace@example.org',
          messageId: id,
          destination: [recipient],
          commonHeaders: { from: ['Grace <grace@example.org>'], to: [recipient], subject: 'Sample' },
        },
        receipt: { timestamp: at, recipients: [recipient] },
      }),
    ],
  ]);
