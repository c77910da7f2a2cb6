import { PoisonEvent } from '../errors.ts';
import type { Draft, DropReason } from '../event/event.ts';
import { parseJson, UnreadableJson } from '../json.ts';
import { fields, number, present, text } from '../read.ts';

/** Key of a message's `meta` that marks its events as entries of an ESP's own list. No webhook writes it: `meta` is made by our own code. */
export const LISTED = 'quell-list';

const REASONS: ReadonlyMap<string, DropReason> = new Map([
  ['hard_bounce', 'suppressed-bounce'],
  ['complaint', 'suppressed-complaint'],
  ['unsubscribe', 'suppressed-unsubscribe'],
  ['manual', 'suppressed-unknown'],
]);

/**
 * An entry of an ESP's own list as an event: the state of a list, not what led to it, so it has an identity of its own and is mirrored like
 * "dropped, on our list" (an echo, never over a lift).
 * @throws PoisonEvent where it names no person
 */
export function normaliseListed(raw: string): Draft {
  const entry = fields(read(raw));
  const [list, address] = [text(entry.list), text(entry.address)];
  if (list === undefined || address === undefined) throw new PoisonEvent('The list entry names no list or no address.');
  return present({
    type: 'dropped',
    dropReason: REASONS.get(text(entry.reason) ?? '') ?? 'suppressed-unknown',
    providerEvent: `list/${list}`,
    providerEventId: text(entry.id),
    recipient: address,
    occurredAt: number(entry.at),
    scope: entry.reason === 'unsubscribe' ? (text(entry.scope) ?? 'all') : undefined,
    identity: ['list', list, text(entry.part), address, text(entry.reason), text(entry.since)],
  }) as Draft;
}

function read(raw: string): unknown {
  try {
    return parseJson(raw);
  } catch (error) {
    if (error instanceof UnreadableJson) throw new PoisonEvent(`The list entry is ${error.message}.`);
    throw error;
  }
}
