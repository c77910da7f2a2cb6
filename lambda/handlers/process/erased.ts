import type { Erasures } from '../../aws/dynamodb/erasures.ts';
import { logError } from '../../aws/telemetry.ts';
import { mayBringBack } from '../../domain/erasure.ts';
import type { Opened } from './opened.ts';

/** Takes out of redriven and replayed messages what arrived before its person was erased. Fails those of which it cannot be known. */
export async function forgetErased(messages: readonly Opened[], erasures: Erasures, now: number): Promise<void> {
  const old = messages.filter(({ message }) => message !== undefined && mayBringBack(message, now));
  const addresses = new Set(old.flatMap(({ events }) => events.flatMap(({ event }) => event.recipient ?? [])));
  if (addresses.size === 0) return;
  try {
    const erasedAt = await erasures.erasedAt([...addresses]);
    for (const opened of old) {
      opened.events = opened.events.filter(
        ({ event }) => event.receivedAt > (erasedAt.get(event.recipient ?? '') ?? ''),
      );
    }
  } catch (error) {
    logError('erasures not known', error);
    for (const opened of old) opened.failed = true;
  }
}
