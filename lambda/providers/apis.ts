import type { EspApi } from './api.ts';
import { PROVIDERS } from './index.ts';
import type { OwnApi } from './own-api.ts';

/** Ids of the providers with an API like this; a function's bundle knows those that are configured. */
const idsOf = (fits: (api: OwnApi) => boolean): readonly string[] =>
  [...PROVIDERS.values()].flatMap(({ id, api }) => (api && fits(api) ? [id] : []));

/** The ESPs whose own API Quell can use. */
export const API_IDS = idsOf(() => true);

/** Undefined where this ESP has no API that Quell uses. */
export const apiOf = async (provider: string): Promise<EspApi | undefined> => PROVIDERS.get(provider)?.api?.load();

/** Those whose past events can be told from a webhook's, so that they can be read again. */
export const EVENT_API_IDS = idsOf(({ tells }) => tells === 'events');

/** Those that keep their data by domain: a source of theirs says which. */
export const DOMAIN_API_IDS = idsOf(({ byDomain }) => byDomain === true);

/** Those that the scheduled comparison asks; of others there is nothing that a webhook's events could be compared with. */
export const COMPARED_API_IDS = idsOf(({ tells }) => tells !== 'neither');

/** Those that the scheduled comparison asks with a key, which somebody has to store. */
export const KEYED_API_IDS = idsOf(({ tells, signed }) => tells !== 'neither' && signed === undefined);
