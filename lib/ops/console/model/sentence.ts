import type { EpochMs, EpochSeconds } from '../../../../lambda/contract/units.ts';
import { UNSUBSCRIBE_SOURCE } from '../../../../lambda/contract/unsubscribe.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { OPERATOR } from '../../../../lambda/domain/suppression/operator.ts';
import type { Mark, Reasons } from '../../../../lambda/domain/suppression/suppression.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import type { Entry } from '../../stack/suppression.ts';
import { readReasonKey } from '../../words/reasons.ts';
import { endOf } from '../../words/time.ts';
import { dateOf, momentOf } from '../parts/words.ts';

/** One or two sentences that a support agent can read out. Quotes the server's own words where there are any. */
export function sentenceOf(
  entry: Entry,
  events: readonly NormalisedEvent[],
  now: EpochMs,
  providerOf: (source: string) => string | undefined,
): string {
  const seconds = now / 1000;
  const scopes = Object.entries(entry.scopes).filter(([, until]) => until > seconds);
  const left = scopes.length === 0 ? '' : ` Left ${scopes.map(([scope]) => scope).join(', ')}.`;
  if (entry.transactionalUntil > seconds) {
    const said = because(entry.reasons, seconds, events, providerOf, ({ until }) => until >= entry.transactionalUntil);
    return `Gets no mail from us, ${lasting(entry.transactionalUntil)}: ${said}${left}`;
  }
  if (entry.suppressedUntil > seconds) {
    const said = because(entry.reasons, seconds, events, providerOf, ({ until }) => until >= entry.suppressedUntil);
    return `Gets no marketing mail, ${lasting(entry.suppressedUntil)}: ${said} Receipts and password resets do reach this person.${left}`;
  }
  return `${clear(entry, seconds)}${left}${lately(events, providerOf)}`;
}

const lasting = (until: EpochSeconds): string =>
  endOf(until) === 'for ever' ? 'for ever' : `until ${dateOf(until * 1000)}`;

function clear(entry: Entry, seconds: EpochSeconds): string {
  const ended = Math.max(entry.suppressedUntil, entry.transactionalUntil);
  const lifted = Object.values(entry.reasons).some(([mark]) => mark?.until === 0);
  if (ended > 0 && ended <= seconds) return `Is not on the list: what was known ended on ${dateOf(ended * 1000)}.`;
  return lifted ? 'Is not on the list: it was lifted.' : 'Is not on the list.';
}

/** What the deciding mark says. */
function because(
  reasons: Reasons,
  seconds: EpochSeconds,
  events: readonly NormalisedEvent[],
  providerOf: (source: string) => string | undefined,
  decides: (mark: Mark) => boolean,
): string {
  for (const [key, marks] of Object.entries(reasons)) {
    const mark = marks.find((one) => one.until > seconds && decides(one));
    const { reason = key } = readReasonKey(key) ?? {};
    if (!mark || !Object.hasOwn(WHY, reason)) continue;
    const at = momentOf(Date.parse(mark.at));
    if (isErased(mark)) return `what was known of this person was erased on ${at}, all but that no mail may be sent.`;
    const event = events.find(({ fingerprint }) => fingerprint === mark.fingerprint);
    const words = mark.actor === undefined ? event?.diagnostic : mark.note;
    const who = mark.actor === undefined ? teller(mark.source, providerOf) : mark.actor;
    const verb = mark.actor === undefined ? 'reported it' : 'entered it';
    return `${why(reason, event, mark)}. ${who} ${verb} on ${at}${quote(words)}`;
  }
  return 'the evidence is not kept any more.';
}

/** What an erasure left. */
const isErased = ({ source, event }: Mark): boolean => source === OPERATOR && event === 'erase';

const WHY: Readonly<Record<string, string>> = {
  hard_bounce: 'mail to this address failed for good',
  complaint: 'a mail was marked as spam',
  unsubscribe: 'this person unsubscribed',
  soft_bounces: 'several mails in a row could not be delivered',
  manual: 'somebody put the address on the list by hand',
};

function why(reason: string, event: NormalisedEvent | undefined, mark: Mark): string {
  if (mark.echo) return 'the ESP did not send, because the address is on its own list';
  if (reason === 'hard_bounce' && event?.bounceCause === 'mailbox') return 'the mailbox does not exist';
  if (reason === 'hard_bounce' && event?.bounceCause === 'domain') return 'the domain takes no mail';
  return WHY[reason] ?? reason;
}

const teller = (source: string, providerOf: (source: string) => string | undefined): string => {
  if (source === UNSUBSCRIBE_SOURCE) return 'Our unsubscribe link';
  const title = PROVIDERS.get(providerOf(source) ?? '')?.title;
  return title === undefined ? source : title;
};

/** The newest thing known, for somebody who is clear and still gets no mail. */
function lately(events: readonly NormalisedEvent[], providerOf: (source: string) => string | undefined): string {
  const last = events.findLast(({ type }) => type !== 'suppressed' && type !== 'lifted');
  if (!last) return events.length > 0 ? '' : ' No mail to this address has been reported.';
  const at = last.occurredAt ?? last.receivedAt;
  const kind =
    last.type === 'bounced' ? `${last.bounceClass ?? 'undetermined'} bounce` : (VERBS[last.type] ?? last.type);
  return ` The last report: ${kind}, ${momentOf(Date.parse(at))} (${teller(last.source, providerOf)})${quote(last.diagnostic)}`;
}

const VERBS: Readonly<Record<string, string>> = {
  accepted: 'taken by the ESP, not yet delivered',
  deferred: 'delayed, the ESP tries again',
  dropped: 'not sent by the ESP',
  complained: 'marked as spam',
};

/** The end of a sentence, with the far side's words where there are any. */
const quote = (words: string | undefined): string =>
  words === undefined ? '.' : `: “${words.replace(/[.\s]+$/, '')}”.`;
