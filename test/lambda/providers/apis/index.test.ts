import { expect, test } from '@jest/globals';
import type { EspApi } from '../../../../lambda/providers/api.ts';
import {
  API_IDS,
  apiOf,
  COMPARED_API_IDS,
  DOMAIN_API_IDS,
  EVENT_API_IDS,
  KEYED_API_IDS,
} from '../../../../lambda/providers/apis.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';

/** What is said of the ESPs' APIs without loading them is what they are. */

const apis = await Promise.all(API_IDS.map(async (id) => [id, (await apiOf(id)) as EspApi] as const));
const those = (fits: (api: EspApi) => boolean) => apis.flatMap(([id, api]) => (fits(api) ? [id] : [])).sort();

test('each is of a provider, and another one than the others', () => {
  expect(API_IDS.filter((id) => !PROVIDERS.has(id))).toEqual([]);
  expect(new Set(apis.map(([, { base }]) => base)).size).toBe(API_IDS.length);
  expect(API_IDS).toHaveLength(18);
});

test('nobody else has one', async () => {
  for (const id of ['azure', 'constructor', '', 'nobody']) expect(await apiOf(id)).toBeUndefined();
});

test('those that tell of events, keep their data by domain, can be compared, and with what', () => {
  expect([...EVENT_API_IDS].sort()).toEqual(those(({ events }) => events !== undefined));
  expect([...DOMAIN_API_IDS].sort()).toEqual(those(({ domain }) => domain !== undefined));
  expect([...COMPARED_API_IDS].sort()).toEqual(those(({ events, lists }) => (events ?? lists?.read) !== undefined));
  const signed = those(({ signedByAws }) => signedByAws !== undefined);
  expect([...KEYED_API_IDS].sort()).toEqual([...COMPARED_API_IDS].sort().filter((id) => !signed.includes(id)));
  // Both hold for nobody as well.
  expect([EVENT_API_IDS, DOMAIN_API_IDS, signed].filter((ids) => ids.length === 0)).toEqual([]);
  expect(COMPARED_API_IDS).not.toEqual(API_IDS);
});

test.each(apis)('%s: its provider says of it what it is', (id, { events, lists, domain, signedByAws, rights }) => {
  const said = PROVIDERS.get(id)?.api;
  expect(said?.tells).toBe(events ? 'events' : lists?.read ? 'list' : 'neither');
  expect(said?.byDomain === true).toBe(domain !== undefined);
  expect(said?.signed !== undefined).toBe(signedByAws !== undefined);
  const asked = [rights.events, rights.lists].join(' ');
  for (const action of said?.signed?.actions ?? []) expect(asked).toContain(action);
});

test.each(apis)(
  '%s: each use names the right that its key needs',
  (_id, { rights, events, lists, webhooks, key, base }) => {
    const uses = {
      events: events !== undefined,
      lists: lists !== undefined,
      clear: lists?.remove !== undefined,
      push: lists?.add !== undefined,
      webhook: webhooks !== undefined,
    };
    const needed = Object.entries(uses).flatMap(([use, needs]) => (needs ? [use] : []));
    expect(Object.keys(rights)).toEqual(expect.arrayContaining(needed));
    for (const right of Object.values(rights)) expect(right).toMatch(/\S/);
    expect(key).toMatch(/\S/);
    expect(base).toMatch(/^https:\/\/[\w.-]+(\/[\w./-]*)?$/);
  },
);
