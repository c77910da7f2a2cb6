import { findSource } from '../../aws/config.ts';
import type { EventStore, Recorded } from '../../aws/dynamodb/events.ts';
import { noteFailure } from '../../aws/dynamodb/statements.ts';
import { until } from '../../aws/effort.ts';
import type { PolicyConfig, RuntimeConfig } from '../../contract/config.ts';
import type { NormalisedEvent } from '../../domain/event.ts';
import { judge } from '../../domain/policy.ts';
import { historyWindow, isSoftBounce, judgeSoftBounces } from '../../domain/soft-bounces.ts';
import type { Judgement } from '../../domain/suppression.ts';

export interface RecordedEvent {
  readonly event: NormalisedEvent;
  readonly outcome: Recorded;
}

export interface Judged {
  /** What to fold, by recipient. */
  readonly judgements: ReadonlyMap<string, readonly Judgement[]>;
  /** Recipients of whom this is probably the first that is heard: nothing but new evidence, no echo, no lift. */
  readonly fresh: ReadonlySet<string>;
  /** Recipients whose history could not be read this time. */
  readonly unread: ReadonlySet<string>;
}

/** The policy of a source: the stack's, with what the source sets differently. */
export const policyOf =
  (config: RuntimeConfig) =>
  (source: string): PolicyConfig => ({ ...config.policy, ...findSource(config, source)?.policy });

/**
 * What recorded events prove, of new ones and of those recorded before (a crash may have come between record and effect). An event
 * that could not be recorded waits for its retry.
 */
export async function judgeEvents(
  recorded: readonly RecordedEvent[],
  config: RuntimeConfig,
  events: EventStore,
  deadline: number,
): Promise<Judged> {
  const policy = policyOf(config);
  const judgements = new Map<string, Judgement[]>();
  const softBounces = new Map<string, string[]>();
  const known = new Set<string>();
  for (const { event, outcome } of recorded) {
    const { recipient, occurredAt } = event;
    if ((outcome !== 'new' && outcome !== 'seen') || recipient === undefined || occurredAt === undefined) continue;
    const judgement = judge(event, policy(event.source));
    if (judgement) {
      append(judgements, recipient, judgement);
      if (outcome === 'seen' || judgement.mark.echo || judgement.mark.until === 0) known.add(recipient);
    }
    if (isSoftBounce(event) && policy(event.source).softBounces.messages > 0)
      append(softBounces, recipient, occurredAt);
  }

  const unread = new Set<string>();
  const windowDays = Math.max(
    ...[...Object.keys(config.sources)].map((source) => policy(source).softBounces.windowDays),
  );
  await Promise.all(
    [...softBounces].map(async ([recipient, times]) => {
      const [earliest = '', latest = earliest] = [times.toSorted()[0], times.toSorted().at(-1)];
      try {
        const history = await events.history(recipient, historyWindow(earliest, latest, windowDays), until(deadline));
        for (const judgement of judgeSoftBounces(history, policy)) append(judgements, recipient, judgement);
      } catch (error) {
        noteFailure(error);
        unread.add(recipient);
      }
    }),
  );
  const fresh = new Set([...judgements.keys()].filter((recipient) => !known.has(recipient)));
  return { judgements, fresh, unread };
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
