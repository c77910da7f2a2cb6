import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'puppeteer-core';
import type { OverviewModel } from '../../../lib/ops/console/model/overview.ts';
import type { PersonModel } from '../../../lib/ops/console/model/person.ts';
import { type Look, openPage, overflow, startBrowser, violations } from '../../support/browser.ts';
import { eventually, signGeneric } from '../../support/driver.ts';
import { type OpsStack, startOpsStack } from '../../support/ops-stack.ts';

/** The console of a running local stack, in a real browser and as programs see it. */

let stack: OpsStack;
let browser: Browser;
let entrance: string;
let origin: string;

beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startOpsStack(
      { shop: { provider: 'generic' }, news: { provider: 'generic' } },
      {
        secrets: { shop: 'shop-secret-of-tests', news: 'news-secret-of-tests' },
        settings: { byMessageIndex: true, archive: {} },
      },
    ),
    startBrowser(),
  ]);
  entrance = stack.local.stack.console?.url ?? '';
  origin = new URL(entrance).origin;
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

let sent = 0;
async function report(facts: object, source = 'shop'): Promise<void> {
  const body = JSON.stringify({ timestamp: '2026-05-04T10:00:00Z', message_id: `m-${++sent}`, ...facts });
  const { status } = await stack.driver.post(source, body, signGeneric(body, `${source}-secret-of-tests`));
  expect(status).toBe(200);
}
const bounce = (recipient: string, reason = '550 5.1.1 user unknown', facts: object = {}) =>
  report({ event: 'hard_bounce', recipient, reason, smtp_code: 550, ...facts });
/** Waits until it is so. */
const until = (is: () => Promise<boolean>) =>
  eventually(async () => {
    if (!(await is())) throw new Error('not yet');
  }, 15_000);
const isSuppressed = async (address: string) => (await stack.driver.suppressed()).includes(address);

async function enter(look: Look = {}, path = '/'): Promise<Page> {
  const page = await openPage(browser, look);
  await page.goto(entrance);
  if (path !== '/') await page.goto(origin + path);
  return page;
}
const textOf = (page: Page): Promise<string> => page.evaluate('document.body.innerText') as Promise<string>;

/** A program that came in with the token. */
async function visitor(): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const answer = await fetch(entrance, { redirect: 'manual' });
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return (path, init = {}) =>
    fetch(origin + path, {
      redirect: 'manual',
      ...init,
      headers: { cookie, accept: 'application/json', ...init.headers },
    });
}
const form = (fields: Readonly<Record<string, string>>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
});

describe('what people do', () => {
  test('the first webhook appears by itself, and so does a refused one with its reason', async () => {
    const page = await enter();
    expect(await textOf(page)).toContain('No webhook has arrived yet');
    await bounce('first@example.com');
    await page.waitForFunction("document.body.innerText.includes('1 of 2 sources alive')", { timeout: 10_000 });
    await stack.driver.post('news', '{"event":"hard_bounce"}');
    await page.waitForFunction("document.body.innerText.includes('missing-proof')", { timeout: 10_000 });
    await page.close();
  });

  test.each([
    ['with script', true],
    ['without script', false],
  ])(
    'a person is found, suppressed with a note, explained and lifted, by keyboard, %s',
    async (name, script) => {
      const address = `${name.replace(' ', '-')}@example.com`;
      await report({ event: 'delivered', recipient: address, message_id: `mail-${script}` });
      await until(async () => (await stack.driver.events()).some(({ recipient }) => recipient === address));
      const page = await enter({ script });
      const press = async (...keys: string[]) => {
        for (const key of keys) await page.keyboard.press(key as 'Tab');
      };
      /** Tabs to what has this text or name, as somebody without a mouse does. */
      const reach = async (words: string) => {
        for (let tabs = 0; tabs < 60; tabs++) {
          await press('Tab');
          const at = await page.evaluate(
            '(document.activeElement?.innerText || document.activeElement?.getAttribute("aria-label") || document.activeElement?.name || "")',
          );
          if (String(at).includes(words)) return;
        }
        throw new Error(`nothing called "${words}" can be reached`);
      };
      const enterKey = async () => {
        await Promise.all([page.waitForNavigation(), press('Enter')]);
      };

      await reach('Find a person');
      await page.keyboard.type(address.toUpperCase());
      await enterKey();
      expect(decodeURIComponent(new URL(page.url()).pathname)).toBe(`/people/${address}`);
      expect(await textOf(page)).toContain('Is not on the list. The last report: delivered');

      await reach('Suppress');
      await enterKey();
      await reach('note');
      await page.keyboard.type('wrote to support');
      await reach('Suppress');
      await enterKey();
      expect(await textOf(page)).toContain(
        'Gets no mail from us, for ever: somebody put the address on the list by hand',
      );
      expect(await textOf(page)).toContain('wrote to support');
      expect(await isSuppressed(address)).toBe(true);

      await reach('Lift');
      await enterKey();
      await reach('note');
      await page.keyboard.type('a mistake');
      await reach('Lift');
      await enterKey();
      expect(await textOf(page)).toContain('Is not on the list: it was lifted.');
      expect(await isSuppressed(address)).toBe(false);
      await page.close();
    },
    60_000,
  );

  test('a mail tells its story', async () => {
    await report({ event: 'delivered', recipient: 'story@example.com', message_id: 'story-1' });
    await report({
      event: 'complaint',
      recipient: 'story@example.com',
      message_id: 'story-1',
      timestamp: '2026-05-04T11:00:00Z',
    });
    await until(
      async () => (await stack.driver.events()).filter(({ messageId }) => messageId === 'story-1').length === 2,
    );
    const page = await enter({}, '/people?q=story-1');
    expect(await textOf(page)).toMatch(/story@example\.com\s+delivered, marked as spam/);
    await page.close();
  });

  test('dead letters are counted by cause, redriven, and dropped only by who says so', async () => {
    await stack.driver.deliver('not a message of ours');
    await until(async () => (await stack.driver.depth('deadLetter')) > 0);
    const page = await enter({}, '/letters');
    expect(await textOf(page)).toContain('unreadable-message');
    const visit = await visitor();
    const asked = await (
      await visit('/letters/unreadable-message/redrive', { headers: { accept: 'text/html' } })
    ).text();
    expect(asked).toContain('Redrive 1 dead letter');
    expect(await (await visit('/letters/unreadable-message/redrive', form({ note: 'again' }))).json()).toMatchObject({
      ok: true,
    });
    await until(async () => (await stack.driver.depth('deadLetter')) > 0);
    expect((await visit('/letters/unreadable-message/drop', form({ note: 'gone' }))).status).toBe(400);
    expect(await stack.driver.depth('deadLetter')).toBe(1);
    expect(
      await (await visit('/letters/unreadable-message/drop', form({ note: 'gone', really: 'yes' }))).json(),
    ).toMatchObject({ ok: true });
    await until(async () => (await stack.driver.depth('deadLetter')) === 0);
    await page.close();
  }, 60_000);

  test('processing is paused and resumed', async () => {
    const visit = await visitor();
    expect(await (await visit('/sources/shop/pause', form({ note: 'a move' }))).json()).toMatchObject({ ok: true });
    const overview = (await (await visit('/')).json()) as OverviewModel;
    expect(overview.processing).toMatchObject({ state: 'Disabled' });
    const page = await enter({}, '/sources/shop');
    expect(await textOf(page)).toContain('Resume…');
    expect(await (await visit('/sources/shop/resume', form({ note: 'done' }))).json()).toMatchObject({ ok: true });
    await page.close();
  }, 30_000);

  test('erasing needs the box, and leaves nothing', async () => {
    await bounce('gone@example.com');
    await until(() => isSuppressed('gone@example.com'));
    const visit = await visitor();
    const path = '/people/gone%40example.com/erase';
    expect((await visit(path, form({ note: 'request 1' }))).status).toBe(400);
    expect(await isSuppressed('gone@example.com')).toBe(true);
    expect(await (await visit(path, form({ note: 'request 1', really: 'yes' }))).json()).toMatchObject({ ok: true });
    const model = (await (await visit('/people/gone%40example.com')).json()) as PersonModel;
    expect(model).toMatchObject({ sentence: expect.stringContaining('Is not on the list'), mails: [], reasons: [] });
  });
});

const PAGES = [
  '/',
  '/people/first%40example.com',
  '/messages/m-1',
  '/list',
  '/letters',
  '/sources/shop',
  '/events',
  '/rates',
  '/reports',
  '/reports/bounce-reasons',
  '/people/first%40example.com/suppress',
];

describe('how it looks', () => {
  test.each(PAGES)(
    '%s: no violation of axe in light and dark, and nothing is wider than a telephone',
    async (path) => {
      for (const look of [{ width: 360 }, { width: 768 }, { width: 1440, dark: true }]) {
        const page = await enter(look, path);
        expect([path, look, await violations(page)]).toEqual([path, look, []]);
        expect([path, look, await overflow(page)]).toEqual([path, look, 0]);
        await page.close();
      }
    },
    60_000,
  );
});

describe('what strangers send', () => {
  const HOSTILE = [
    '<script>globalThis.ran = 1</script>',
    '"><img src=x onerror="globalThis.ran = 1">',
    "'); globalThis.ran = 1; ('",
    `=cmd|'/c calc'!A1`,
    'javascript:globalThis.ran = 1',
    `\u202Emoc.elpmaxe@ada\u2066`,
    'line\nada@example.com NOT suppressed',
    'x'.repeat(2048),
  ];

  test.each(HOSTILE)(
    '%j runs nothing, forges nothing, and breaks no page',
    async (text) => {
      const recipient = `hostile-${HOSTILE.indexOf(text)}@example.com`;
      await bounce(recipient, `550 5.1.1 user unknown ${text}`, {
        message_id: text.slice(0, 200),
        url: text,
        tags: [text],
      });
      await until(() => isSuppressed(recipient));
      const page = await enter({ width: 360 });
      for (const path of [
        '/',
        `/people/${encodeURIComponent(recipient)}`,
        `/messages/${encodeURIComponent(text.slice(0, 200))}`,
        `/people?q=${encodeURIComponent(text)}`,
        `/list?source=${encodeURIComponent(text)}`,
        `/sources/${encodeURIComponent(text)}`,
        `/${encodeURIComponent(text)}`,
      ]) {
        await page.goto(origin + path);
        expect([path, await page.evaluate('globalThis.ran')]).toEqual([path, undefined]);
        expect([path, await overflow(page)]).toEqual([path, 0]);
        const shown = await page.evaluate('document.querySelector("main").innerText');
        expect(String(shown)).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
        expect(String(shown).split('\n')).not.toContain('ada@example.com NOT suppressed');
      }
      await page.close();
    },
    60_000,
  );
});

describe('who may come in', () => {
  const raw = (path: string, init: RequestInit = {}) => fetch(origin + path, { redirect: 'manual', ...init });

  test.each([
    ['no token', '/'],
    ['a wrong token', '/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['an empty token', '/?token='],
  ])('%s: 401, and no word of the stack', async (_name, path) => {
    const answer = await raw(path);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await answer.text()).toBe('Open the address that the terminal printed: it holds the key to this console.\n');
  });

  test('the cookie is for this console alone, and no script can read it', async () => {
    const answer = await raw(new URL(entrance).search.replace(/^/, '/'));
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/');
    expect(answer.headers.get('set-cookie')).toMatch(
      /^quell_console_\d+=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  test('a foreign Host is refused, whatever it knows', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      const url = new URL(entrance);
      request(url, { headers: { host: 'evil.example' } }, ({ statusCode }) => resolve(statusCode)).end();
    });
    expect(status).toBe(421);
  });

  test('a foreign Origin, a GET and a form without a note change nothing', async () => {
    const visit = await visitor();
    const path = '/people/kept%40example.com/suppress';
    for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await visit(path, { ...form({ note: 'x' }), headers })).status).toBe(403);
    expect((await visit(`${path}?note=x`)).status).toBe(200);
    expect((await visit(path, form({}))).status).toBe(400);
    expect((await visit(path, form({ note: '  ' }))).status).toBe(400);
    expect(await isSuppressed('kept@example.com')).toBe(false);
  });

  test('every answer forbids what no page of ours needs', async () => {
    const visit = await visitor();
    for (const path of ['/', '/nothing', '/assets/console.css', '/people/x%40example.com']) {
      const { headers } = await visit(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|\*/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('each page as its model', () => {
  test('programs get what people see', async () => {
    const visit = await visitor();
    const person = (await (await visit('/people/first%40example.com')).json()) as PersonModel;
    expect(person).toMatchObject({
      address: 'first@example.com',
      marketing: { suppressed: true },
      transactional: { suppressed: true },
      reasons: [{ reason: 'hard_bounce', marks: [{ state: 'counts', decides: true, source: 'shop' }] }],
      mails: [{ outcome: 'bounced', events: [{ type: 'bounced', bounceClass: 'hard' }] }],
    });
    expect(await (await visit('/list?reason=hard_bounce')).json()).toMatchObject({
      rows: expect.arrayContaining([expect.objectContaining({ address: 'first@example.com', reason: 'hard_bounce' })]),
    });
    expect((await visit('/nothing')).status).toBe(404);
    expect((await visit('/sources/nothing')).status).toBe(400);
  });
});

describe('read-only', () => {
  test('shows no action, and does none', async () => {
    const { localTargetOf } = await import('../../../lib/ops/target/local.ts');
    const { LogWatch } = await import('../../../lib/ops/commands/doctor/watch-logs.ts');
    const { serveConsole } = await import('../../../lib/ops/console/server.ts');
    const running = stack.local.stack;
    const served = await serveConsole({
      context: {
        target: localTargetOf(running, process.cwd()),
        watch: new LogWatch(running.logsDir),
        readOnly: true,
        now: Date.now,
      },
      version: '0',
      watchChanges: () => () => {},
    });
    try {
      const entered = await fetch(served.url, { redirect: 'manual' });
      const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      const visit = (path: string, init: RequestInit = {}) =>
        fetch(new URL(path, served.url), { redirect: 'manual', ...init, headers: { cookie } });
      for (const path of ['/', '/people/first%40example.com', '/list', '/letters', '/sources/shop']) {
        const text = await (await visit(path)).text();
        expect(text).toContain('read-only');
        expect(text).not.toMatch(/method="post"|(Suppress|Lift|Erase|Redrive|Drop|Pause|Resume|Mute)…/);
      }
      const acts = [
        'people/first%40example.com/suppress',
        'people/first%40example.com/lift',
        'people/first%40example.com/erase',
      ];
      for (const path of [...acts, 'letters/crash-loop/redrive', 'letters/crash-loop/drop', 'sources/shop/pause'])
        expect([path, (await visit(`/${path}`, form({ note: 'x', really: 'yes' }))).status]).toEqual([path, 404]);
      expect(await isSuppressed('first@example.com')).toBe(true);
    } finally {
      await served.close();
    }
  });
});
