import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { caller } from '../../../../lambda/esp/caller.ts';
import type { ApiContext, EspApi, ListEntry, ListsApi } from '../../../../lambda/providers/api.ts';
import { API_IDS, apiOf } from '../../../../lambda/providers/apis.ts';
import type { Io } from '../../../../lib/ops/cli/io.ts';
import { awsLine } from '../../../../lib/ops/esp/aws.ts';
import { readLists } from '../../../../lib/ops/esp/lists.ts';
import type { Target } from '../../../../lib/ops/target/target.ts';
import type { Desk } from '../../../support/esp/desk.ts';
import { DESKS } from '../../../support/esp/desks.ts';
import { type Fault, fakeApi } from '../../../support/esp/server.ts';
import { type Cases, OTHER_ANSWERS, SURROUNDINGS } from '../../../support/surroundings/bad-days.ts';

/** Each ESP's lists and webhooks by its own client, without a stack: what is read, what is taken off, and what an API does on a bad day. */

/** No list of theirs is read. */
const NOT_READ = new Set(['mailjet']);
/** Their pages are told by tokens that may end. */
const TOKENS = new Set(['sparkpost', 'mailgun', 'lettermint', 'unisender-go', 'smtp2go', 'klaviyo', 'ses']);
/** The token is the id of the last entry: how many make more than a page, and which is the last of the first. */
const BY_ID: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['resend', [9, 1]],
  ['mailtrap', [1005, 999]],
]);
/** An empty page is their end. */
const BY_EMPTY = new Set(['mailgun', 'smtp2go']);
const SILENT = { say: () => {} } as unknown as Io;

/** Keeps what was answered. */
const keeping =
  (call: ApiContext['call'], answers: string[]): ApiContext['call'] =>
  async (request) => {
    const answer = await call(request);
    answers.push(answer.text);
    return answer;
  };

async function contextOf(id: string, desk: Desk, api: EspApi, key = desk.key, tries = 4): Promise<ApiContext> {
  const aws = api.signedByAws ? await awsLine({ kind: 'local' } as Target, api.signedByAws) : undefined;
  const call = caller({
    api: { ...api, perSecond: 1e6 },
    title: id,
    base: new URL(desk.api.url),
    key,
    say: () => {},
    ...(aws && { sign: aws.sign }),
    patience: { answer: 400, first: 1, tries, most: 262_144, pause: async () => {} },
  });
  return { call, now: Date.now(), domain: desk.domain, source: id, wait: async () => {} };
}

async function readAll(lists: ListsApi, asked: ApiContext): Promise<ListEntry[]> {
  const entries: ListEntry[] = [];
  for await (const page of lists.read?.(asked) ?? []) entries.push(...page);
  return entries;
}

test('every client stands here, and every surrounding has a case', () => {
  expect([...DESKS.keys()].sort()).toEqual([...API_IDS].sort());
  expect(SURROUNDINGS.length).toBe(8);
});

test('a list that drips without end is given up, whoever is asked', async () => {
  const readable = [...DESKS].filter(([id]) => !NOT_READ.has(id));
  // Side by side: each is waited for as long as an answer may take.
  const ends = readable.map(async ([id, start]) => {
    const desk = await start();
    const api = (await apiOf(id)) as EspApi;
    desk.kept.push({ list: desk.names.bounce, address: 'a@example.com' });
    desk.api.fault = () => 'drip';
    const ended = readAll(api.lists as ListsApi, await contextOf(id, desk, api, desk.key, 1));
    const how = await ended.catch((error: Error) => error.message);
    await desk.api.stop();
    return [id, how];
  });
  const givenUp = expect.stringContaining('did not answer in time');
  expect(await Promise.all(ends)).toEqual(readable.map(([id]) => [id, givenUp]));
});

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

  const context = (key = desk.key) => contextOf(id, desk, api, key);
  const kept = (): readonly string[] => desk.kept.map(({ address }) => address);
  /** What its API lets go. */
  const put = (...addresses: readonly string[]): void => {
    for (const address of addresses) desk.kept.push({ list: desk.names.cleared ?? desk.names.bounce, address });
  };
  test('its lists: all pages, one address, and that one alone is taken off; what we add can be taken off again', async () => {
    const { lists } = api;
    if (!lists) return expect(id).toBe('mailjet');
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

  /** Each takes nine entries and what happens before the n-th request after the first. */
  async function readWhile(happens: (n: number) => Fault | undefined): Promise<ListEntry[]> {
    const lists = api.lists as ListsApi;
    const first = desk.api.asked.length;
    desk.api.fault = (_asked, number) => happens(number - first);
    const found = await readLists(lists, await context(), SILENT);
    desk.api.fault = () => undefined;
    return [...found.values()].flat();
  }
  const nine = (): string[] => Array.from({ length: 9 }, (_one, at) => `p${at}@example.com`);
  const addresses = (entries: readonly ListEntry[]) => entries.map(({ address }) => address).sort();

  const CASES: Cases<void> = {
    async 'pages that shift'() {
      // Rows go that were read, and others move up; rows come, and others move down.
      for (const at of [1, 2, 3]) {
        desk.kept.splice(0);
        put(...nine());
        const read = await readWhile((n) => {
          if (n === at) {
            desk.kept.splice(0, 2);
            put('late@example.com');
            desk.kept.unshift(desk.kept.pop() as Desk['kept'][number]);
          }
          return undefined;
        });
        expect(addresses(read)).toEqual(expect.arrayContaining(nine().slice(2)));
        expect(new Set(addresses(read)).size).toBe(read.length);
      }
    },
    async '429 with Retry-After'() {
      put(...nine());
      for (const after of ['1', new Date(Date.now() + 2000).toUTCString()])
        expect(
          addresses(
            await readWhile((n) =>
              n === 0 || n === 2 ? { status: 429, headers: { 'retry-after': after } } : undefined,
            ),
          ),
        ).toEqual(nine());
      await expect(readWhile(() => ({ status: 429, headers: { 'retry-after': '7200' } }))).rejects.toThrow(
        '120 minutes',
      );
    },
    async '429 without a word'() {
      put(...nine());
      expect(addresses(await readWhile((n) => (n <= 2 ? { status: 429 } : undefined)))).toEqual(nine());
      await expect(readWhile(() => ({ status: 429 }))).rejects.toThrow(/slow down.*run the same command again/s);
    },
    async 'index lag'() {
      put(...nine().slice(1));
      await readWhile(() => undefined);
      // What it shows late is there when it is read the next time, and what had been read is one entry still.
      put('p0@example.com');
      expect(addresses(await readWhile(() => undefined))).toEqual(nine());
    },
    async 'expired cursors'() {
      put(...nine());
      expect([id, desk.forget !== undefined]).toEqual([id, TOKENS.has(id)]);
      const read = await readWhile((n) => (n === 2 ? void desk.forget?.() : undefined));
      expect(addresses(read)).toEqual(nine());
      // The token of some is the last entry of a page, which may be taken off.
      const [many, bottom] = BY_ID.get(id) ?? [0, 0];
      if (many > 0) {
        const all = Array.from({ length: many }, (_one, at) => `q${at}@example.com`);
        desk.kept.splice(0);
        put(...all);
        const rest = await readWhile((n) => {
          if (n === 1) desk.kept.splice(bottom, 1);
          return undefined;
        });
        const found = new Set(addresses(rest));
        expect(all.toSpliced(bottom, 1).filter((one) => !found.has(one))).toEqual([]);
      }
      if (TOKENS.has(id)) await expect(readWhile(() => void desk.forget?.())).rejects.toThrow('keep getting lost');
    },
    async 'auth failures'() {
      put(...nine());
      for (const status of [401, 403]) {
        const first = desk.api.asked.length;
        const error = await readWhile(() => ({ status, text: `{"message":"bad key ${desk.key}"}` })).catch(
          (one) => one,
        );
        expect(error).toMatchObject({
          name: 'CannotKnow',
          message: expect.stringMatching(`\\(${status}\\).*Needed: `),
        });
        expect(String(error)).not.toContain(desk.key);
        expect(desk.api.asked.length).toBe(first + 1);
      }
    },
    async duplicates() {
      put(...nine().flatMap((one) => [one, one]));
      expect(addresses(await readWhile(() => undefined))).toEqual(nine());
    },
    async 'empty pages'() {
      expect(await readWhile(() => undefined)).toEqual([]);
      put(...nine());
      if (!TOKENS.has(id) || BY_EMPTY.has(id)) return;
      desk.blank = true;
      expect(addresses(await readWhile(() => undefined))).toEqual(nine());
      expect(desk.blank).toBe(false);
    },
  };
  const readable = NOT_READ.has(id) ? test.skip : test;
  readable.each(Object.entries(CASES))('its lists read to the end: %s', (_name, meet) => meet());

  readable(
    'a list that never ends, or is none, is an error and not an empty list; no other host learns the key',
    async () => {
      const lists = api.lists as ListsApi;
      put(...nine());
      const asked = await context();
      for (const text of OTHER_ANSWERS) {
        desk.api.fault = () => ({ status: 200, text });
        await expect(readAll(lists, asked)).rejects.toThrow(/something else than was asked for|no JSON/);
      }
      desk.api.fault = () => ({ status: 200, text: `["${'x'.repeat(300_000)}"]` });
      await expect(readAll(lists, asked)).rejects.toThrow('at once');

      // The same page for ever: whatever is asked, the second answer comes.
      desk.api.fault = () => undefined;
      const answers: string[] = [];
      const context2 = { ...asked, call: keeping(asked.call, answers) };
      await readAll(lists, context2);
      const first = desk.api.asked.length;
      const stuck = answers.length > 1 ? answers[1] : undefined;
      if (stuck !== undefined && answers.length > 2) {
        desk.api.fault = (_asked, number) => (number > first ? { status: 200, text: stuck } : undefined);
        const ended = await readAll(lists, asked).catch((error: Error) => error);
        expect(desk.api.asked.length - first).toBeLessThan(60);
        if (ended instanceof Error) expect(ended.message).toMatch(/circle|something else|no JSON/);
      }

      // A next page on another host.
      const stranger = await fakeApi(() => ({ json: {} }));
      desk.api.fault = (_asked, number) =>
        number === first || answers[0] === undefined
          ? undefined
          : {
              status: 200,
              text: answers[0]
                .replaceAll(/https:\/\/[\w.]+/g, stranger.url)
                .replaceAll('"/api', `"/${stranger.url.slice(5)}/api`),
            };
      await readAll(lists, asked).catch(() => {});
      expect(stranger.asked).toEqual([]);
      await stranger.stop();
    },
  );

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
    const look = async (by: ApiContext) => (api.lists?.read ? readAll(api.lists, by) : api.webhooks?.list(by));
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
