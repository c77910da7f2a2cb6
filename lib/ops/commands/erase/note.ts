import type { Address } from '../../../../lambda/contract/units.ts';
import { UsageError } from '../../cli/errors.ts';

/** @throws UsageError where a note names the person who is to be erased */
export function checkNote(address: Address, note: string): void {
  if (note.toLowerCase().includes(address))
    throw new UsageError('erase: the note names the address, and would keep what is to go. Name the request instead.');
}
