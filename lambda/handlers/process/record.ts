import type { EventStore, Recorded, RecordMode } from '../../aws/dynamodb/events.ts';
import type { EpochMs } from '../../contract/units.ts';
import type { NormalisedEvent } from '../../domain/event/event.ts';
import type { Opened } from './opened.ts';
import { divide, type Passed } from './step.ts';

/** An event, the message it came in, and what became of it. */
export interface RecordedEvent {
  readonly message: Opened;
  /** The event as it stood in the message. */
  readonly raw: string;
  readonly event: NormalisedEvent;
  readonly outcome: Recorded;
}

export interface Stored extends Passed {
  /** Every event, also of messages that failed: what the others of such a message prove need not wait for its retry. */
  readonly events: readonly RecordedEvent[];
  /** When they had been stored, epoch milliseconds. */
  readonly at: EpochMs;
}

/** Stores the events of all messages, pooled: full requests of 25, whatever the messages' sizes. */
export async function record(messages: readonly Opened[], store: EventStore, deadline: EpochMs): Promise<Stored> {
  const pooled = messages.flatMap((message) => message.events.map(({ raw, event }) => ({ message, raw, event })));
  const outcomes = await store.record(
    pooled.map(({ event }) => event),
    deadline,
    (index) => modeOf(pooled[index]?.message),
  );
  const ended = pooled.map((item, index) => ({ ...item, outcome: outcomes[index] ?? 'failed' }));
  const failed = new Set(ended.flatMap(({ message, outcome }) => (outcome === 'failed' ? [message] : [])));
  const refused = Map.groupBy(
    ended.filter(({ outcome }) => outcome === 'poison'),
    ({ message }) => message,
  );
  const { messages: stored, failed: unstored } = divide(messages, failed);
  return {
    messages: stored.map((opened) => withRefused(opened, refused.get(opened)?.map(({ raw }) => raw) ?? [])),
    failed: unstored,
    events: ended,
    at: Date.now(),
  };
}

function withRefused(opened: Opened, raws: readonly string[]): Opened {
  if (raws.length === 0) return opened;
  const detail = 'The table does not take this item.';
  return {
    ...opened,
    poison: [...opened.poison, ...raws.map((raw) => ({ reason: 'refused-by-table', detail, raw }) as const)],
  };
}

/** How the events of a message are stored: as they come, unless it is a replay. */
export function modeOf(opened: Opened | undefined): RecordMode {
  const message = opened?.message;
  if (message?.origin !== 'replay') return {};
  return { quiet: message.replay?.publish !== true, rewrite: message.replay?.rewrite === true };
}
