import { setTimeout as pause } from 'node:timers/promises';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { judge } from '../../../../lambda/domain/suppression/policy.ts';
import { readEvents } from '../../stack/events/stored.ts';
import { readEntry } from '../../stack/suppression.ts';
import type { Target } from '../../target/target.ts';

/** Milliseconds after posting until a sample's effects were seen; absent = not seen. */
export interface Seen {
  readonly recordedMs?: number;
  readonly suppressedMs?: number;
  /** False where its type suppresses nobody. */
  readonly suppresses: boolean;
}

const PATIENCE_MS = 60_000;
const INTERVAL_MS = 50;
const NEWEST = 50;

/** Asks again and again until there is an answer; undefined where none came in time. */
export async function waitUntil<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = performance.now() + PATIENCE_MS;
  for (; performance.now() < end; await pause(INTERVAL_MS)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** Waits until the event is in its recipient's history and, where its kind suppresses, in the suppression list. */
export async function waitFor(target: Target, event: NormalisedEvent, since: EpochMs): Promise<Seen> {
  const recipient = event.recipient as string;
  const suppresses = (judge(event, target.policyOf(event.source)).judgement?.mark.until ?? 0) > 0;
  let recorded: { readonly ms: number; readonly fingerprint: string } | undefined;
  const elapsed = (): number => Math.round(performance.now() - since);
  for (; elapsed() < PATIENCE_MS; await pause(INTERVAL_MS)) {
    if (!recorded) {
      const found = (await readEvents(target, recipient, NEWEST)).find((other) => same(event, other));
      if (!found) continue;
      recorded = { ms: elapsed(), fingerprint: found.fingerprint };
    }
    if (!suppresses) return { recordedMs: recorded.ms, suppresses };
    const { fingerprint, ms } = recorded;
    const { reasons } = await readEntry(target, recipient);
    const marked = Object.values(reasons).some((marks) => marks.some((mark) => mark.fingerprint === fingerprint));
    if (marked) return { recordedMs: ms, suppressedMs: elapsed(), suppresses };
  }
  return { ...(recorded && { recordedMs: recorded.ms }), suppresses };
}

/** Not by fingerprint: it holds the source's dedupe group, which only the stack knows. */
const same = (a: NormalisedEvent, b: NormalisedEvent): boolean =>
  a.providerEvent === b.providerEvent && a.messageId === b.messageId && a.occurredAt === b.occurredAt;
