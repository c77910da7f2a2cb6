import { isDeepStrictEqual } from 'node:util';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import type { EventType, NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import type { Retraction } from '../../../lambda/domain/suppression/retraction.ts';
import {
  type Change,
  type Reasons,
  settled,
  type Verdicts,
  verdicts,
} from '../../../lambda/domain/suppression/suppression.ts';
import type { Stores } from '../../../lambda/handlers/process/looks.ts';
import type { Opened } from '../../../lambda/handlers/process/opened.ts';
import { suppress } from '../../../lambda/handlers/process/suppress.ts';

/**
 * One person's list without a table: the steps of `process` that judge and fold, over maps that are never late, never lose a race and never
 * fail. Fast enough for thousands of histories; what a table adds is looked at with fewer of them, on an emulator.
 */
export interface ListInMemory {
  batch(events: readonly NormalisedEvent[]): Promise<void>;
  retract(retractions: readonly Retraction[]): void;
  /** Every event that has arrived, once. */
  recorded(): NormalisedEvent[];
  entry(): Verdicts & { readonly reasons: Reasons };
}

export function listInMemory(config: RuntimeConfig): ListInMemory {
  const recorded = new Map<string, NormalisedEvent>();
  let reasons: Reasons = {};
  let list: { version: number; retractions: readonly Retraction[] } = { version: 0, retractions: [] };

  const stores = {
    events: {
      history: async (_recipient: string, types: readonly EventType[]) =>
        [...recorded.values()].filter(({ type, occurredAt }) => types.includes(type) && occurredAt !== undefined),
      firstArrival: async ({ fingerprint }: NormalisedEvent) => recorded.get(fingerprint)?.receivedAt,
    },
    list: {
      async apply(changes: ReadonlyMap<string, Change>) {
        const changed = new Set<string>();
        for (const [recipient, { judgements, withdraws }] of changes) {
          const after = settled(reasons, judgements, withdraws).reasons;
          if (!isDeepStrictEqual(after, reasons)) changed.add(recipient);
          reasons = after;
        }
        return { changed, suppressed: new Set(), failed: new Set(), refused: new Map() };
      },
      reasonsOf: async ([recipient]: readonly string[]) => ({
        entries: new Map([[recipient, reasons]]),
        unread: new Set(),
      }),
    },
    retractions: { known: async () => list, read: async () => list },
  } as unknown as Stores;

  return {
    async batch(events) {
      const message = { message: { origin: 'live' }, messageId: '1', poison: [], events: [] } as unknown as Opened;
      const outcomes = events.map((event) => {
        const outcome = recorded.has(event.fingerprint) ? ('seen' as const) : ('new' as const);
        if (outcome === 'new') recorded.set(event.fingerprint, event);
        return { message, event, raw: '', outcome };
      });
      const deadline = Date.now() + 60_000;
      const stored = { messages: [message], failed: [], events: outcomes, at: Date.now() };
      const { failed } = await suppress(stored, config, stores, { judged: deadline, suppressed: deadline });
      if (failed.length > 0) throw new Error('a message was given back');
    },
    retract(retractions) {
      list = { version: list.version + 1, retractions };
    },
    recorded: () => [...recorded.values()],
    entry: () => ({ ...verdicts(reasons), reasons }),
  };
}
