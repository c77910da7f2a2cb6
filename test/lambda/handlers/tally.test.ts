import { expect, test } from '@jest/globals';
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
