import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { EVENT_TYPES, type NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { DECIDING_TYPES } from '../../../lambda/domain/suppression/history.ts';

/** Random histories of one person: few moments, sources, mails and scopes, so that everything meets everything. */

const BEGIN = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

const scope = fc.constantFrom(undefined, 'all', 'a:list:1', 'b:list:2');
const reason = fc.constantFrom('hard_bounce', 'complaint', 'unsubscribe', 'soft_bounces', 'soft_bounces', 'manual');

const kind = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ type: 'bounced', bounceClass: 'soft' }) },
  { weight: 2, arbitrary: fc.constant({ type: 'delivered' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('bounced'),
      bounceClass: fc.constantFrom('hard', 'hard', 'soft', 'block', 'undetermined'),
      bounceCause: fc.constantFrom(undefined, 'mailbox', 'domain', 'full', 'policy'),
      echo: fc.constantFrom(undefined, undefined, true),
      autoReply: fc.constantFrom(undefined, undefined, true),
      smtpStatus: fc.constantFrom(undefined, '5.1.1'),
      smtpCode: fc.constantFrom(undefined, 550),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('dropped'),
      dropReason: fc.constantFrom(
        undefined,
        'suppressed-bounce',
        'suppressed-complaint',
        'suppressed-unsubscribe',
        'suppressed-unknown',
        'invalid',
        'content',
        'other',
      ),
      scope,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('complained'),
      candidates: fc.constantFrom(undefined, 1, 2, 3),
      echo: fc.constantFrom(undefined, true),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('unsubscribed', 'resubscribed'), scope }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('suppressed', 'lifted'),
      reason,
      scope,
      source: fc.constant('operator'),
      days: fc.constantFrom(undefined, 2, 40),
      actor: fc.constant('kim'),
      note: fc.constant('n'),
      importId: fc.constantFrom(undefined, 'i1'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constantFrom(...EVENT_TYPES.filter((type) => !DECIDING_TYPES.includes(type))) }),
  },
);

/** Members that mean nothing on most kinds of events, and are there all the same. */
const stray = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        scope,
        reason,
        until: fc.constant(BEGIN / 1000 + 86_400),
        candidates: fc.constantFrom(0, 2, 5),
        echo: fc.constant(true),
        autoReply: fc.constant(true),
        bounceClass: fc.constantFrom('hard', 'soft'),
        dropReason: fc.constantFrom('suppressed-bounce', 'invalid', 'quota'),
        smtpStatus: fc.constantFrom('4.2.2', '5.1.1'),
        smtpCode: fc.constantFrom(450, 550),
      },
      { requiredKeys: [] },
    ),
  },
);

const event = fc.record({
  kind,
  source: fc.constantFrom('a', 'b', 'c'),
  /** Half days, sometimes with milliseconds. */
  half: fc.integer({ min: 0, max: 40 }),
  ms: fc.constantFrom(0, 0, 0, 1, 999),
  late: fc.constantFrom(0, 0, 1000, 3 * DAY, -299_000, -3 * DAY, -400 * DAY),
  message: fc.constantFrom(undefined, 'm1', 'm2', 'm3', 'm4'),
  timed: fc.constantFrom(true, true, true, true, true, true, true, true, false),
  stray,
  altered: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, undefined, true as const),
});

const prints = new Map<string, string>();
function fingerprintOf(text: string): string {
  const known = prints.get(text);
  if (known !== undefined) return known;
  const print = createHash('sha256').update(text).digest('hex').slice(0, 32);
  prints.set(text, print);
  return print;
}

export const histories = (maxLength: number) =>
  fc.array(event, { minLength: 1, maxLength }).map((events) => (recipient: string): NormalisedEvent[] => {
    const made = events.map(({ kind: { ...facts }, source, half, ms, late, message, timed, altered, stray }, index) => {
      const { days, ...own } = facts as { days?: number; source?: string };
      const at = BEGIN + (half * DAY) / 2 + ms;
      const isAct = own.source === 'operator';
      const all: Record<string, unknown> = {
        fingerprint: fingerprintOf(`${index}/${half}`),
        provider: 'generic',
        providerEvent: `word-${index}`,
        source,
        messageId: message,
        ...stray,
        ...own,
        ...(own.source !== undefined && days !== undefined && { until: Math.floor(at / 1000) + days * 86_400 }),
        recipient,
        recipientAltered: isAct ? undefined : altered,
        occurredAt: timed || isAct ? new Date(at).toISOString() : undefined,
        receivedAt: new Date(isAct ? at : at + late).toISOString(),
      };
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    });
    return made as unknown as NormalisedEvent[];
  });

/** In how many orders each history arrives. */
export const ORDERS = 5;

/** An order, in groups that arrive together. */
export function arrange(events: readonly NormalisedEvent[], order: number, random: () => number): NormalisedEvent[][] {
  const byTime = events.toSorted((a, b) => ((a.occurredAt ?? '') < (b.occurredAt ?? '') ? -1 : 1));
  const shuffled = () =>
    events
      .map((event) => ({ event, key: random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ event }) => event);
  switch (order) {
    case 0:
      return byTime.map((event) => [event]);
    case 1:
      return byTime.toReversed().map((event) => [event]);
    case 2:
      return [shuffled()];
    case 3: {
      // Everything arrives again, some time after it arrived first.
      const again = shuffled().map((event) => ({
        ...event,
        receivedAt: new Date(Date.parse(event.receivedAt) + 3_600_000).toISOString(),
      }));
      return [...shuffled().map((event) => [event]), again];
    }
    default: {
      const groups: NormalisedEvent[][] = [];
      for (const event of shuffled()) {
        if (groups.length === 0 || random() < 0.3) groups.push([]);
        groups.at(-1)?.push(event);
      }
      return groups;
    }
  }
}
