import type { Duration, PolicyConfig } from '../../contract/config.ts';
import { FOREVER } from '../../contract/tables.ts';
import type { EpochSeconds, Iso } from '../../contract/units.ts';
import type { DropReason, NormalisedEvent } from '../event/event.ts';
import { countedAt } from '../event/time.ts';
import { present } from '../read.ts';
import { OPERATOR } from './operator.ts';
import { isSoftBounce } from './soft-bounces.ts';
import { type Judgement, type Reason, untilAfter } from './suppression.ts';

/** Why an event changes nothing on the list. */
export const SPARED = [
  /** Its kind never does: delivered, opened, unknown ... */
  'no-effect',
  /** A failure of which it is not certain that it is permanent. */
  'not-hard',
  /** It speaks about the sender or the mail, not about the recipient. */
  'sender-side',
  /** One of several people, nobody knows which. */
  'several-candidates',
  /** The policy says that this never suppresses. */
  'switched-off',
  'no-recipient',
  'no-time',
  /** The address was written so that its normal form may be somebody else's. */
  'address-altered',
  /** A soft bounce counts only as one of a series. */
  'series-too-short',
] as const;
export type Spared = (typeof SPARED)[number];

/** What an event means for the list: a judgement, or why there is none. */
type Verdict =
  | { readonly judgement: Judgement; readonly spared?: undefined }
  | { readonly judgement?: undefined; readonly spared: Spared };

/**
 * Which event suppresses whom, why and for how long; or why it does not. Nobody is judged by a guess: without one named recipient and an
 * event time there is no judgement, and what speaks about the sender or the mail never counts. A soft bounce is judged by its history
 * (`judgeSoftBounces`); alone it is a series too short.
 */
export function judge(event: NormalisedEvent, policy: PolicyConfig): Verdict {
  const sentence = sentenceOf(event, policy);
  if (typeof sentence === 'string' && sentence !== 'series-too-short') return { spared: sentence };
  if (event.recipient === undefined) return { spared: 'no-recipient' };
  if (event.occurredAt === undefined) return { spared: 'no-time' };
  if (event.recipientAltered) return { spared: 'address-altered' };
  if (sentence === 'series-too-short') return { spared: sentence };
  // An operator's times are our own clock's, and a lift has to come after what it lifts.
  const at = event.source === OPERATOR ? event.occurredAt : countedAt(event.occurredAt, event.receivedAt);
  return { judgement: judgement(event, at, sentence) };
}

interface Sentence {
  readonly reason: Reason;
  /** From the event's time on, or until an end in epoch seconds; 0 = a lift. */
  readonly lasts: Exclude<Duration, 0> | { readonly until: EpochSeconds };
}

/** What the kind of event deserves, whoever it is about. */
function sentenceOf(event: NormalisedEvent, policy: PolicyConfig): Sentence | Spared {
  switch (event.type) {
    case 'bounced':
      return bounce(event, policy);
    case 'dropped':
      return drop(event, policy);
    case 'complained':
      return (event.candidates ?? 1) > policy.complaintCandidates
        ? 'several-candidates'
        : lasting('complaint', policy.complaint);
    case 'unsubscribed':
      return lasting('unsubscribe', policy.unsubscribe);
    case 'resubscribed':
      return { reason: 'unsubscribe', lasts: { until: 0 } };
    // An operator's word is not subject to the policy.
    case 'suppressed':
      return event.reason ? { reason: event.reason, lasts: { until: event.until ?? FOREVER } } : 'no-effect';
    case 'lifted':
      // What a retraction takes back is no lift: other evidence of that time stands.
      return event.reason && event.retraction === undefined
        ? { reason: event.reason, lasts: { until: 0 } }
        : 'no-effect';
    case 'accepted':
    case 'delivered':
    case 'deferred':
    case 'opened':
    case 'clicked':
    case 'inbound':
    case 'unknown':
      return 'no-effect';
    default:
      return event.type satisfies never;
  }
}

function bounce(event: NormalisedEvent, policy: PolicyConfig): Sentence | Spared {
  if (event.bounceClass === 'block') return 'sender-side';
  if (event.bounceClass === 'hard')
    return lasting('hard_bounce', confirmedDead(event) ? policy.hardBounce : policy.otherPermanent);
  if (!isSoftBounce(event)) return 'not-hard';
  return policy.softBounces.messages === 0 ? 'switched-off' : 'series-too-short';
}

const confirmedDead = (event: NormalisedEvent): boolean =>
  event.bounceCause === 'mailbox' || event.bounceCause === 'domain';

/** "Dropped because suppressed" repeats the ESP's own list; the rest is about the mail, or about nothing. */
const DROPS: Readonly<
  Record<DropReason, readonly [Reason, 'hardBounce' | 'otherPermanent' | 'complaint' | 'unsubscribe'] | Spared>
> = {
  'suppressed-bounce': ['hard_bounce', 'hardBounce'],
  'suppressed-complaint': ['complaint', 'complaint'],
  'suppressed-unsubscribe': ['unsubscribe', 'unsubscribe'],
  'suppressed-unknown': ['manual', 'otherPermanent'],
  invalid: ['hard_bounce', 'hardBounce'],
  content: 'sender-side',
  policy: 'sender-side',
  quota: 'sender-side',
  template: 'sender-side',
  duplicate: 'no-effect',
  other: 'no-effect',
};

function drop({ dropReason = 'other' }: NormalisedEvent, policy: PolicyConfig): Sentence | Spared {
  const rule = DROPS[dropReason];
  return typeof rule === 'string' ? rule : lasting(rule[0], policy[rule[1]]);
}

const lasting = (reason: Reason, duration: Duration): Sentence | Spared =>
  duration === 0 ? 'switched-off' : { reason, lasts: duration };

function judgement(event: NormalisedEvent, at: Iso, { reason, lasts }: Sentence): Judgement {
  const isEvidence = typeof lasts !== 'object';
  return present({
    reason,
    scope: reason === 'unsubscribe' ? event.scope : undefined,
    mark: present({
      at,
      until: isEvidence ? untilAfter(at, lasts) : lasts.until,
      fingerprint: event.fingerprint,
      source: event.source,
      event: event.providerEvent,
      status: event.smtpStatus ?? (event.smtpCode === undefined ? undefined : String(event.smtpCode)),
      actor: event.actor,
      note: event.note,
      importId: event.importId,
      echo: isEvidence && (event.echo || event.type === 'dropped') ? (true as const) : undefined,
    }),
  }) as Judgement;
}
