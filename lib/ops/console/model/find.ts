import type { Address } from '../../../../lambda/contract/units.ts';
import { normaliseAddress } from '../../../../lambda/domain/address.ts';
import { CannotKnow } from '../../cli/errors.ts';
import { isRequestId } from '../../commands/request/request.ts';
import { hasMessage } from '../../stack/events/of-message.ts';
import { readEvents } from '../../stack/events/stored.ts';
import { readEntry } from '../../stack/suppression.ts';
import type { Target } from '../../target/target.ts';
import { messagePath, personPath, requestPath } from '../parts/words.ts';

/**
 * Where a search leads: to a person, a mail or a request. Many ESPs give mails ids that look like addresses, so that what is known
 * decides; of what nobody knows it is what it looks like.
 */
export async function foundAt(target: Target, query: string): Promise<string> {
  const text = pasted(query);
  if (text === '') return '/';
  const address = text.includes('@') ? normaliseAddress(text) : undefined;
  const bracketed = /^<.*>$/.test(text);
  const [person, mail] = await Promise.all([
    address !== undefined && isKnown(target, address),
    hasMessage(target, text).catch((error: unknown) => {
      if (error instanceof CannotKnow) return false;
      throw error;
    }),
  ]);
  if (mail && (bracketed || !person)) return messagePath(text);
  if (address !== undefined && (person || !bracketed)) return personPath(address);
  return isRequestId(text) ? requestPath(text) : messagePath(text);
}

/** As it was copied from a mail program or out of a sentence. */
const pasted = (query: string): string =>
  query
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/[\s,;]+$/, '');

async function isKnown(target: Target, address: Address): Promise<boolean> {
  const [entry, events] = await Promise.all([readEntry(target, address), readEvents(target, address, 1)]);
  return entry.version > 0 || events.length > 0;
}
