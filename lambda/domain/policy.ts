import type { Duration, PolicyConfig } from '../contract/config.ts';
import { FOREVER } from '../contract/tables.ts';
import type { DropReason, NormalisedEvent } from './event.ts';
import { present } from './read.ts';
import { type Judgement, type Reason, untilAfter } from './suppression.ts';

/**
 * Which event suppresses whom, why and for how long; undefined where it changes nothing. Nobody is judged by a guess: without one
 * named recipient and an event time there is no judgement, and what speaks about the sender or the mail never counts.
 */
export function judge(event: NormalisedEvent, policy: PolicyConfig): Judgement | undefined {
  if (event.recipient === undefined || event.occurredAt === undefined) return undefined;
  switch (event.type) {
    case 'bounced':
      if (event.bounceClass !== 'hard') return undefined;
      return evidence(event, 'hard_bounce', confirmedDead(event) ? policy.hardBounce : policy.otherPermanent);
    case 'dropped':
      return mirrored(event, policy);
    case 'complained':
      return (event.candidates ?? 1) > policy.complaintCandidates
        ? undefined
        : evidence(event, 'complaint', policy.complaint);
    case 'unsubscribed':
      return evidence(event, 'unsubscribe', policy.unsubscribe);
    case 'resubscribed':
      return mark(event, 'unsubscribe', 0, {});
    // An operator's word is not subject to the policy.
    case 'suppressed':
      return event.reason && mark(event, event.reason, event.until ?? FOREVER, {});
    case 'lifted':
      return event.reason && mark(event, event.reason, 0, {});
    case 'accepted':
    case 'delivered':
    case 'deferred':
    case 'opened':
    case 'clicked':
    case 'inbound':
    case 'unknown':
      return undefined;
    default:
      return event.type satisfies never;
  }
}

const confirmedDead = (event: NormalisedEvent): boolean =>
  event.bounceCause === 'mailbox' || event.bounceCause === 'domain';

/** "Dropped because suppressed" repeats the ESP's own list. */
const MIRRORED: ReadonlyMap<
  DropReason,
  readonly [Reason, 'hardBounce' | 'otherPermanent' | 'complaint' | 'unsubscribe']
> = new Map([
  ['suppressed-bounce', ['hard_bounce', 'hardBounce']],
  ['suppressed-complaint', ['complaint', 'complaint']],
  ['suppressed-unsubscribe', ['unsubscribe', 'unsubscribe']],
  ['suppressed-unknown', ['manual', 'otherPermanent']],
  ['invalid', ['hard_bounce', 'hardBounce']],
]);

function mirrored(event: NormalisedEvent, policy: PolicyConfig): Judgement | undefined {
  const rule = event.dropReason && MIRRORED.get(event.dropReason);
  return rule && evidence({ ...event, echo: true }, rule[0], policy[rule[1]]);
}

function evidence(event: NormalisedEvent, reason: Reason, duration: Duration): Judgement | undefined {
  if (duration === 0) return undefined;
  return mark(event, reason, untilAfter(event.occurredAt ?? '', duration), event.echo ? { echo: true } : {});
}

function mark(event: NormalisedEvent, reason: Reason, until: number, extra: { echo?: true }): Judgement {
  return present({
    reason,
    scope: reason === 'unsubscribe' ? event.scope : undefined,
    mark: present({
      at: event.occurredAt ?? '',
      until,
      fingerprint: event.fingerprint,
      source: event.source,
      event: event.providerEvent,
      status: event.smtpStatus ?? (event.smtpCode === undefined ? undefined : String(event.smtpCode)),
      actor: event.actor,
      note: event.note,
      ...extra,
    }),
  }) as Judgement;
}
