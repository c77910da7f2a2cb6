import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'puppeteer-core';
import { UNSUBSCRIBE_LANGUAGES } from '../lambda/contract/unsubscribe.ts';
import { readPosted } from '../lambda/domain/unsubscribe/form.ts';
import { PAGE_HEADERS, pagesOf, type State } from '../lambda/domain/unsubscribe/page.ts';
import { BUILT_IN_WORDS } from '../lambda/domain/unsubscribe/words.ts';
import { inScheme, openPage, overflow, startBrowser, violations } from './support/browser.ts';

/** The unsubscribe page as people meet it: in a browser, without script, with its own content policy. */

const LIST = 'shop:list:weekly';
const pages = pagesOf({ sender: 'Example Shop', language: 'en', lists: { [LIST]: 'Weekly news' }, texts: {} });

let browser: Browser;
let server: Server;
let base: string;
/** Every request that the browser made, with what it posted. */
const asked: { readonly method: string; readonly path: string; readonly body: string; readonly referer: string }[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await text(request);
    const url = new URL(request.url ?? '/', 'http://local');
    const { method = '', headers } = request;
    asked.push({ method, path: url.pathname, body, referer: headers.referer ?? '' });
    if (url.pathname === '/favicon.ico') return void response.writeHead(404).end();
    const posted = readPosted(headers['content-type'] ?? '', Buffer.from(body));
    const state = posted ? (posted.wish === 'unsubscribe' ? 'left' : 'back') : (url.pathname.slice(1) as State);
    const language = posted?.language ?? url.searchParams.get('lang') ?? 'en';
    response.writeHead(200, PAGE_HEADERS).end(pages.html({ state, language, scope: LIST }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await startBrowser();
}, 60_000);
beforeEach(() => void asked.splice(0));
afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function visit(page: Page, state: State, language = 'en'): Promise<void> {
  await page.goto(`${base}/${state}?lang=${language}`, { waitUntil: 'load' });
}
const heading = (page: Page): Promise<string> => page.$eval('h1', (node) => node.textContent ?? '');

const STATES = ['ask', 'left', 'back', 'invalid', 'later'] as const;

describe.each(['light', 'dark'] as const)('%s', (scheme) => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage(browser, { width: 360, height: 740, dark: scheme === 'dark' });
  });
  afterAll(() => page?.close());

  test.each(UNSUBSCRIBE_LANGUAGES.map((language, nth) => [language, nth] as const))(
    'axe finds nothing on any page in %s; nothing is wider than a phone',
    async (language, nth) => {
      for (const state of STATES.filter((_state, at) => inScheme(nth + at, scheme))) {
        await visit(page, state, language);
        expect([state, await violations(page)]).toEqual([state, []]);
        expect([state, await overflow(page)]).toEqual([state, 0]);
      }
    },
    120_000,
  );
});

test('in Arabic the page runs from right to left', async () => {
  const page = await openPage(browser, { width: 1440 });
  await visit(page, 'ask', 'ar');
  const [button, main] = await page.$$eval('.main, main', (nodes) =>
    nodes.map((node) => node.getBoundingClientRect().right).sort((a, b) => a - b),
  );
  // The button begins at the right edge, within the padding.
  expect((main as number) - (button as number)).toBeLessThan(60);
  expect(await page.evaluate('getComputedStyle(document.documentElement).direction')).toBe('rtl');
  await page.close();
});

test('by keyboard alone and without script: leave, come back, choose another language', async () => {
  const page = await openPage(browser, { script: false });
  await visit(page, 'ask');
  const press = async (...keys: ('Tab' | 'Enter' | 'Space')[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const follow = async (...keys: Parameters<typeof press>): Promise<void> => {
    await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), press(...keys)]);
  };
  await follow('Tab', 'Enter');
  expect(await heading(page)).toBe(BUILT_IN_WORDS.en.left);
  await follow('Tab', 'Enter');
  expect(await heading(page)).toBe(BUILT_IN_WORDS.en.back);
  expect(asked.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
    'lang=en&wish=unsubscribe',
    'lang=en&wish=resubscribe',
  ]);

  // Button, the part that folds out, then the other languages.
  await visit(page, 'ask');
  await follow('Tab', 'Tab', 'Tab', 'Enter');
  expect(await heading(page)).toBe(BUILT_IN_WORDS.de.ask);
  await visit(page, 'ask', 'de');
  await press('Tab', 'Tab', 'Enter', 'Tab');
  await follow('Enter');
  expect(await heading(page)).toBe(BUILT_IN_WORDS.de.back);
  await page.close();
}, 60_000);

test('focus can be seen, and what is to be pressed is large enough', async () => {
  const page = await openPage(browser, { width: 360 });
  await visit(page, 'ask');
  await page.keyboard.press('Tab');
  const focused = (await page.evaluate(`(() => {
    const node = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(node);
    return { tag: node.tagName, outlineStyle, outlineWidth, height: node.getBoundingClientRect().height };
  })()`)) as { height: number };
  expect(focused).toMatchObject({ tag: 'BUTTON', outlineStyle: 'solid', outlineWidth: '3px' });
  expect(focused.height).toBeGreaterThanOrEqual(44);
  await page.close();
});

test('the browser asks nobody else, tells nobody where it was, and its console has nothing to say', async () => {
  const page = await openPage(browser);
  const said: string[] = [];
  const urls: string[] = [];
  page.on('console', (message) => void said.push(message.text()));
  page.on('request', (request) => void urls.push(request.url()));
  await visit(page, 'ask');
  await Promise.all([page.waitForNavigation(), page.click('.main')]);
  expect(urls.every((url) => url.startsWith(base))).toBe(true);
  expect(asked.map(({ referer }) => referer).filter(Boolean)).toEqual([]);
  expect(said.filter((line) => !line.includes('favicon'))).toEqual([]);
  await page.close();
});

/** `PICTURES=folder npm test -- test/unsubscribe-page.test.ts -t pictures` */
const pictures = process.env.PICTURES === undefined ? test.skip : test;
pictures(
  'pictures',
  async () => {
    const folder = process.env.PICTURES as string;
    mkdirSync(folder, { recursive: true });
    for (const [width, dark] of [
      [360, false],
      [360, true],
      [1440, false],
      [1440, true],
    ] as const) {
      const page = await openPage(browser, { width, height: 740, dark });
      for (const [state, language] of [
        ['ask', 'en'],
        ['ask', 'ar'],
        ['left', 'de'],
      ] as const) {
        await visit(page, state, language);
        await page.screenshot({
          path: join(folder, `${state}-${language}-${width}-${dark ? 'dark' : 'light'}.png`) as `${string}.png`,
        });
      }
      await page.close();
    }
  },
  60_000,
);
