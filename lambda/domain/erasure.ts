import { createHmac } from 'node:crypto';
import { internalKey } from '../contract/tables.ts';
import type { Address, EpochMs, Iso } from '../contract/units.ts';

/** The name in the secret map under which the key of the erasure marks stands; settings refuse it as a source. */
export const ERASURE_KEY = 'quell-erasure';

/**
 * Partition key of the mark that remains of an erased person: keyed, so that nobody who reads the table can tell whom it is about by
 * trying addresses.
 */
export const erasureMark = (key: string, address: Address): string =>
  internalKey('erased', createHmac('sha256', key).update(address).digest('base64url'));

/** Attribute of a mark: when the person was erased, ISO 8601. What arrived before that is never brought back. */
export const ERASED_AT = 'erasedAt';

/**
 * Whether a message is checked against the marks: a replay, or one that has waited. Live traffic is not, and pays nothing: its events
 * arrived after any erasure.
 */
export const mayBringBack = (message: { readonly origin: string; readonly receivedAt: Iso }, now: EpochMs): boolean =>
  message.origin === 'replay' || now - Date.parse(message.receivedAt) > MAX_WAIT;

/** Longer than a message of live traffic waits, in milliseconds; redrives come after minutes at the earliest. */
const MAX_WAIT = 5 * 60_000;
