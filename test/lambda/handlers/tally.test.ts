import { describe, expect, test } from '@jest/globals';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { type Outcome, tallyOf } from '../../../lambda/handlers/process/tally.ts';

const outcome = (...events: Partial<NormalisedEvent>[]): Outcome => ({
  stored: {
    at: Date.UTC(2026, 4, 4, 10),
    events: events.map((event) => ({
      message: { message: { origin: 'live', source: 'loops' } },
      event: { source: 'loops', receivedAt: '2026-05-04T10:00:00.000Z', ...event },
      outcome: 'new',
    })) as unknown as Outcome['stored']['events'],
  },
  forged: new Map(),
  folded: { changed: 0, suppressed: new Set(), unjudged: 0 },
  unarchived: 0,
  deadLetters: 0,
  failedMessages: 0,
  tableFailures: { throttled: 0, other: 0 },
});

test('an unknown word is counted; one that is known to change nothing is not', () => {
  const { overall, bySource } = tallyOf(outcome({ type: 'unknown' }, { type: 'unknown', echo: true }), { sources: {} });
  expect(overall).toEqual({ UnknownEvents: 1 });
  expect(bySource.get('loops')).toEqual({ counts: { Accepted: 2 }, facts: {} });
});

/** What is counted of events as they came, in one batch; `over` says what else became of it. */
const tally = (
  events: readonly (Partial<NormalisedEvent> & { readonly as?: object; readonly outcome?: string })[],
  config: Partial<Parameters<typeof tallyOf>[1]> = {},
  over: Partial<Outcome> = {},
) => {
  const { stored, ...rest } = outcome(...events);
  const message = { origin: 'live', source: 'loops' };
  const recorded = stored.events.map((one, at) => ({
    ...one,
    message: { message: { ...message, ...events[at]?.as } },
    outcome: events[at]?.outcome ?? 'new',
  })) as unknown as Outcome['stored']['events'];
  return tallyOf({ ...rest, stored: { ...stored, events: recorded }, ...over }, { sources: {}, ...config });
};

describe('the metric of each kind of event', () => {
  const HARD = { type: 'bounced', bounceClass: 'hard' } as const;
  test.each<[string, Partial<NormalisedEvent>, object]>([
    [
      'a delivery that may be complained about',
      { type: 'delivered', recipient: 'a@outlook.com' },
      { Delivered: 1, DeliveredReporting: 1 },
    ],
    ['a delivery that nobody will complain about', { type: 'delivered', recipient: 'a@gmail.com' }, { Delivered: 1 }],
    ['a hard bounce', HARD, { HardBounces: 1 }],
    ['a soft bounce', { type: 'bounced', bounceClass: 'soft' }, {}],
    [
      'a block by a large operator',
      { type: 'bounced', bounceClass: 'block', recipient: 'a@gmail.com' },
      { MailboxBlocks: 1 },
    ],
    ['a block by nobody we know', { type: 'bounced', bounceClass: 'block', recipient: 'a@example.com' }, {}],
    ['a hard bounce at a large operator is no block', { ...HARD, recipient: 'a@gmail.com' }, { HardBounces: 1 }],
    ['a complaint', { type: 'complained' }, { Complaints: 1 }],
    // Postmark tells of each bounce and each complaint twice: as itself, and as a change of its list.
    ["an ESP's list that repeats a hard bounce", { ...HARD, echo: true }, {}],
    ["an ESP's list that repeats a complaint", { type: 'complained', echo: true }, {}],
    ['one of three who may have complained', { type: 'complained', candidates: 3 }, { Complaints: 0.333333 }],
    ['an unsubscription', { type: 'unsubscribed' }, {}],
    ['a deferral', { type: 'deferred' }, {}],
    ['a drop', { type: 'dropped' }, {}],
  ])('%s', (_name, event, overall) => {
    expect(tally([event]).overall).toEqual(overall);
  });

  test('opens and clicks of people, where they are counted', () => {
    const both = [{ type: 'opened' }, { type: 'clicked' }, { type: 'clicked', machine: false }] as const;
    expect(tally(both).overall).toEqual({});
    expect(tally(both, { countEngagement: true }).overall).toEqual({ Opens: 1, Clicks: 2 });
    const machines = [
      { type: 'opened', machine: true },
      { type: 'clicked', machine: true },
    ] as const;
    expect(tally(machines, { countEngagement: true }).overall).toEqual({});
  });

  test('unsubscriptions, where there is a page for them', () => {
    expect(tally([{ type: 'unsubscribed' }], { unsubscribe: {} as never }).overall).toEqual({ Unsubscribes: 1 });
  });
});

describe('whose events count', () => {
  const bounce = { type: 'bounced', bounceClass: 'hard' } as const;
  test.each([
    ['a replay', { origin: 'replay' }],
    ['what an API was asked for', { channel: 'api' }],
    ['the heartbeat', { source: 'quell-heartbeat' }],
  ])('%s is no traffic', (_name, as) => {
    const { overall, bySource } = tally([{ ...bounce, as }, bounce]);
    expect(overall).toEqual({ HardBounces: 1 });
    expect(bySource.get('loops')?.counts).toEqual({ Accepted: 1 });
  });

  test('a repetition is one, and shows no life; what was not stored is nothing', () => {
    const { overall, bySource } = tally([
      bounce,
      { ...bounce, outcome: 'seen' },
      { ...bounce, outcome: 'failed' },
      { ...bounce, outcome: 'poison' },
    ]);
    expect(overall).toEqual({ HardBounces: 1, Duplicates: 1 });
    expect(bySource.get('loops')?.counts).toEqual({ Accepted: 1 });
  });

  test('a source that shares its events lives by a young repetition, for less than an hour', () => {
    const sources = { loops: { dedupeGroup: 'g' }, other: { dedupeGroup: 'g' } } as never;
    const repeated = (occurredAt: string | undefined) =>
      tally([{ ...bounce, outcome: 'seen', ...(occurredAt !== undefined && { occurredAt }) }], { sources }).bySource
        .size;
    expect(repeated('2026-05-04T09:00:00.001Z')).toBe(1);
    expect(repeated('2026-05-04T09:00:00.000Z')).toBe(0);
    expect(repeated(undefined)).toBe(0);
    const alone = { loops: { dedupeGroup: 'g' }, other: {} } as never;
    expect(
      tally([{ ...bounce, outcome: 'seen', occurredAt: '2026-05-04T09:59:00.000Z' }], { sources: alone }).bySource.size,
    ).toBe(0);
  });

  test('each source for itself, with what was refused of it', () => {
    const { bySource } = tally(
      [bounce, { ...bounce, source: 'ses' }, { ...bounce, source: 'ses' }],
      {},
      {
        forged: new Map([
          ['ses', 4],
          ['quiet', 1],
        ]),
      },
    );
    expect([...bySource].map(([source, { counts }]) => [source, counts])).toEqual([
      ['loops', { Accepted: 1 }],
      ['ses', { Accepted: 2, Refused: 4 }],
      ['quiet', { Refused: 1 }],
    ]);
  });
});

test('what became of the batch beside its events; zeros are no metric', () => {
  const over = {
    folded: { changed: 3, suppressed: new Set(['ada@example.com', 'replayed@example.com']), unjudged: 2 },
    unarchived: 4,
    deadLetters: 5,
    failedMessages: 6,
    tableFailures: { throttled: 7, other: 1 },
  };
  const { overall, facts } = tally(
    [{ type: 'complained', recipient: 'ada@example.com' }, { type: 'unknown' }],
    {},
    over,
  );
  expect(overall).toEqual({
    Complaints: 1,
    UnknownEvents: 3,
    SuppressionChanges: 3,
    NewSuppressions: 1,
    ArchiveRefused: 4,
    DeadLettered: 5,
    FailedMessages: 6,
    TableFailures: 8,
  });
  expect(facts).toMatchObject({ unjudged: 2, throttled: 7 });
});

test('facts of the line: events by type, blocks by operator, the slowest event', () => {
  const { facts } = tally([
    { type: 'delivered', receivedAt: '2026-05-04T09:59:58.000Z', occurredAt: '2026-05-04T09:59:50.000Z' },
    { type: 'delivered', receivedAt: '2026-05-04T09:59:59.000Z', occurredAt: '2026-05-04T09:59:58.500Z' },
    { type: 'bounced', bounceClass: 'block', recipient: 'a@gmail.com' },
  ]);
  expect(facts).toEqual({ delivered: 2, bounced: 1, blocked_google: 1, slowestStoredMs: 2000, slowestEspMs: 8000 });
});

test('facts of a source: what its rates are made of, by operator', () => {
  const facts = (...events: Partial<NormalisedEvent>[]) => tally(events).bySource.get('loops')?.facts;
  expect(
    facts(
      { type: 'delivered', recipient: 'a@gmail.com' },
      { type: 'delivered', recipient: 'b@gmail.com' },
      { type: 'bounced', bounceClass: 'soft', recipient: 'a@example.com' },
      { type: 'bounced' },
      { type: 'bounced', bounceClass: 'hard', recipient: 'a@example.com', echo: true },
      { type: 'complained', recipient: 'a@yahoo.com' },
      { type: 'complained', recipient: 'a@yahoo.com', candidates: 2 },
      { type: 'complained', recipient: 'a@yahoo.com', echo: true },
      { type: 'opened', recipient: 'a@gmail.com' },
    ),
  ).toEqual({ complained_yahoo: 1.5, delivered_google: 2, soft_other: 1, undetermined_other: 1 });
});
