import type { Address } from '../../../lambda/contract/units.ts';
import { normaliseAddress } from '../../../lambda/domain/address.ts';
import { ERASURE_KEY, erasureMark } from '../../../lambda/domain/erasure.ts';
import { readEvents } from '../stack/events/stored.ts';
import { liveValues, readSecretMap } from '../stack/secret-map.ts';
import { readEntry } from '../stack/suppression.ts';
import type { Target } from '../target/target.ts';

const MOST_EVENTS = 500;

/** By what the acts on something are found. Of a person that is also each import and window that the list or the events name. */
export async function subjectsOf(target: Target, text: string): Promise<string[]> {
  const address = text.includes('@') ? normaliseAddress(text) : undefined;
  if (address === undefined) return [text.trim()];
  return [address, ...(await wholesale(target, address)), ...(await markOf(target, address))];
}

/** Imports and windows that reached this person: their acts name nobody. */
async function wholesale(target: Target, address: Address): Promise<string[]> {
  const [{ reasons }, events] = await Promise.all([
    readEntry(target, address),
    readEvents(target, address, MOST_EVENTS),
  ]);
  const evidence = [...Object.values(reasons).flat(), ...events];
  const ids = evidence.flatMap((one) => [one.importId, 'retraction' in one ? one.retraction : undefined]);
  return [...new Set(ids)].filter((id) => id !== undefined);
}

/** The mark of somebody who was erased; none where nobody was, or where the key may not be read. */
export async function markOf(target: Target, address: Address): Promise<string[]> {
  try {
    const [key] = liveValues(await readSecretMap(target, 'ownKeysArn'), ERASURE_KEY);
    return key === undefined ? [] : [erasureMark(key, address)];
  } catch {
    return [];
  }
}
