import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatKey } from '../lambda/domain/unsubscribe/key.ts';
import { type LocalStack, startLocal } from '../lib/local/runner.ts';
import { unsubscribeHeaders, unsubscribeUrl } from '../lib/reader/index.ts';
import { stopWithCleanLogs } from './support/clean-logs.ts';
import { Driver, eventually, type Item } from './support/driver.ts';
import { ops, project } from './support/ops.ts';
import { forgeries } from './support/providers/forged-tokens.ts';
import { byChance } from './support/surroundings/chance.ts';

/** RFC 8058 from a mail program's side, over the synthesized stack and its bundles. */

const KEYS = [formatKey(randomBytes(32)), formatKey(randomBytes(32)), formatKey(randomBytes(32))] as const;
const LIST = 'shop:list:weekly';
const FORM = 'application/x-www-form-urlencoded';
const NIGHTLY = process.env.NIGHTLY !== undefined;

let local: LocalStack;
let driver: Driver;
let desk: { root: string; remove: () => void };
const folder = mkdtempSync(join(tmpdir(), 'quell-leave-'));

beforeAll(async () => {
  const file = (name: string, content: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  local = await startLocal({
    port: 0,
    quiet: true,
    settings: file('settings.json', {
      sources: { guide: { provider: 'generic' } },
      // What a person asks for holds, whatever the policy makes of ESPs' lists.
      policy: { unsubscribe: 0 },
      unsubscribe: { sender: 'Example Shop', lists: { [LIST]: 'Weekly news' } },
    }),
    secrets: file('secrets.json', { guide: 'guide-secret-1', 'quell-unsubscribe': KEYS }),
  });
  driver = new Driver(local.stack);
  desk = project({ '.local/stack.json': local.stack });
}, 90_000);

afterAll(async () => {
  driver?.close();
  desk?.remove();
  await stopWithCleanLogs(local);
  rmSync(folder, { recursive: true, force: true });
});

let people = 0;
const somebody = (): string => `leaver-${people++}@example.com`;
const linkOf = (address: string, scope = 'all', key: string = KEYS[0], now = Date.now): string =>
  unsubscribeUrl({ address, scope, keys: key, baseUrl: local.url, now });

/** As a mail program posts: nothing of a session, nothing followed. */
const post = (url: string, body = 'List-Unsubscribe=One-Click', type: string = FORM): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': type }, redirect: 'manual' });

const entryOf = async (address: string): Promise<Item | undefined> =>
  (await driver.suppression()).find(({ recipient }) => recipient === address);
const untilOf = async (address: string, scope = 'all'): Promise<number> => {
  const entry = await entryOf(address);
  const scopes = (entry?.scopes ?? {}) as Record<string, number>;
  return Number((scope === 'all' ? entry?.suppressedUntil : scopes[scope]) ?? 0);
};
const gone = (address: string, scope?: string) =>
  eventually(async () => expect(await untilOf(address, scope)).toBeGreaterThan(Date.now() / 1000));

function expectQuiet(response: Response): void {
  expect(response.headers.get('location')).toBeNull();
  expect(response.headers.getSetCookie()).toEqual([]);
  expect(response.headers.get('www-authenticate')).toBeNull();
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('cache-control')).toBe('no-store');
}

describe('one click', () => {
  test.each([
    ['a form', 'List-Unsubscribe=One-Click', FORM],
    [
      'a form in parts',
      '--b0\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b0--\r\n',
      'multipart/form-data; boundary=b0',
    ],
  ])('as %s: 200, no redirect, no cookie, and the person is off the list', async (_what, body, type) => {
    const address = somebody();
    const { 'List-Unsubscribe': field } = unsubscribeHeaders({ address, keys: KEYS, baseUrl: local.url });
    const response = await post(field.slice(1, -1), body, type);
    expect(response.status).toBe(200);
    expectQuiet(response);
    expect(await response.text()).not.toContain(address);
    await gone(address);
    const { reasons, transactionalUntil } = (await entryOf(address)) as Item;
    expect(reasons).toMatchObject({ unsubscribe: [{ source: 'quell-unsubscribe', event: 'one-click' }] });
    expect(transactionalUntil ?? 0).toBe(0);
  });

  test('of one list leaves the others; again and again it stays so', async () => {
    const address = somebody();
    const url = linkOf(address, LIST);
    for (let times = 0; times < 5; times++) expect((await post(url)).status).toBe(200);
    await gone(address, LIST);
    await driver.nothingUnderWay();
    expect(await untilOf(address)).toBe(0);
    const { scopes } = (await entryOf(address)) as Item;
    expect(Object.keys(scopes as object)).toEqual([LIST]);
  });

  test('works years later, and after two rotations of the key', async () => {
    const old = somebody();
    const rotated = somebody();
    await post(linkOf(old, 'all', KEYS[0], () => Date.parse('2019-02-03T04:05:06Z')));
    await post(linkOf(rotated, 'all', KEYS[2]));
    await gone(old);
    await gone(rotated);
    const event = (await driver.events()).find(({ recipient }) => recipient === old);
    expect(event).toMatchObject({ type: 'unsubscribed', metadata: { linkIssuedAt: '2019-02-03T04:05:06Z' } });
  });

  test('from the click to a check that says suppressed: under a second', async () => {
    const address = somebody();
    await post(linkOf(somebody()));
    const began = performance.now();
    await post(linkOf(address));
    await gone(address);
    const took = Math.round(performance.now() - began);
    const checked = await ops(['check', address, '--local', '--json'], { root: desk.root });
    expect(checked.json()).toMatchObject([{ address, suppressed: true }]);
    process.stderr.write(`from click to suppressed: ${took} ms\n`);
    // Of a machine that does nothing else, a tenth of it.
    expect(took).toBeLessThan(10_000);
  });
});

describe('coming back', () => {
  test('lifts the scope of its link only', async () => {
    const address = somebody();
    await post(linkOf(address));
    await post(linkOf(address, LIST));
    await post(linkOf(address, 'shop:list:daily'));
    await gone(address);
    await gone(address, LIST);
    await gone(address, 'shop:list:daily');
    // Of the same second the one that suppresses wins.
    await new Promise((done) => setTimeout(done, 1_100));
    const back = await post(linkOf(address, LIST), 'wish=resubscribe&lang=de');
    expect(back.status).toBe(200);
    expect(await back.text()).toContain('Sie sind wieder angemeldet');
    await eventually(async () => expect(await untilOf(address, LIST)).toBe(0));
    expect(await untilOf(address, 'shop:list:daily')).toBeGreaterThan(0);
    expect(await untilOf(address)).toBeGreaterThan(0);
  });

  test('lifts no complaint and no bounce', async () => {
    const address = somebody();
    const suppressed = await ops(
      ['suppress', address, '--reason', 'complaint', '--note', 'test', '--local', '--wait'],
      { root: desk.root },
    );
    expect(suppressed.code).toBe(0);
    await post(linkOf(address), 'wish=resubscribe');
    await driver.nothingUnderWay();
    const events = (await driver.events()).filter(({ recipient }) => recipient === address);
    expect(events.map(({ type }) => type)).toContain('resubscribed');
    expect(await untilOf(address)).toBeGreaterThan(Date.now() / 1000);
  });
});

/** Those who open links that nobody clicked: image proxies, safe-link rewriters, previews, virus scanners. */
const AGENTS = [
  'GoogleImageProxy',
  'Mozilla/5.0 (compatible; Google-Safety; +http://www.google.com/bot.html)',
  'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html',
  'Mozilla/5.0 (compatible; Barracuda Sentinel (EE))',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Mimecast',
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'facebookexternalhit/1.1',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
];

/** A multiple of the 24 ways in which they come. */
const FETCHES = NIGHTLY ? 1008 : 240;

test(`${FETCHES} fetches by scanners, prefetchers and link rewriters change nothing`, async () => {
  const address = somebody();
  const url = linkOf(address, LIST);
  const before = (await driver.events()).length;
  // What rewriters add, and requests that a browser makes ahead of its reader.
  const variants = ['', '?utm_source=mail', '?wish=unsubscribe', '?List-Unsubscribe=One-Click', '?lang=de', '#x'];
  const hints = [{}, { purpose: 'prefetch' }, { 'sec-purpose': 'prefetch;prerender' }, { 'x-moz': 'prefetch' }];
  const fetches = Array.from({ length: FETCHES }, (_none, at) => ({
    url: url + variants[at % variants.length],
    method: at % 3 === 0 ? 'HEAD' : 'GET',
    headers: { 'user-agent': AGENTS[at % AGENTS.length] as string, ...hints[at % hints.length] },
  })).values();
  const worker = async (): Promise<void> => {
    for (const { url: target, ...init } of fetches) {
      const response = await fetch(target, { ...init, redirect: 'manual' });
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  await driver.nothingUnderWay();
  expect(await entryOf(address)).toBeUndefined();
  expect((await driver.events()).length).toBe(before);
}, 60_000);

test('a POST that is neither one click nor the page does nothing', async () => {
  const address = somebody();
  for (const [body, type] of [
    ['', FORM],
    ['List-Unsubscribe=No', FORM],
    ['wish=erase', FORM],
    ['{"List-Unsubscribe":"One-Click"}', 'application/json'],
  ] as const) {
    const response = await post(linkOf(address), body, type);
    expect(response.status).toBe(400);
    expectQuiet(response);
  }
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
    expect((await fetch(linkOf(address), { method })).status).toBe(404);
  await driver.nothingUnderWay();
  expect(await entryOf(address)).toBeUndefined();
});

test(
  'whatever is wrong with a token, the answer is the same, and tells nothing',
  byChance(async (chance) => {
    const strange = linkOf(somebody(), 'all', formatKey(randomBytes(32)));
    const good = linkOf(somebody());
    const base = good.slice(0, good.lastIndexOf('/') + 1);
    const wrong = [strange, good.slice(0, -1), `${good}A`, `${base}x`, `${base}%ff`, `${base}${'A'.repeat(3000)}`];
    for (const { token } of forgeries(NIGHTLY ? 200 : 60, chance))
      if (token !== '') wrong.push(base + encodeURIComponent(token));
    const answers = new Set<string>();
    for (const url of wrong) {
      for (const method of ['GET', 'POST'] as const) {
        const response = method === 'GET' ? await fetch(url) : await post(url);
        expectQuiet(response);
        const { status, headers } = response;
        const said = [...headers].filter(([name]) => !/^(date|connection|keep-alive)$/.test(name));
        answers.add(JSON.stringify([status, said, await response.text()]));
      }
    }
    expect(answers.size).toBe(1);
    expect([...answers][0]).toMatch(/^\[404,/);
    await driver.nothingUnderWay();
  }),
  60_000,
);

describe('the command line', () => {
  const run = (...args: string[]) => ops([...args, '--local'], { root: desk.root });

  test('prints a link that works, and its header fields', async () => {
    const address = somebody();
    const printed = await run('unsubscribe-link', address, '--scope', LIST);
    expect(printed.out.trim()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/u\/v1\/[\w-]+$/);
    expect((await post(printed.out.trim())).status).toBe(200);
    await gone(address, LIST);
    const fields = await run('unsubscribe-link', address, '--headers');
    expect(fields.out).toMatch(/^List-Unsubscribe: <http.+>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n$/);
  });

  test('sends an unsubscribe as a mail program does; the timeline says how', async () => {
    const address = somebody();
    const sent = await run('send', 'unsubscribe', '--to', address, '--wait', '--json');
    expect([sent.code, sent.json()]).toMatchObject([
      0,
      [{ status: 200, recipient: address, recordedMs: expect.any(Number) }],
    ]);
    await gone(address);
    const told = await run('timeline', address);
    expect(told.out).toContain('from everything, with one click in the mail program');
  });

  test('a new key is added, the older ones stay; a wrong one and a replaced one are refused', async () => {
    const rotated = await run('secrets', 'rotate', 'quell-unsubscribe', '--generate');
    expect(rotated.out.trim()).toMatch(/^quell_unsub_[\w-]{43}$/);
    const listed = await run('secrets', 'list', '--json');
    expect(listed.json()).toContainEqual({ source: 'quell-unsubscribe', values: 4, needed: true });
    const twice = await run('secrets', 'rotate', 'quell-unsubscribe');
    expect(twice.out).toBe('quell-unsubscribe: stored, live keys: 5\n');
    for (const key of KEYS) {
      const address = somebody();
      expect((await post(linkOf(address, 'all', key))).status).toBe(200);
      await gone(address);
    }
    const wrong = await ops(['secrets', 'set', 'quell-unsubscribe', '--local'], { root: desk.root, input: 'x\n' });
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('nothing was stored')]);
    expect((await run('secrets', 'set', 'quell-unsubscribe', '--replace')).code).toBe(2);
    expect((await run('secrets', 'remove', 'quell-unsubscribe', '--position', '1')).code).toBe(2);
    const removed = await run('secrets', 'remove', 'quell-unsubscribe', '--position', '1', '--yes');
    expect(removed.out).toBe('quell-unsubscribe: removed, live keys: 4\n');
  });
});

test('neither an address nor a token is in any log', async () => {
  await driver.nothingUnderWay();
  const logs = ['receive', 'process']
    .map((name) => readFileSync(join(local.stack.logsDir, `${name}.log`), 'utf8'))
    .join('');
  expect(logs).toContain('"reason":"bad-proof"');
  expect(logs).not.toMatch(/leaver-|example\.com|\/u\/v1|quell_unsub_/);
});
