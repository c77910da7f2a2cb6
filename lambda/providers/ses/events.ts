import type { Draft, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, list, present, stringMap, text } from '../../domain/read.ts';
import { replyCodes } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { sesBounce } from './bounce.ts';
import { preferenceChanges } from './subscription.ts';

/** Complaint reports that are none: a person said "not spam", or a receiver reports on authentication. */
const NO_COMPLAINT = new Set(['not-spam', 'auth-failure']);

/** Notices about the channel itself, not about mail. */
const NOTICES = /^(AmazonSnsSubscriptionSucceeded$|Advisor Recommendation Status|Sending Status)/;

type Details = Partial<Omit<Draft, 'identity'>>;
/** One recipient, the ESP's own time, what else tells two such events apart, and the facts. */
type Make = (recipient: string | undefined, time: unknown, apart: readonly unknown[], facts: Details) => Draft;

/**
 * One SES event or notification: one draft per affected recipient. Its identity is SES content alone, so that the same fact through
 * identity notifications, event publishing or EventBridge is one event. `transportId` serves only what SES itself does not name.
 */
export function sesDrafts(event: Fields, word: string, transportId?: string): readonly Draft[] {
  if (NOTICES.test(word)) return [];
  const mail = fields(event.mail);
  const messageId = text(mail.messageId);
  const metadata = tags(mail.tags);
  const make: Make = (recipient, time, apart, facts) =>
    draft(word, {
      type: 'unknown',
      messageId,
      recipient,
      occurredAt: instant(time),
      metadata,
      ...facts,
      identity: [word, messageId ?? transportId, recipient?.toLowerCase(), ...apart.map(text)],
    });
  const destinations = addresses(mail.destination);
  const toAll = (type: EventType, facts: Details = {}): readonly Draft[] =>
    orNobody(destinations).map((recipient) => make(recipient, mail.timestamp, [], { type, ...facts }));

  switch (word) {
    case 'Send':
      return toAll('accepted');
    case 'Reject':
      return toAll('dropped', {
        dropReason: 'content',
        ...present({ diagnostic: text(fields(event.reject).reason) }),
      });
    case 'Rendering Failure':
      return toAll('dropped', {
        dropReason: 'template',
        ...present({ diagnostic: text(fields(event.failure).errorMessage) }),
      });
    case 'Delivery': {
      const { recipients, timestamp } = fields(event.delivery);
      return orNobody(addresses(recipients)).map((to) => make(to, timestamp, [timestamp], { type: 'delivered' }));
    }
    case 'DeliveryDelay':
      return delays(fields(event.deliveryDelay), make);
    case 'Bounce':
      return bounces(fields(event.bounce), make);
    case 'Complaint':
      return complaints(fields(event.complaint), make);
    case 'Open':
    case 'Click':
      return [engagement(word, event, only(destinations), make)];
    case 'Subscription':
      return subscriptions(fields(event.subscription), only(destinations), make);
    case 'Received':
      return inbound(event, mail, make);
    default:
      return [make(only(destinations), mail.timestamp, [], {})];
  }
}

function bounces(bounce: Fields, make: Make): readonly Draft[] {
  const feedbackId = text(bounce.feedbackId);
  return orNobody(list(bounce.bouncedRecipients).map(fields)).map((one) =>
    make(text(one?.emailAddress), bounce.timestamp, [feedbackId ?? bounce.timestamp], {
      ...sesBounce({
        type: text(bounce.bounceType),
        subType: text(bounce.bounceSubType),
        action: text(one?.action),
        status: text(one?.status),
        reply: text(one?.diagnosticCode),
      }),
      ...present({ providerEventId: feedbackId }),
    }),
  );
}

/** ISPs redact complaints: SES then names everybody the mail went to at that ISP. */
function complaints(complaint: Fields, make: Make): readonly Draft[] {
  const feedbackId = text(complaint.feedbackId);
  const kind = text(complaint.complaintFeedbackType);
  const facts: Details = NO_COMPLAINT.has(kind ?? '')
    ? { type: 'unknown' }
    : complaint.complaintSubType === 'OnAccountSuppressionList'
      ? { type: 'dropped', dropReason: 'suppressed-complaint' }
      : { type: 'complained' };
  const named = addresses(list(complaint.complainedRecipients).map((one) => fields(one).emailAddress));
  return orNobody(named).map((to) =>
    make(to, complaint.timestamp, [feedbackId ?? complaint.timestamp], {
      ...facts,
      ...present({
        providerEventId: feedbackId,
        diagnostic: kind,
        candidates: named.length > 1 ? named.length : undefined,
      }),
    }),
  );
}

function delays(delay: Fields, make: Make): readonly Draft[] {
  return orNobody(list(delay.delayedRecipients).map(fields)).map((one) => {
    const reply = text(one?.diagnosticCode);
    return make(text(one?.emailAddress), delay.timestamp, [delay.timestamp], {
      type: 'deferred',
      ...replyCodes({ status: text(one?.status), text: reply }),
      ...present({ diagnostic: reply ?? text(delay.delayType) }),
    });
  });
}

/** A mail to several people does not say who of them read it. */
function engagement(word: string, event: Fields, recipient: string | undefined, make: Make): Draft {
  const act = fields(word === 'Open' ? event.open : event.click);
  return make(recipient, act.timestamp, [act.timestamp, act.ipAddress, act.link], {
    type: word === 'Open' ? 'opened' : 'clicked',
    ...present({ ip: text(act.ipAddress), userAgent: text(act.userAgent), url: text(act.link) }),
  });
}

/** One draft for the whole list and one per topic that changed; `unknown` where nothing did. */
function subscriptions(change: Fields, recipient: string | undefined, make: Make): readonly Draft[] {
  const contactList = text(change.contactList) ?? 'unnamed';
  const changes = preferenceChanges(change.oldTopicPreferences, change.newTopicPreferences);
  if (changes.length === 0) return [make(recipient, change.timestamp, [change.timestamp, contactList], {})];
  return changes.map(({ topic, out }) =>
    make(recipient, change.timestamp, [change.timestamp, contactList, topic, out ? 'out' : 'in'], {
      type: out ? 'unsubscribed' : 'resubscribed',
      scope: topic === undefined ? `list:${contactList}` : `topic:${contactList}/${topic}`,
    }),
  );
}

function inbound(event: Fields, mail: Fields, make: Make): readonly Draft[] {
  const common = fields(mail.commonHeaders);
  const receipt = fields(event.receipt);
  const from = text(list(common.from)[0]) ?? text(mail.source);
  const facts: Details = { type: 'inbound', ...present({ from, subject: text(common.subject) }) };
  const named = addresses(receipt.recipients ?? mail.destination);
  return orNobody(named).map((to) => make(to, mail.timestamp, [], facts));
}

const addresses = (value: unknown): readonly string[] => list(value).flatMap((item) => text(item) ?? []);
const orNobody = <T>(items: readonly T[]): readonly (T | undefined)[] => (items.length > 0 ? items : [undefined]);
const only = (items: readonly string[]): string | undefined => (items.length === 1 ? items[0] : undefined);

/** Each tag has a list of values; the team's own come before those that SES adds. */
function tags(value: unknown): Record<string, string> | undefined {
  const entries = Object.entries(fields(value)).map(([name, values]) => [name, addresses(values).join(', ')] as const);
  const added = ([name]: readonly [string, string]) => Number(name.startsWith('ses:'));
  return stringMap(Object.fromEntries(entries.toSorted((a, b) => added(a) - added(b))));
}
