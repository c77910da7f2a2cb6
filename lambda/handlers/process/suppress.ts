import type { Applied } from '../../aws/dynamodb/suppression.ts';
import type { RuntimeConfig } from '../../contract/config.ts';
import { MAX_SCOPES } from '../../domain/suppression/suppression.ts';
import { asFirstArrived } from './changes.ts';
import { judgeEvents, policyOf } from './judge.ts';
import type { Stores } from './looks.ts';
import type { Opened, Poison } from './opened.ts';
import { modeOf, type RecordedEvent, type Stored } from './record.ts';
import { settle } from './settle.ts';
import { divide, type Passed, type Shares } from './step.ts';

export interface Suppressed extends Passed {
  /** Recipients whose suppression changed. */
  readonly changed: number;
  /** Those of them who could be mailed before and cannot now, replays apart. */
  readonly suppressed: ReadonlySet<string>;
  /** Events of kinds that suppress, and that nobody could be held to, for lack of a time or a recipient. */
  readonly unjudged: number;
}

/** Folds what the events prove. Fails the messages of recipients whose suppression could not be settled this time. */
export async function suppress(
  { messages, events, at }: Stored,
  config: RuntimeConfig,
  stores: Stores,
  shares: Pick<Shares, 'judged' | 'suppressed'>,
): Promise<Suppressed> {
  const { arrived, unknown } = await asFirstArrived(events, stores.events, shares.judged);
  const judged = judgeEvents(arrived, config, at);
  const live = new Set(arrived.flatMap(({ message, event }) => (modeOf(message).quiet ? [] : (event.recipient ?? []))));
  const concerned = new Set([...judged.judgements.keys(), ...judged.series, ...judged.retracted.keys()]);
  const quiet = new Set([...concerned, ...judged.deliveries.keys()].filter((recipient) => !live.has(recipient)));
  const settled = await settle(judged, policyOf(config), stores, shares, quiet);
  const passed = passedOn(messages, arrived, settled.unsettled.union(unknown), settled.refused);
  return {
    ...passed,
    changed: settled.changed.size,
    suppressed: settled.suppressed.difference(quiet),
    unjudged: judged.unjudged,
  };
}

/** Messages go on without what will never find room, and go back whole where somebody's suppression is not settled. */
function passedOn(
  messages: readonly Opened[],
  events: readonly RecordedEvent[],
  unsettled: ReadonlySet<string>,
  refused: Applied['refused'],
): Passed {
  const ids = new Set<string>();
  const full = new Map<string, Poison[]>();
  for (const { message, event, raw } of events) {
    if (event.recipient === undefined) continue;
    if (unsettled.has(event.recipient)) ids.add(message.messageId);
    if (!refused.get(event.recipient)?.some(({ mark }) => mark.fingerprint === event.fingerprint)) continue;
    const letters = full.get(message.messageId) ?? [];
    full.set(message.messageId, [...letters, { reason: 'refused-by-table', detail: FULL, raw }]);
  }
  const { messages: going, failed } = divide(messages, new Set(messages.filter(({ messageId }) => ids.has(messageId))));
  return {
    messages: going.map((opened) => {
      const letters = full.get(opened.messageId);
      return letters ? { ...opened, poison: [...opened.poison, ...letters] } : opened;
    }),
    failed,
  };
}

const FULL = `The entry of its recipient on the list has no room for it: ${MAX_SCOPES} lists, or 400 KB.`;
