import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { caller } from '../../../../lambda/esp/caller.ts';
import type { ApiContext, EspApi, ListEntry, ListsApi } from '../../../../lambda/providers/api.ts';
import { apiOf } from '../../../../lambda/providers/apis.ts';
import { awsLine } from '../../../../lib/ops/esp/aws.ts';
import type { Target } from '../../../../lib/ops/target/target.ts';
import type { Desk } from '../../../support/esp/desk.ts';
import { DESKS } from '../../../support/esp/desks.ts';
import type { Fault } from '../../../support/esp/server.ts';

/** Each ESP's lists and webhooks by its own client, without a stack: what is read, what is taken off, and what an API does on a bad day. */

describe.each([...DESKS.keys()])('%s', (id) => {
  let desk: Desk;
  let api: EspApi;
  beforeAll(async () => {
    desk = await (DESKS.get(id) as () => Promise<Desk>)();
    api = (await apiOf(id)) as EspApi;
  });
  beforeEach(() => {
    desk.kept.splice(0);
    desk.hooks.splice(0);
    desk.api.fault = () => undefined;
  });
  afterAll(() => desk.api.stop());

  async function context(key = desk.key): Promise<ApiContext> {
    const aws = api.signedByAws ? await awsLine({ kind: 'local' } as Target, api.signedByAws) : undefined;
    const call = caller({
      api: { ...api, perSecond: 1e6 },
      title: id,
      base: new URL(desk.api.url),
      key,
      say: () => {},
      ...(aws && { sign: aws.sign }),
      patience: { answer: 400, first: 1, tries: 4, pause: async () => {} },
    });
    return { call, now: Date.now(), domain: desk.domain, source: id, wait: async () => {} };
  }
  const kept = (): readonly string[] => desk.kept.map(({ address }) => address);
  /** What its API lets go. */
  const put = (...addresses: readonly string[]): void => {
    for (const address of addresses) desk.kept.push({ list: desk.names.cleared ?? desk.names.bounce, address });
  };
  async function readAll(lists: ListsApi, asked: ApiContext): Promise<ListEntry[]> {
    const entries: ListEntry[] = [];
    for await (const page of lists.read?.(asked) ?? []) entries.push(...page);
    return entries;
  }

  test('its lists: all pages, one address, and that one alone is taken off; what we add can be taken off again', async () => {
    const { lists } = api;
    if (!lists) return expect(id).toMatch(/^(customerio|mailjet)$/);
    const asked = await context();
    expect(await readAll(lists, asked)).toEqual([]);
    const odd = "o'dd+tag%2F@example.com";
    put('a@example.com', odd, 'c@example.com', 'd@example.com', 'e@example.com');
    const read = await readAll(lists, asked);
    expect(read.map(({ address }) => address).sort()).toEqual([...kept()].sort());
    expect(read.every(({ at }) => at !== undefined)).toBe(true);
    const [entry, ...more] = await lists.find(asked, odd);
    expect([entry?.address, more]).toEqual([odd, []]);
    expect(await lists.find(asked, 'nobody@example.com')).toEqual([]);
    expect(await lists.remove?.(asked, entry as ListEntry)).toBe('removed');
    expect(kept()).not.toContain(odd);
    expect(kept()).toHaveLength(4);
    // Gone already is as good.
    expect(['gone', 'removed']).toContain(await lists.remove?.(asked, entry as ListEntry));
    expect(kept()).toHaveLength(4);
    if (lists.add) {
      expect(await lists.add.send(asked, ['ours@example.com'])).toEqual([]);
      const ours = await lists.find(asked, 'ours@example.com');
      expect(ours.length).toBeGreaterThan(0);
      for (const one of ours) {
        expect(one.stays).toBeUndefined();
        expect(await lists.remove?.(asked, one)).toBe('removed');
      }
      expect(kept()).not.toContain('ours@example.com');
    }
  });

  test('an entry without an address or an id takes nobody off, and everybody least of all', async () => {
    const { lists } = api;
    if (!lists?.read || !lists.remove) return;
    const asked = await context();
    put('a@example.com', 'b@example.com');
    const [entry] = await lists.find(asked, 'a@example.com');
    for (const address of ['', '.', '..', ' ']) {
      const { id: _id, ...rest } = entry as ListEntry;
      await lists.remove(asked, { ...rest, address }).catch(() => {});
    }
    expect(kept()).toEqual(['a@example.com', 'b@example.com']);
  });

  test('a bad day: what may be tried again is, a key that is refused is not, and stands in no error', async () => {
    const asked = await context();
    const look = (by: ApiContext) => (api.lists?.read ? readAll(api.lists, by) : api.webhooks?.list(by));
    put('a@example.com', 'b@example.com', 'c@example.com');
    const faults: Fault[] = [
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 429, headers: { 'retry-after': new Date(Date.now() + 2000).toUTCString() } },
      { status: 429 },
      { status: 503 },
      ...(['reset', 'half', 'html', 'empty'] as const),
    ];
    const well = JSON.stringify(await look(asked));
    for (const fault of faults) {
      const first = desk.api.asked.length;
      desk.api.fault = (_asked, number) => (number === first ? fault : undefined);
      expect([fault, JSON.stringify(await look(asked))]).toEqual([fault, well]);
    }
    desk.api.fault = () => ({ status: 302, headers: { location: 'http://127.0.0.1:9/' } });
    await expect(look(asked)).rejects.toThrow(/redirect/);
    desk.api.fault = () => ({ status: 500 });
    await expect(look(asked)).rejects.toThrow(/failed \(500\)/);
    desk.api.fault = () => undefined;
    if (api.signedByAws) return;
    const first = desk.api.asked.length;
    const refused = await Promise.resolve(look(await context('a-wrong-key-4711'))).catch((error: Error) => error);
    expect(refused).toMatchObject({ name: 'CannotKnow', message: expect.stringMatching(/Needed: /) });
    expect((refused as Error).message).not.toContain('a-wrong-key-4711');
    expect(desk.api.asked.length).toBe(first + 1);
  });

  test('its webhooks: one is made with its events, found again, mended and not doubled, taken away', async () => {
    const { webhooks } = api;
    if (!webhooks || webhooks.probes) return;
    const asked = await context();
    const url = `http://127.0.0.1:9/webhooks/v1/${id}`;
    const secret = id === 'klaviyo' ? 'f'.repeat(64) : 'quell:a-password';
    expect(await webhooks.list(asked)).toEqual([]);
    const told = await webhooks.create(asked, { url, secret });
    expect(told !== undefined).toBe(webhooks.secret === 'given');
    const hooks = await webhooks.list(asked);
    expect(hooks.length).toBeGreaterThan(0);
    for (const hook of hooks) await webhooks.update(asked, hook, { url, secret });
    expect(await webhooks.list(asked)).toEqual(hooks);
    const [made] = desk.hooks;
    expect(made?.events.length).toBeGreaterThanOrEqual(6);
    if (webhooks.secret === 'chosen') expect(made?.secret).toBe(secret);
    if (webhooks.secret === 'given') expect(made?.secret).toBe(told);
    for (const hook of hooks) await webhooks.remove(asked, hook);
    expect(desk.hooks).toEqual([]);
    // Gone already is as good.
    for (const hook of hooks) await webhooks.remove(asked, hook);
  });
});
