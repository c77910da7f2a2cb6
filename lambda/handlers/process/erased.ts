import type { Erasures } from '../../aws/dynamodb/erasures.ts';
import { logError, logWarning } from '../../aws/telemetry.ts';
import type { EpochMs } from '../../contract/units.ts';
import { mayBringBack } from '../../domain/erasure.ts';
import type { Opened } from './opened.ts';
import { divide, type Passed } from './step.ts';

/** Takes out of redriven and replayed messages what arrived before its person was erased. Fails those of which it cannot be known. */
export async function forgetErased(
  messages: readonly Opened[],
  erasures: Erasures,
  now: EpochMs,
  deadline: EpochMs,
): Promise<Passed> {
  const old = new Set(messages.filter(({ message }) => message !== undefined && mayBringBack(message, now)));
  const addresses = new Set([...old].flatMap(({ events }) => events.flatMap(({ event }) => event.recipient ?? [])));
  if (addresses.size === 0) return { messages, failed: [] };
  try {
    const { at, unread } = await erasures.erasedAt([...addresses], deadline);
    const isUnread = ({ events }: Opened): boolean => events.some(({ event }) => unread.has(event.recipient ?? ''));
    const unknown = new Set([...old].filter(isUnread));
    if (unknown.size > 0) logWarning('erasures not known', { messages: unknown.size });
    const { messages: known, failed } = divide(messages, unknown);
    return { messages: known.map((opened) => (old.has(opened) ? without(opened, at) : opened)), failed };
  } catch (error) {
    logError('erasures not known', error);
    return divide(messages, old);
  }
}

const without = (opened: Opened, erasedAt: ReadonlyMap<string, string>): Opened => ({
  ...opened,
  events: opened.events.filter(({ event }) => event.receivedAt > (erasedAt.get(event.recipient ?? '') ?? '')),
});
