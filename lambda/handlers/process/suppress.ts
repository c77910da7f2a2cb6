import type { EventStore } from '../../aws/dynamodb/events.ts';
import type { SuppressionStore } from '../../aws/dynamodb/suppression.ts';
import type { RuntimeConfig } from '../../contract/config.ts';
import { judgeEvents } from './judge.ts';
import { modeOf, type Stored } from './record.ts';
import { divide, type Passed, type Shares } from './step.ts';

export interface Suppressed extends Passed {
  /** Recipients whose suppression changed. */
  readonly changed: number;
  /** Those of them who could be mailed before and cannot now, replays apart. */
  readonly suppressed: ReadonlySet<string>;
}

/** Folds what the events prove. Fails the messages of recipients whose suppression could not be settled this time. */
export async function suppress(
  { messages, events }: Stored,
  config: RuntimeConfig,
  eventStore: EventStore,
  suppressionStore: SuppressionStore,
  shares: Pick<Shares, 'judged' | 'suppressed'>,
): Promise<Suppressed> {
  const { judgements, fresh, unread } = await judgeEvents(events, config, eventStore, shares.judged);
  const live = new Set(events.flatMap(({ message, event }) => (modeOf(message).quiet ? [] : (event.recipient ?? []))));
  const quiet = new Set([...judgements.keys()].filter((recipient) => !live.has(recipient)));
  const folded = await suppressionStore.apply(judgements, shares.suppressed, { quiet, fresh });
  const unsettled = folded.failed.union(unread);
  const waiting = new Set(
    events.flatMap(({ message, event }) =>
      event.recipient !== undefined && unsettled.has(event.recipient) ? [message.messageId] : [],
    ),
  );
  return {
    ...divide(messages, new Set(messages.filter(({ messageId }) => waiting.has(messageId)))),
    changed: folded.changed,
    suppressed: folded.suppressed.difference(quiet),
  };
}
