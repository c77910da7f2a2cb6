/**
 * The rules of docs/suppression-table.md ("How events become an entry"), by somebody who had read that page and no code, and naive on purpose: it
 * looks at all events of a person at once. The numbers are those of the page's rules. Shares no code with the product.
 */

export interface OracleEvent extends Readonly<Record<string, unknown>> {
  readonly fingerprint: string;
  readonly type: string;
  readonly source: string;
  readonly providerEvent: string;
  readonly receivedAt: string;
}
export type Duration = number | 'forever';
export interface OraclePolicy {
  readonly hardBounce: Duration;
  readonly otherPermanent: Duration;
  readonly complaint: Duration;
  readonly complaintCandidates: number;
  readonly unsubscribe: Duration;
  readonly softBounces: { readonly messages: number; readonly windowDays: number; readonly suppressDays: Duration };
}
export type TakenBack =
  | { readonly importId: string }
  | { readonly source: string; readonly from: string; readonly until: string; readonly reason?: string };

type Kind = 'evidence' | 'lift' | 'echo';
type Mark = {
  kind: Kind;
  reason: string;
  time: number;
  until: number;
  fingerprint: string;
  shown: Record<string, unknown>;
};

const FOR_EVER = 253402300799;
const DAY = 86_400;

const seconds = (time: number): number => Math.floor(time / 1000);
const smaller = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byHand = (fact: OracleEvent): boolean => fact.source === 'operator';

/** Rule 2. */
const counts = (fact: OracleEvent): number => {
  const said = Date.parse(String(fact.occurredAt));
  return byHand(fact) ? said : Math.min(said, Date.parse(fact.receivedAt) + 5 * 60_000);
};
/** Rule 4: the time within a series. */
const inSeries = (fact: OracleEvent): number =>
  Math.min(Date.parse(String(fact.occurredAt)), Date.parse(fact.receivedAt));

const end = (time: number, lasts: Duration): number =>
  lasts === 'forever' ? FOR_EVER : Math.min(FOR_EVER, seconds(time) + Math.round(lasts * DAY));

const usable = (fact: OracleEvent): boolean =>
  fact.recipient !== undefined && fact.occurredAt !== undefined && fact.recipientAltered === undefined;

const scoped = (fact: OracleEvent): string =>
  fact.scope === undefined || fact.scope === 'all' ? 'unsubscribe' : `unsubscribe:${String(fact.scope)}`;

const shown = (fact: OracleEvent, status: boolean): Record<string, unknown> => {
  const code = fact.smtpStatus ?? (fact.smtpCode === undefined ? undefined : String(fact.smtpCode));
  const all = {
    ...(status ? { status: code } : {}),
    actor: fact.actor,
    note: fact.note,
    importId: fact.importId,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

/** Rule 1, for all but soft bounces. */
const says = (fact: OracleEvent, policy: OraclePolicy): Mark | undefined => {
  if (!usable(fact)) return undefined;
  const time = counts(fact);
  const mark = (kind: Kind, reason: string, until: number): Mark => ({
    kind,
    reason,
    time,
    until,
    fingerprint: fact.fingerprint,
    shown: { source: fact.source, event: fact.providerEvent, ...shown(fact, true) },
  });
  const lasting = (reason: string, lasts: Duration, echo: boolean): Mark | undefined =>
    lasts === 0 ? undefined : mark(echo ? 'echo' : 'evidence', reason, end(time, lasts));
  const echo = fact.echo === true;
  const reason = fact.reason === 'unsubscribe' ? scoped(fact) : (fact.reason as string | undefined);

  switch (fact.type) {
    case 'bounced': {
      if (fact.bounceClass !== 'hard') return undefined;
      const dead = fact.bounceCause === 'mailbox' || fact.bounceCause === 'domain';
      return lasting('hard_bounce', dead ? policy.hardBounce : policy.otherPermanent, echo);
    }
    case 'complained':
      return ((fact.candidates as number | undefined) ?? 1) <= policy.complaintCandidates
        ? lasting('complaint', policy.complaint, echo)
        : undefined;
    case 'unsubscribed':
      return lasting(scoped(fact), policy.unsubscribe, echo);
    case 'resubscribed':
      return mark('lift', scoped(fact), 0);
    case 'dropped':
      switch (fact.dropReason) {
        case 'suppressed-bounce':
        case 'invalid':
          return lasting('hard_bounce', policy.hardBounce, true);
        case 'suppressed-complaint':
          return lasting('complaint', policy.complaint, true);
        case 'suppressed-unsubscribe':
          return lasting(scoped(fact), policy.unsubscribe, true);
        case 'suppressed-unknown':
          return lasting('manual', policy.otherPermanent, true);
        default:
          return undefined;
      }
    case 'suppressed':
      return reason === undefined
        ? undefined
        : mark('evidence', reason, Math.min(FOR_EVER, (fact.until as number | undefined) ?? FOR_EVER));
    case 'lifted':
      return reason === undefined || fact.retraction !== undefined ? undefined : mark('lift', reason, 0);
    default:
      return undefined;
  }
};

const isSoft = (fact: OracleEvent): boolean =>
  usable(fact) && fact.type === 'bounced' && fact.bounceClass === 'soft' && fact.autoReply === undefined;

/** Rule 4. */
const series = (fact: OracleEvent, all: readonly OracleEvent[], policy: OraclePolicy): Mark | undefined => {
  const { messages, windowDays, suppressDays } = policy.softBounces;
  if (!isSoft(fact) || messages === 0 || suppressDays === 0) return undefined;
  const time = inSeries(fact);
  const deliveries = all
    .filter((other) => usable(other) && other.type === 'delivered' && inSeries(other) < time)
    .map(inSeries);
  const since = Math.max(Number.NEGATIVE_INFINITY, ...deliveries);
  const bounces = all.filter(
    (other) =>
      isSoft(other) &&
      inSeries(other) <= time &&
      time - inSeries(other) < windowDays * DAY * 1000 &&
      inSeries(other) >= since,
  );
  const mails = new Set(
    bounces.map((bounce) =>
      bounce.messageId === undefined ? `bounce ${bounce.fingerprint}` : `mail ${String(bounce.messageId)}`,
    ),
  );
  if (mails.size < messages) return undefined;
  return {
    kind: 'evidence',
    reason: 'soft_bounces',
    time,
    until: end(time, suppressDays),
    fingerprint: fact.fingerprint,
    shown: { source: fact.source, event: fact.providerEvent, ...shown(fact, false) },
  };
};

const first = <T>(all: readonly T[], order: (a: T, b: T) => number): T | undefined => [...all].sort(order)[0];

/** Rule 3: what stays of the marks of one reason, in order. */
const stand = (marks: readonly Mark[]): Mark[] => {
  const lift = first(
    marks.filter(({ kind }) => kind === 'lift'),
    (a, b) => b.time - a.time || smaller(a.fingerprint, b.fingerprint),
  );
  const lasting = (mark: Mark): number => mark.until - seconds(mark.time);
  const echo = first(
    marks.filter(({ kind }) => kind === 'echo'),
    (a, b) => lasting(b) - lasting(a) || a.time - b.time || smaller(a.fingerprint, b.fingerprint),
  );
  const fresh = marks.filter(({ kind, time }) => kind === 'evidence' && (lift === undefined || time >= lift.time));
  const evidence = fresh
    .filter((mark) =>
      fresh.every((other) => {
        if (other === mark) return true;
        if (other.time > mark.time) return mark.until > other.until;
        if (other.time < mark.time) return true;
        return (
          mark.until > other.until || (mark.until === other.until && smaller(mark.fingerprint, other.fingerprint) < 0)
        );
      }),
    )
    .sort((a, b) => b.until - a.until);
  const last = echo === undefined ? [] : [echo];
  if (lift !== undefined) return [...evidence, lift, ...last];
  return [...evidence, ...last].sort(
    (a, b) => b.until - a.until || Number(a.kind === 'echo') - Number(b.kind === 'echo'),
  );
};

/** "What does not count": whether an event that says something for a reason, at a time, is taken back. */
const takenBack = (fact: OracleEvent, reason: string, time: number, all: readonly TakenBack[]): boolean =>
  all.some((one) => {
    if ('importId' in one) return fact.importId === one.importId;
    if (fact.type === 'resubscribed' || fact.type === 'lifted' || fact.source !== one.source) return false;
    if (one.reason !== undefined && reason !== one.reason && !reason.startsWith(`${one.reason}:`)) return false;
    return time >= Date.parse(one.from) && time < Date.parse(one.until);
  });

/** One event that arrived several times is one event, as of its first arrival. */
const once = (facts: readonly OracleEvent[]): OracleEvent[] => {
  const known = new Map<string, OracleEvent>();
  for (const fact of facts) {
    const before = known.get(fact.fingerprint);
    if (before === undefined || fact.receivedAt < before.receivedAt) known.set(fact.fingerprint, fact);
  }
  return [...known.values()];
};

export interface OracleEntry {
  readonly suppressedUntil: number;
  readonly transactionalUntil: number;
  readonly scopes: Record<string, number>;
  readonly reasons: Record<string, object[]>;
}

/** @param facts every event of one person; @returns zeros and nothing else where there need be no item */
export const oracle = (
  facts: readonly OracleEvent[],
  policyOf: (source: string) => OraclePolicy,
  retractions: readonly TakenBack[] = [],
): OracleEntry => {
  const all = once(facts);
  const counted = all.filter((fact) => !isSoft(fact) || !takenBack(fact, 'soft_bounces', inSeries(fact), retractions));
  const marks = counted.flatMap((fact) => {
    const policy = policyOf(fact.source);
    const mark = says(fact, policy) ?? series(fact, counted, policy);
    return mark === undefined || takenBack(fact, mark.reason, mark.time, retractions) ? [] : [mark];
  });
  const item: OracleEntry = { suppressedUntil: 0, transactionalUntil: 0, scopes: {}, reasons: {} };
  let suppressed = 0;
  let transactional = 0;
  for (const reason of [...new Set(marks.map((mark) => mark.reason))].sort()) {
    const standing = stand(marks.filter((mark) => mark.reason === reason));
    const until = standing[0]?.until ?? 0;
    if (reason.startsWith('unsubscribe:')) {
      if (until !== 0) item.scopes[reason.slice('unsubscribe:'.length)] = until;
    } else {
      suppressed = Math.max(suppressed, until);
      if (reason !== 'unsubscribe') transactional = Math.max(transactional, until);
    }
    item.reasons[reason] = standing.map((mark) => ({
      at: new Date(mark.time).toISOString(),
      until: mark.until,
      fingerprint: mark.fingerprint,
      ...mark.shown,
      ...(mark.kind === 'echo' ? { echo: true } : {}),
    }));
  }
  return { ...item, suppressedUntil: suppressed, transactionalUntil: transactional };
};
