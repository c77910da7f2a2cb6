/**
 * The rules of docs/suppression-table.md ("How events become an entry"), written anew from that page alone and as plainly as possible: it
 * looks at all events of a person at once. Shares no code with the product.
 */

export interface OracleEvent {
  readonly type: string;
  readonly fingerprint: string;
  readonly source: string;
  readonly providerEvent: string;
  readonly receivedAt: string;
  readonly recipient?: string;
  readonly occurredAt?: string;
  readonly recipientAltered?: true;
  readonly bounceClass?: string;
  readonly bounceCause?: string;
  readonly dropReason?: string;
  readonly autoReply?: true;
  readonly echo?: true;
  readonly candidates?: number;
  readonly scope?: string;
  readonly messageId?: string;
  readonly reason?: string;
  readonly until?: number;
  readonly smtpStatus?: string;
  readonly smtpCode?: number;
  readonly actor?: string;
  readonly note?: string;
  readonly importId?: string;
}

type Days = number | 'forever';
export interface OraclePolicy {
  readonly hardBounce: Days;
  readonly otherPermanent: Days;
  readonly complaint: Days;
  readonly complaintCandidates: number;
  readonly unsubscribe: Days;
  readonly softBounces: { readonly messages: number; readonly windowDays: number; readonly suppressDays: number };
}

export interface OracleEntry {
  readonly suppressedUntil: number;
  readonly transactionalUntil: number;
  readonly scopes: Record<string, number>;
  readonly reasons: Record<string, object[]>;
}

interface Said {
  readonly key: string;
  readonly ms: number;
  readonly until: number;
  readonly echo: boolean;
  readonly event: OracleEvent;
  /** A mark of a series has no status. */
  readonly bare?: boolean;
}

const END = 253402300799;
const DAY = 86400;

export function oracle(events: readonly OracleEvent[], policyOf: (source: string) => OraclePolicy): OracleEntry {
  const usable = events.filter((e) => e.recipient && e.occurredAt && !e.recipientAltered);
  const said = [...usable.flatMap((e) => single(e, policyOf(e.source))), ...series(usable, policyOf)];
  const reasons: Record<string, object[]> = {};
  const firsts = new Map<string, number>();
  for (const key of [...new Set(said.map((one) => one.key))].sort()) {
    const marks = stands(said.filter((one) => one.key === key));
    reasons[key] = marks.map(written);
    firsts.set(key, marks[0]?.until ?? 0);
  }
  const most = (keys: (key: string) => boolean) =>
    [...firsts].reduce((max, [key, until]) => (keys(key) && until > max ? until : max), 0);
  const scopes: Record<string, number> = {};
  for (const [key, until] of firsts) if (key.startsWith('unsubscribe:') && until !== 0) scopes[key.slice(12)] = until;
  return {
    suppressedUntil: most((key) => !key.startsWith('unsubscribe:')),
    transactionalUntil: most((key) => !key.startsWith('unsubscribe')),
    scopes,
    reasons,
  };
}

/** Rules 1 and 2. */
function single(e: OracleEvent, policy: OraclePolicy): Said[] {
  const stated = Date.parse(e.occurredAt as string);
  const ms = e.source === 'operator' ? stated : Math.min(stated, Date.parse(e.receivedAt) + 300_000);
  const byScope = e.scope === undefined || e.scope === 'all' ? 'unsubscribe' : `unsubscribe:${e.scope}`;
  const lasting = (key: string, days: Days, echo: boolean): Said[] => {
    if (days === 0) return [];
    const until = days === 'forever' ? END : Math.min(END, Math.floor(ms / 1000) + Math.round(days * DAY));
    return [{ key, ms, until, echo, event: e }];
  };
  const echoed = e.echo === true;
  if (e.type === 'bounced' && e.bounceClass === 'hard') {
    const confirmed = e.bounceCause === 'mailbox' || e.bounceCause === 'domain';
    return lasting('hard_bounce', confirmed ? policy.hardBounce : policy.otherPermanent, echoed);
  }
  if (e.type === 'complained')
    return (e.candidates ?? 1) <= policy.complaintCandidates ? lasting('complaint', policy.complaint, echoed) : [];
  if (e.type === 'unsubscribed') return lasting(byScope, policy.unsubscribe, echoed);
  if (e.type === 'resubscribed') return [{ key: byScope, ms, until: 0, echo: false, event: e }];
  if (e.type === 'dropped') {
    if (e.dropReason === 'suppressed-bounce' || e.dropReason === 'invalid')
      return lasting('hard_bounce', policy.hardBounce, true);
    if (e.dropReason === 'suppressed-complaint') return lasting('complaint', policy.complaint, true);
    if (e.dropReason === 'suppressed-unsubscribe') return lasting(byScope, policy.unsubscribe, true);
    if (e.dropReason === 'suppressed-unknown') return lasting('manual', policy.otherPermanent, true);
  }
  if ((e.type === 'suppressed' || e.type === 'lifted') && e.reason) {
    const key = e.reason === 'unsubscribe' ? byScope : e.reason;
    return [{ key, ms, until: e.type === 'lifted' ? 0 : (e.until ?? END), echo: false, event: e }];
  }
  return [];
}

/** Rule 4. */
function series(events: readonly OracleEvent[], policyOf: (source: string) => OraclePolicy): Said[] {
  const time = (e: OracleEvent) => Math.min(Date.parse(e.occurredAt as string), Date.parse(e.receivedAt));
  const soft = events.filter((e) => e.type === 'bounced' && e.bounceClass === 'soft' && !e.autoReply);
  const delivered = events.filter((e) => e.type === 'delivered').map(time);
  return soft.flatMap((e): Said[] => {
    const { messages, windowDays, suppressDays } = policyOf(e.source).softBounces;
    if (messages === 0) return [];
    const now = time(e);
    const broken = Math.max(Number.NEGATIVE_INFINITY, ...delivered.filter((at) => at < now));
    const counted = soft.filter((o) => time(o) <= now && now - time(o) < windowDays * DAY * 1000 && time(o) >= broken);
    const mails = new Set(counted.map((o) => o.messageId ?? `alone ${o.fingerprint}`));
    if (mails.size < messages) return [];
    const until = Math.min(END, Math.floor(now / 1000) + suppressDays * DAY);
    return [{ key: 'soft_bounces', ms: now, until, echo: false, event: e, bare: true }];
  });
}

/** Rule 3. */
function stands(said: readonly Said[]): Said[] {
  const smaller = (a: Said, b: Said) => (a.event.fingerprint < b.event.fingerprint ? -1 : 1);
  const [lift] = said.filter((one) => one.until === 0).sort((a, b) => b.ms - a.ms || smaller(a, b));
  const length = (one: Said) => one.until - Math.floor(one.ms / 1000);
  const [echo] = said.filter((one) => one.echo).sort((a, b) => length(b) - length(a) || a.ms - b.ms || smaller(a, b));
  const young = said.filter((one) => one.until > 0 && !one.echo && (!lift || one.ms >= lift.ms));
  const evidence = young.filter(
    (one) =>
      !young.some(
        (other) =>
          other !== one &&
          ((other.ms > one.ms && other.until >= one.until) ||
            (other.ms === one.ms &&
              (other.until > one.until || (other.until === one.until && smaller(other, one) < 0)))),
      ),
  );
  evidence.sort((a, b) => b.until - a.until);
  if (lift) return [...evidence, lift, ...(echo ? [echo] : [])];
  return echo ? [...evidence, echo].sort((a, b) => b.until - a.until || Number(a.echo) - Number(b.echo)) : evidence;
}

/** Rule 6. */
function written({ ms, until, echo, event: e, bare }: Said): object {
  const status = e.smtpStatus ?? (e.smtpCode === undefined ? undefined : String(e.smtpCode));
  return {
    at: new Date(ms).toISOString(),
    until,
    fingerprint: e.fingerprint,
    source: e.source,
    event: e.providerEvent,
    ...(!bare && status !== undefined && { status }),
    ...(!bare && e.actor !== undefined && { actor: e.actor }),
    ...(!bare && e.note !== undefined && { note: e.note }),
    ...(!bare && e.importId !== undefined && { importId: e.importId }),
    ...(echo && { echo: true }),
  };
}
