import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'puppeteer-core';
import { consoleApp } from '../../../../lib/ops/console/app.ts';
import type { OverviewModel } from '../../../../lib/ops/console/model/overview.ts';
import type { PersonModel } from '../../../../lib/ops/console/model/person.ts';
import { localTargetOf } from '../../../../lib/ops/target/local.ts';
import { checkSettings } from '../../../../lib/settings/check.ts';
import { consoleConfig } from '../../../../lib/settings/runtime-config.ts';
import { inScheme, openPage, overflow, startBrowser, violations } from '../../../support/browser.ts';
import { loadBundle } from '../../../support/bundled.ts';
import { type Dashboard, dashboard, type WidgetHandler } from '../../../support/console/cloudwatch.ts';
import { EXAMPLES } from '../../../support/console/examples.ts';
import { fill, type Place, press, served, textOf } from '../../../support/console/place.ts';
import { READS } from '../../../support/console/walk.ts';
import { eventually, signGeneric } from '../../../support/driver.ts';
import { type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';

/** The console of a running local stack and its widget, in one real browser, and as programs see them. */

const SOURCES = { shop: { provider: 'generic' }, news: { provider: 'generic' } };
let stack: OpsStack;
let browser: Browser;
let entrance: string;
let origin: string;
let page: Page;
let place: Place;

beforeAll(async () => {
  [stack, browser] = await Promise.all([
    startOpsStack(SOURCES, {
      secrets: { shop: 'shop-secret-of-tests', news: 'news-secret-of-tests' },
      settings: { byMessageIndex: true, archive: {}, searchKeys: ['requestId'] },
    }),
    startBrowser(),
  ]);
  entrance = stack.local.stack.console?.url ?? '';
  origin = new URL(entrance).origin;
  page = await openPage(browser);
  await page.goto(entrance);
  place = served(page, origin);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

type Facts = Readonly<Record<string, unknown>>;
let sent = 0;
async function report(events: readonly Facts[], source = 'shop'): Promise<void> {
  const body = JSON.stringify(
    events.map((facts) => ({ timestamp: '2026-05-04T10:00:00Z', message_id: `m-${++sent}`, ...facts })),
  );
  const { status } = await stack.driver.post(source, body, signGeneric(body, `${source}-secret-of-tests`));
  expect(status).toBe(200);
}
const bounce = (recipient: string, facts: Facts = {}): Facts => ({
  event: 'hard_bounce',
  recipient,
  reason: '550 5.1.1 user unknown',
  smtp_code: 550,
  ...facts,
});
/** Waits until it is so. */
const until = (is: () => Promise<boolean>) =>
  eventually(async () => {
    if (!(await is())) throw new Error('not yet');
  }, 30_000);
const suppressed = () => stack.driver.suppressed();
const isSuppressed = async (address: string) => (await suppressed()).includes(address);

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

test('the first webhook appears by itself, and so does a refused one with its reason', async () => {
  expect(await textOf(page)).toContain('No webhook has arrived yet');
  await report([bounce('first@example.com')]);
  await page.waitForFunction("document.body.innerText.includes('1 of 2 sources alive')", { timeout: 30_000 });
  const { json } = await stack.driver.post('news', '{"event":"hard_bounce"}');
  await page.waitForFunction("document.body.innerText.includes('missing-proof')", { timeout: 30_000 });
  await Promise.all([page.waitForNavigation(), page.click(`a[href="/requests/${json.requestId}"]`)]);
  expect(await textOf(page)).toMatch(/refused\s+missing-proof/);
});

/** Texts that a stranger may send, and the words of one who would forge a line. */
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
/** By day every other thing is done in a browser without script, by night each of them with and without. */
const ROUNDS: readonly (readonly [string, (nth: number) => boolean])[] =
  process.env.NIGHTLY === undefined
    ? [['with script and without in turn', (nth) => nth % 2 === 0]]
    : [
        ['with script', () => true],
        ['without script', () => false],
      ];
const personOf = (round: string): string => `${round.replaceAll(' ', '-')}@example.com`;
const hostileAddress = (at: number): string => `hostile-${at}@example.com`;
/** What stands in an address itself, as far as an address can hold it. */
const HOSTILE_ADDRESSES = [
  '<img/src=x/onerror=self.ran=1>@example.com',
  "=cmd|'/c'!a1@example.com",
  `${'y'.repeat(200)}@example.com`,
];

describe('over what has arrived', () => {
  beforeAll(async () => {
    await report([
      bounce('ada@example.com', { message_id: 'mail-ada' }),
      { event: 'delivered', recipient: 'bea@example.com', message_id: 'story-1' },
      { event: 'complaint', recipient: 'bea@example.com', message_id: 'story-1', timestamp: '2026-05-04T11:00:00Z' },
      { event: 'unsubscribe', recipient: 'cy@example.com' },
      ...ROUNDS.map(([round]) => ({ event: 'delivered', recipient: personOf(round) })),
    ]);
    await report(
      [
        ...HOSTILE.map((text, at) =>
          bounce(hostileAddress(at), {
            reason: `550 5.1.1 user unknown ${text}`,
            message_id: text.slice(0, 200),
            url: text,
            user_agent: text,
            tags: [text],
            metadata: { campaign: text, [text.slice(0, 40)]: text },
          }),
        ),
        ...HOSTILE.flatMap((text, at) => [
          { event: 'open', recipient: hostileAddress(at), subject: text, user_agent: text },
          { event: 'click', recipient: hostileAddress(at), url: text, tags: [text], metadata: { campaign: text } },
          { event: text, recipient: hostileAddress(at) },
        ]),
        ...HOSTILE_ADDRESSES.map((recipient) => bounce(recipient)),
      ],
      'news',
    );
    await stack.driver.deliver('not a message of ours');
    const expected = [
      ...HOSTILE.map((_, at) => hostileAddress(at)),
      ...HOSTILE_ADDRESSES,
      'ada@example.com',
      'cy@example.com',
    ];
    await stack.driver.nothingUnderWay();
    expect(await suppressed()).toEqual(expect.arrayContaining(expected));
    expect(await stack.driver.depth('deadLetter')).toBe(1);
  }, 60_000);

  describe.each(ROUNDS.map(([round, hasScript], day) => [round, hasScript, `2026-04-0${day + 1}`] as const))(
    'by keyboard alone, %s',
    (round, hasScript, day) => {
      const address = personOf(round);
      let done = 0;
      beforeEach(() => page.setJavaScriptEnabled(hasScript(done++)));

      test.each(READS)('%s', (_name, read) => read(place), 60_000);

      test('somebody is suppressed with a note, and lifted', async () => {
        await place.open('/');
        await fill(place, 'Find a person', address.toUpperCase());
        await place.enter();
        expect(decodeURIComponent(new URL(page.url()).pathname)).toBe(`/people/${address}`);
        expect(await textOf(page)).toContain('Is not on the list. The last report: delivered');

        await press(place, 'Suppress');
        await fill(place, 'Why', 'wrote to support');
        await press(place, 'Suppress');
        expect(await textOf(page)).toContain(
          'Gets no mail from us, for ever: somebody put the address on the list by hand',
        );
        expect(await textOf(page)).toContain('wrote to support');
        expect(await isSuppressed(address)).toBe(true);

        await press(place, 'Lift');
        await fill(place, 'Why', 'a mistake');
        await press(place, 'Lift');
        expect(await textOf(page)).toContain('Is not on the list: it was lifted.');
        expect(await isSuppressed(address)).toBe(false);
      }, 60_000);

      test('a window is undone, and who stays is said before', async () => {
        const wrongly = `wrongly-${address}`;
        await report([bounce(wrongly, { timestamp: `${day}T10:30:00Z` })]);
        await until(() => isSuppressed(wrongly));
        await place.open('/list');
        await press(place, 'Undo a window');
        await fill(place, 'From', `${day}T10:00:00Z`);
        await fill(place, 'Until', `${day}T11:00:00Z`);
        await press(place, 'Show whom it concerns');
        expect(await textOf(page)).toMatch(/1 person would come back.+0 stay on the list.+wrongly-/s);
        expect(await isSuppressed(wrongly)).toBe(true);
        await fill(place, 'Why', 'the ESP reported it by mistake');
        await press(place, 'Undo');
        expect(new URL(page.url()).pathname).toBe('/list');
        expect(await isSuppressed(wrongly)).toBe(false);
      }, 60_000);

      test('dead letters are redriven', async () => {
        await place.open('/letters');
        await press(place, 'Redrive');
        expect(await textOf(page)).toContain('Redrive 1 dead letter');
        await fill(place, 'Why', 'the code was mended');
        await press(place, 'Redrive');
        expect(await textOf(page)).toContain('Put back on the delivery queue: 1.');
        // It is still no message of ours.
        await stack.driver.nothingUnderWay();
        expect(await stack.driver.depth('deadLetter')).toBe(1);
      }, 60_000);

      test('a report is a table and a chart, and rates are', async () => {
        await place.open('/reports');
        await press(place, 'Bounce reasons');
        const figures = () =>
          page.$$eval('main .chart', (charts) => charts.map((one) => one.getAttribute('aria-label')));
        expect(await figures()).toEqual([expect.stringContaining('the numbers are in the table below')]);
        expect(await textOf(page)).toContain('hard');
        await press(place, 'Rates');
        expect(await figures()).toEqual([
          expect.stringContaining('Hard bounces in a hundred'),
          expect.stringContaining('Complaints in a hundred'),
        ]);
        expect(await page.$$eval('main tbody tr', (rows) => rows.length)).toBeGreaterThan(0);
      }, 60_000);
    },
  );

  describe('as a widget of CloudWatch', () => {
    let widget: Dashboard;
    let handler: WidgetHandler;
    const lines: unknown[] = [];

    beforeAll(async () => {
      const checked = checkSettings({ sources: SOURCES, console: true, byMessageIndex: true }, 'test');
      if (!('settings' in checked)) throw new Error(JSON.stringify(checked.mistakes));
      const { url, tables, queues, endpoints } = stack.local.stack;
      const outputs = {
        ApiUrl: url,
        EventsTableName: tables.events,
        SuppressionTableName: tables.suppression,
        DeliveryQueueUrl: queues.delivery,
        ActsQueueUrl: queues.acts,
        FeedsQueueUrl: 'none',
        DeadLetterQueueUrl: queues.deadLetter,
        DeliveriesMappingId: 'DeliveryQueue',
        ActsMappingId: 'ActsQueue',
        FeedsMappingId: 'none',
      };
      const services = Object.entries(endpoints).map(([name, at]) => [`AWS_ENDPOINT_URL_${name.toUpperCase()}`, at]);
      handler = (await loadBundle('console', consoleConfig(checked.settings), {
        ...Object.fromEntries(services),
        // CloudWatch and Athena have no stand-in here: nobody answers.
        AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
        STACK_OUTPUTS: JSON.stringify(outputs),
      })) as WidgetHandler;
      widget = await dashboard(browser, (event, context) => {
        const write = process.stdout.write;
        process.stdout.write = ((chunk: unknown) => lines.push(chunk) > 0) as typeof write;
        return handler(event, context).finally(() => {
          process.stdout.write = write;
        });
      });
    }, 60_000);

    test.each(READS)('%s', (_name, read) => read(widget), 60_000);

    test('it says what it is, and shows the overview for whatever is no page', async () => {
      const context = { invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:console' };
      expect(await handler({ describe: true }, context)).toMatch(/^## Quell\n/);
      for (const path of ['//evil.example/', 'https://evil.example', 7, '\\', '/'.repeat(5000)])
        expect(String(await handler({ path }, context))).toContain('id="quell-glance"');
    });

    test.each(['light', 'dark'] as const)(
      '%s: no violation of axe, nothing wider than the widget',
      async (theme) => {
        await widget.dress(theme);
        await widget.page.setViewport({ width: 360, height: 900 });
        const paths = ['/', '/people/ada%40example.com', '/list', '/events', '/letters', '/sources/shop'];
        for (const path of paths.filter((_path, nth) => inScheme(nth, theme))) {
          await widget.open(path);
          expect([path, await violations(widget.page)]).toEqual([path, []]);
          expect([path, await overflow(widget.page)]).toEqual([path, 0]);
        }
        await widget.page.setViewport({ width: 1440, height: 900 });
      },
      60_000,
    );

    test('nothing in it had to be cleaned, no action is shown, none works, and no line was logged', async () => {
      for (const [at, text] of HOSTILE.entries()) {
        await widget.open(`/people/${encodeURIComponent(hostileAddress(at))}`);
        expect(await widget.page.evaluate('globalThis.ran')).toBeUndefined();
        expect(await textOf(widget.page)).not.toContain('\u202E');
        expect(text.length).toBeGreaterThan(0);
      }
      expect(await widget.cleaned()).toBeUndefined();
      for (const path of ['/', '/people/ada%40example.com', '/list', '/letters', '/sources/shop']) {
        await widget.open(path);
        expect(await textOf(widget.page)).not.toMatch(
          /(Suppress|Lift|Erase|Redrive|Drop|Pause|Resume|Mute|Undo[^…]*)…/,
        );
      }
      await widget.open('/people/ada%40example.com/lift');
      expect(await textOf(widget.page)).toContain('There is no such page');
      expect(await isSuppressed('ada@example.com')).toBe(true);
      expect(lines).toEqual([]);
    }, 60_000);
  });

  describe('how it looks', () => {
    beforeAll(() => page.setJavaScriptEnabled(true));

    test('every path of the application is looked at', () => {
      const { routes } = consoleApp({
        context: {
          target: localTargetOf(stack.local.stack, stack.root),
          watch: {} as never,
          readOnly: false,
          now: Date.now,
        },
        door: { token: 'x', port: () => 0 },
        version: '0',
        watchChanges: () => () => {},
      });
      const paths = routes.filter(({ method, path }) => method === 'GET' && !/^\/(assets|live|people$)/.test(path));
      expect(Object.keys(EXAMPLES).sort()).toEqual([...new Set(paths.map(({ path }) => path))].sort());
    });

    test.each(Object.entries(EXAMPLES).map(([path, example], nth) => [path, example, nth] as const))(
      '%s: no violation of axe, no scrolling sideways',
      async (_path, example, nth) => {
        await place.open(example);
        for (const width of [1440, 768, 360]) {
          await page.setViewport({ width, height: 900 });
          expect([width, await overflow(page)]).toEqual([width, 0]);
        }
        for (const scheme of (['light', 'dark'] as const).filter((one) => inScheme(nth, one))) {
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
          expect([scheme, await violations(page)]).toEqual([scheme, []]);
        }
        await page.setViewport({ width: 1440, height: 900 });
      },
      60_000,
    );
  });

  test('what strangers send runs nothing, forges nothing and breaks no page, in any field', async () => {
    // Operators' words are as little ours: they may have been pasted.
    const visit = await visitor();
    for (const [at, text] of HOSTILE.entries()) {
      const path = `/people/${encodeURIComponent(hostileAddress(at))}/suppress`;
      const { status } = await visit(path, form({ note: text.slice(0, 500), actor: text.slice(0, 200) }));
      expect([path, status]).toEqual([path, 200]);
    }
    const long = { source: 'news', from: '2020-01-01T00:00:00Z', until: '2020-01-02T00:00:00Z' };
    const note = HOSTILE.map((text) => text.slice(0, 60)).join(' ');
    expect((await visit('/list/undo', form({ ...long, note, actor: note }))).status).toBe(200);
    await page.setViewport({ width: 360, height: 900 });
    const paths = HOSTILE.flatMap((text, at) => [
      `/people/${encodeURIComponent(hostileAddress(at))}`,
      `/messages/${encodeURIComponent(text.slice(0, 200))}`,
    ]);
    const [script = '', image = ''] = HOSTILE.map(encodeURIComponent);
    for (const path of [
      '/',
      '/events',
      '/list',
      '/audit',
      '/list/undo',
      '/reports/bounce-reasons',
      '/reports/links',
      ...HOSTILE_ADDRESSES.map((address) => `/people/${encodeURIComponent(address)}`),
      ...paths,
      `/people?q=${script}`,
      `/people?q=${image}`,
      `/list?source=${image}`,
      `/events?since=${image}`,
      `/sources/${image}`,
      `/reports/${image}`,
      `/requests/${image}`,
      `/letters/${image}/redrive`,
      `/${script}`,
    ]) {
      await place.open(path);
      const [ran, wider, text] = await Promise.all([
        page.evaluate('globalThis.ran'),
        overflow(page),
        page.evaluate('document.querySelector("main").innerText'),
      ]);
      expect([path, ran, wider]).toEqual([path, undefined, 0]);
      const shown = String(text);
      expect(shown).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
      expect(shown.split('\n')).not.toContain('ada@example.com NOT suppressed');
    }
    await page.setViewport({ width: 1440, height: 900 });
  }, 60_000);

  test('dead letters are dropped only by who says so', async () => {
    const visit = await visitor();
    expect((await visit('/letters/unreadable-message/drop', form({ note: 'gone' }))).status).toBe(400);
    expect(await stack.driver.depth('deadLetter')).toBe(1);
    expect(
      await (await visit('/letters/unreadable-message/drop', form({ note: 'gone', really: 'yes' }))).json(),
    ).toMatchObject({ ok: true });
    await until(async () => (await stack.driver.depth('deadLetter')) === 0);
  }, 60_000);

  test('processing is paused and resumed', async () => {
    const visit = await visitor();
    expect(await (await visit('/sources/shop/pause', form({ note: 'a move' }))).json()).toMatchObject({ ok: true });
    const overview = (await (await visit('/')).json()) as OverviewModel;
    expect(overview.processing).toMatchObject({ state: 'Disabled' });
    await place.open('/sources/shop');
    expect(await textOf(page)).toContain('Resume…');
    expect(await (await visit('/sources/shop/resume', form({ note: 'done' }))).json()).toMatchObject({ ok: true });
  }, 60_000);

  test('erasing needs the box, and leaves nothing', async () => {
    const visit = await visitor();
    const path = '/people/hostile-0%40example.com/erase';
    expect((await visit(path, form({ note: 'for hostile-0@example.com', really: 'yes' }))).status).toBe(400);
    expect((await visit(path, form({ note: 'request 1' }))).status).toBe(400);
    expect(await isSuppressed('hostile-0@example.com')).toBe(true);
    expect(await (await visit(path, form({ note: 'request 1', really: 'yes' }))).json()).toMatchObject({ ok: true });
    const model = (await (await visit('/people/hostile-0%40example.com')).json()) as PersonModel;
    expect(model).toMatchObject({ sentence: expect.stringContaining('Is not on the list'), mails: [], reasons: [] });
    // Who did it, and why, stays: under a mark that names nobody.
    expect(model.acts).toEqual([expect.objectContaining({ what: 'erase', note: 'request 1', result: 'done' })]);
  }, 60_000);
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
    for (const path of ['sources/nothing', 'sources/nothing/pause', 'list?reason=bounce', 'list?since=x'])
      expect([path, (await visit(`/${path}`)).status]).toEqual([path, 400]);
  });
});

describe('read-only', () => {
  test('shows no action, and does none', async () => {
    const { localTargetOf } = await import('../../../../lib/ops/target/local.ts');
    const { LogWatch } = await import('../../../../lib/ops/commands/doctor/watch-logs.ts');
    const { serveConsole } = await import('../../../../lib/ops/console/server.ts');
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
      const others = ['redrive', 'drop'].map((act) => `letters/crash-loop/${act}`);
      for (const path of [...acts, ...others, 'sources/shop/pause', 'sources/shop/resume', 'list/undo'])
        expect([path, (await visit(`/${path}`, form({ note: 'x', really: 'yes' }))).status]).toEqual([path, 404]);
      expect(await isSuppressed('first@example.com')).toBe(true);
    } finally {
      await served.close();
    }
  });
});
