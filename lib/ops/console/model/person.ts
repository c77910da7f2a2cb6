import type { Address, EpochSeconds } from '../../../../lambda/contract/units.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import type { Mark } from '../../../../lambda/domain/suppression/suppression.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import type { ActRecord } from '../../audit/act.ts';
import { erasuresOf, untoldActs } from '../../audit/untold.ts';
import { outcome } from '../../commands/timeline/message-story.ts';
import { readEvents, type StoredEvent } from '../../stack/events/stored.ts';
import { type Entry, readEntry } from '../../stack/suppression.ts';
import { readReasonKey } from '../../words/reasons.ts';
import { endOf } from '../../words/time.ts';
import type { Context } from '../context.ts';
import { sentenceOf } from './sentence.ts';

/** Everything a support agent asks about one person. */
export interface PersonModel {
  readonly address: string;
  /** To be read out: what reaches this person, and why not. */
  readonly sentence: string;
  readonly marketing: Standing;
  readonly transactional: Standing;
  readonly scopes: readonly (Standing & { readonly scope: string })[];
  readonly reasons: readonly ReasonModel[];
  /** Newest first. */
  readonly mails: readonly MailModel[];
  /** What was done by hand and no event says: at an ESP, cut off, refused, an erasure. Newest first. */
  readonly acts: readonly ActRecord[];
  /** Older events exist. */
  readonly more: boolean;
}

interface Standing {
  readonly suppressed: boolean;
  /** Epoch seconds; 0 = never was. */
  readonly until: EpochSeconds;
}

export interface ReasonModel {
  readonly reason: string;
  readonly scope?: string;
  readonly marks: readonly MarkModel[];
}

export interface MarkModel extends Mark {
  readonly state: 'counts' | 'ended' | 'lifted';
  /** ESP's name for people, where the source is configured. */
  readonly provider?: string;
  /** Holds the verdict of its reason. */
  readonly decides: boolean;
  /** What would end it. */
  readonly ends: string;
}

export interface MailModel {
  readonly messageId?: string;
  /** ISO 8601, of its first event. */
  readonly at?: string;
  readonly subject?: string;
  /** What became of it, in one sentence. */
  readonly outcome: string;
  readonly events: readonly StoredEvent[];
}

const MOST_EVENTS = 200;

export async function personModel({ target, now, readOnly }: Context, address: Address): Promise<PersonModel> {
  const [entry, found, erasures] = await Promise.all([
    readEntry(target, address),
    readEvents(target, address, MOST_EVENTS + 1),
    // Whom a mark means is known by a key that viewers have no right to.
    readOnly ? [] : erasuresOf(target, address),
  ]);
  const seconds = now() / 1000;
  const events = found.slice(-MOST_EVENTS);
  const untold = await untoldActs(target, address, events, found.length > MOST_EVENTS);
  // Of a sample that was taken in, its event says all.
  const acts = untold.filter(({ what, result }) => what !== 'send' || result !== 'done');
  const standing = (until: EpochSeconds): Standing => ({ suppressed: until > seconds, until });
  const providerOf = (source: string): string | undefined => target.names.sources.get(source)?.provider;
  return {
    address,
    sentence: sentenceOf(entry, events, now(), providerOf),
    marketing: standing(entry.suppressedUntil),
    transactional: standing(entry.transactionalUntil),
    scopes: Object.entries(entry.scopes).map(([scope, until]) => ({ scope, ...standing(until) })),
    reasons: reasonsOf(entry, seconds, providerOf),
    mails: mailsOf(events),
    acts: [...acts, ...erasures].sort((a, b) => (a.at < b.at ? 1 : -1)),
    more: found.length > MOST_EVENTS,
  };
}

function reasonsOf(entry: Entry, now: EpochSeconds, providerOf: (source: string) => string | undefined): ReasonModel[] {
  return Object.entries(entry.reasons).map(([key, marks]) => {
    const { reason, scope } = readReasonKey(key) ?? { reason: key, scope: undefined };
    return {
      reason,
      ...(scope !== undefined && { scope }),
      marks: marks.map((mark, at): MarkModel => {
        const provider = providerOf(mark.source);
        const state = mark.until === 0 ? 'lifted' : mark.until > now ? 'counts' : 'ended';
        return {
          ...mark,
          state,
          ...(provider !== undefined && { provider: PROVIDERS.get(provider)?.title ?? provider }),
          decides: at === 0,
          ends: endsOf(mark, now),
        };
      }),
    };
  });
}

function endsOf({ until, source, echo }: Mark, now: EpochSeconds): string {
  if (until === 0) return 'older evidence does not come back; newer evidence suppresses again';
  if (until <= now) return 'it has ended';
  const list = echo || source !== 'operator' ? "; the ESP's own list may hold the address too" : '';
  return endOf(until) === 'for ever'
    ? `only lifting it here${list}`
    : `it ends by itself, or by lifting it here${list}`;
}

/** Events by mail, newest mail first; what belongs to no mail stands alone. */
function mailsOf(events: readonly StoredEvent[]): MailModel[] {
  const groups = Map.groupBy(events, (event) => event.messageId ?? event.fingerprint);
  return [...groups.values()]
    .map((own): MailModel => {
      const [first] = own as [StoredEvent];
      const subject = own.find((event) => event.subject !== undefined)?.subject;
      return {
        ...(first.messageId !== undefined && { messageId: first.messageId }),
        ...(first.occurredAt !== undefined && { at: first.occurredAt }),
        ...(subject !== undefined && { subject }),
        outcome: own.every(({ type }) => type === 'suppressed' || type === 'lifted') ? 'changed by hand' : outcome(own),
        events: own,
      };
    })
    .sort((a, b) => timeOf(b.events.at(-1)).localeCompare(timeOf(a.events.at(-1))));
}

const timeOf = (event: NormalisedEvent | undefined): string => event?.occurredAt ?? event?.receivedAt ?? '';
