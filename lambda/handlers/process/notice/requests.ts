import { HEARTBEAT_SOURCE } from '../../../contract/config.ts';
import type { RequestOutcome } from '../../../contract/logs.ts';
import type { Opened } from '../opened.ts';
import type { RecordedEvent } from '../record.ts';

const NOTHING: RequestOutcome = { stored: 0, known: 0, dead: 0, again: 0 };

/**
 * What became of each request of a batch, by its id: what whoever has only that id, out of an ESP's log, wants to know. Not of heartbeats.
 * @param done messages that are through, with what was buried of them; `failed` go back to the queue
 */
export function requestsOf(
  done: readonly Opened[],
  failed: Iterable<Opened>,
  events: readonly RecordedEvent[],
): ReadonlyMap<string, RequestOutcome> {
  const found = new Map<string, RequestOutcome>();
  const add = ({ message }: Opened, more: Partial<RequestOutcome>): void => {
    if (!message?.requestId || message.source === HEARTBEAT_SOURCE) return;
    const before = found.get(message.requestId) ?? NOTHING;
    const sum = (name: keyof RequestOutcome): number => before[name] + (more[name] ?? 0);
    found.set(message.requestId, {
      stored: sum('stored'),
      known: sum('known'),
      dead: sum('dead'),
      again: sum('again'),
    });
  };
  for (const [message, own] of Map.groupBy(events, ({ message }) => message)) {
    const stored = own.filter(({ outcome }) => outcome === 'new').length;
    const known = own.filter(({ outcome }) => outcome === 'seen').length;
    if (stored + known > 0) add(message, { stored, known });
  }
  for (const opened of done) add(opened, { dead: new Set(opened.poison.map(({ raw }) => raw)).size });
  for (const opened of failed) add(opened, { again: 1 });
  return found;
}
