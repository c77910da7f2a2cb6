import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { withBursts } from '../../../lambda/domain/machines/bursts.ts';
import { ask as askFolder } from '../../../lib/ops/commands/report/local.ts';
import { tableCsv, tableLines } from '../../../lib/ops/commands/report/table.ts';
import { ATHENA, DUCKDB } from '../../../lib/reports/dialect.ts';
import { REPORTS, reportOf, sqlOf } from '../../../lib/reports/reports.ts';
import { PAGES, snippetsOf } from '../../support/docs/snippets.ts';
import { signGeneric } from '../../support/driver.ts';
import { ArchiveReader } from '../../support/feeds/archive.ts';
import { ARCHIVED_AND_SEARCHED, type OpsStack, SHOP_AND_NEWS, startOpsStack } from '../../support/ops-stack.ts';
import { trinoMistakes } from '../../support/trino.ts';

/** Reports over what the local stack itself archived, with answers worked out by hand. */

let stack: OpsStack;

type Facts = Readonly<Record<string, unknown>>;

/** Events of one request, as a sender of the generic scheme would post them. */
let posted = 0;
async function post(source: string, events: readonly Facts[]): Promise<void> {
  posted += events.length;
  const body = JSON.stringify(events);
  const { status } = await stack.driver.post(source, body, signGeneric(body, `${source}-secret-of-tests`));
  expect(status).toBe(200);
}

let made = 0;
/** Yesterday, so that no event lies ahead of the clock; its hours are whole. */
const DAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const TODAY = [DAY, new Date().toISOString().slice(0, 10)] as const;
const at = (minutes: number) => new Date(Date.parse(`${DAY}T10:00:00Z`) + minutes * 60_000).toISOString();
const fact = (event: string, recipient: string, more: Facts = {}): Facts => ({
  event,
  recipient,
  message_id: `m${++made}`,
  timestamp: at(made),
  ...more,
});
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

beforeAll(async () => {
  const secrets = { shop: 'shop-secret-of-tests', news: 'news-secret-of-tests' };
  stack = await startOpsStack(SHOP_AND_NEWS, { settings: ARCHIVED_AND_SEARCHED, secrets });
  const spring = { metadata: { campaign: 'Spring' } };
  await post('shop', [
    // Custom keys in every spelling, two of them in one event; nested quotes; an id of 17 digits.
    fact('delivered', 'a@gmail.com', {
      metadata: { Campaign: 'wrong', campaign: 'Spring', campaignId: '12345678901234567' },
    }),
    fact('delivered', 'b@gmail.com', { metadata: { Campaign: 'Spring' } }),
    fact('delivered', 'c@outlook.com', { metadata: { campaignId: 'Spring' } }),
    fact('delivered', 'd@yahoo.com', spring),
    fact('delivered', 'e@example.com', { metadata: { campaign: `O'Neill "quoted" \\"twice\\"` } }),
    fact('delivered', 'f@example.com', { metadata: { campaign_id: '12345678901234567' } }),
    fact('delivered', 'g@example.com', { tags: ['first-tag', 'blue'] }),
  ]);
  await post('shop', [
    fact('complaint', 'c@outlook.com', spring),
    fact('hard_bounce', 'x@gmail.com', { smtp_code: 550, reason: '550 5.1.1 no such user', ...spring }),
    fact('open', 'a@gmail.com', spring),
    fact('open', 'd@yahoo.com', spring),
    ...times(3, () => fact('click', 'a@gmail.com', { url: 'https://shop.example/sale?u=1#top', ...spring })),
    fact('click', 'd@yahoo.com', { url: 'https://shop.example/sale?u=2', ...spring }),
    fact('unsubscribe', 'd@yahoo.com', spring),
    ...times(3, () => fact('delivered', 'quiet@example.com', { tags: ['blue'] })),
    // Not people: Apple's loader, Google's proxy, and a gateway that follows every link, in requests of its own each.
    fact('open', 'b@gmail.com', {
      user_agent: 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
      ...spring,
    }),
    fact('open', 'e@example.com', { user_agent: 'Mozilla/5.0', ...spring }),
  ]);
  const sweep = (second: string, path: string) =>
    post('shop', [
      {
        ...fact('click', 'f@example.com', { url: `https://shop.example/${path}`, ...spring }),
        message_id: 'swept',
        timestamp: `${DAY}T12:00:${second}Z`,
      },
    ]);
  await sweep('00.000', 'sale?u=3');
  await sweep('00.900', 'imprint');
  // Three proxied openings are a sign of life; three by a loader are none.
  await post(
    'shop',
    times(3, () => fact('delivered', 'proxied@example.com', { tags: ['green'] })),
  );
  await post('shop', [
    fact('open', 'proxied@example.com', { user_agent: 'YahooMailProxy; https://help.yahoo.example', tags: ['green'] }),
  ]);
  // One link, thirty clicks in one hour and one in each of two others; people and machines alike.
  const link = { url: 'https://shop.example/leak' };
  await post('news', [
    ...times(30, (n) =>
      fact('click', `s${n}@example.com`, { ...link, timestamp: `${DAY}T07:${String(n).padStart(2, '0')}:00Z` }),
    ),
    fact('click', 's1@example.com', { ...link, timestamp: `${DAY}T03:00:00Z` }),
    fact('click', 's2@example.com', { ...link, timestamp: `${DAY}T04:00:00Z` }),
  ]);
  // The same again: an ESP that repeats itself is archived twice, and counted once.
  made = 0;
  await post('shop', [
    fact('delivered', 'a@gmail.com', {
      metadata: { Campaign: 'wrong', campaign: 'Spring', campaignId: '12345678901234567' },
    }),
  ]);
  // All of it, whatever was asked for first: requests are processed side by side, and one can be late.
  const archive = new ArchiveReader(stack.local);
  await archive.holds(posted);
  archive.close();
}, 120_000);
afterAll(() => stack?.stop());

async function ask(name: string, ...more: string[]): Promise<Record<string, unknown>[]> {
  const { code, out } = await stack.run(['report', name, '--from', TODAY[0], '--to', TODAY[1], '--json', ...more]);
  expect(code).toBeLessThan(2);
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('known answers', () => {
  test('rates: complaints only against deliveries that can be complained about', async () => {
    expect(await ask('rates')).toEqual([
      {
        operator: 'other',
        delivered: 9,
        hard: 0,
        soft: 0,
        blocked: 0,
        undetermined: 0,
        complained: 0,
        hard_percent: 0,
        bounced_percent: 0,
        complained_percent: 0,
      },
      {
        operator: 'google',
        delivered: 2,
        hard: 1,
        soft: 0,
        blocked: 0,
        undetermined: 0,
        complained: 0,
        hard_percent: 33.33,
        bounced_percent: 33.33,
        complained_percent: null,
      },
      {
        operator: 'microsoft',
        delivered: 1,
        hard: 0,
        soft: 0,
        blocked: 0,
        undetermined: 0,
        complained: 1,
        hard_percent: 0,
        bounced_percent: 0,
        complained_percent: 100,
      },
      {
        operator: 'yahoo',
        delivered: 1,
        hard: 0,
        soft: 0,
        blocked: 0,
        undetermined: 0,
        complained: 0,
        hard_percent: 0,
        bounced_percent: 0,
        complained_percent: 0,
      },
    ]);
  });

  test('campaigns whatever their key is spelt like, quotes and long ids to the letter', async () => {
    const rows = await ask('funnel');
    const delivered = Object.fromEntries(rows.map(({ campaign, delivered: people }) => [campaign, people]));
    expect(delivered).toEqual({
      Spring: 4,
      '(none)': 0,
      'O\'Neill "quoted" \\"twice\\"': 1,
      '12345678901234567': 1,
      'first-tag': 1,
      blue: 1,
      green: 1,
    });
    expect(rows.find(({ campaign }) => campaign === 'Spring')).toEqual({
      source: 'shop',
      campaign: 'Spring',
      accepted: 0,
      delivered: 4,
      opened: 2,
      clicked: 2,
      unsubscribed: 1,
      complained: 1,
      opened_by_proxy: 1,
      opened_by_machine: 1,
      clicked_by_machine: 1,
    });
  });

  test('complaints by campaign', async () => {
    expect(await ask('complaints-by-campaign')).toEqual([
      { source: 'shop', campaign: 'Spring', complaints: 1, delivered: 2, per_thousand: 500 },
    ]);
  });

  test('bounce reasons', async () => {
    expect(await ask('bounce-reasons')).toEqual([
      {
        operator: 'google',
        bounceclass: 'hard',
        bouncecause: 'mailbox',
        smtpstatus: '5.1.1',
        bounces: 1,
        people: 1,
        example: '550 5.1.1 no such user',
      },
    ]);
  });

  test('links, who clicked, and links that surge', async () => {
    expect(await ask('links')).toEqual([
      { campaign: '(none)', link: 'https://shop.example/leak', clicks: 32, people: 30, clicks_by_machine: 0 },
      { campaign: 'Spring', link: 'https://shop.example/sale', clicks: 4, people: 2, clicks_by_machine: 1 },
      { campaign: 'Spring', link: 'https://shop.example/imprint', clicks: 0, people: 0, clicks_by_machine: 1 },
    ]);
    expect(await ask('who-clicked', '--source', 'shop')).toEqual([
      expect.objectContaining({
        recipient: 'a@gmail.com',
        campaign: 'Spring',
        link: 'https://shop.example/sale',
        clicks: 3,
      }),
      expect.objectContaining({ recipient: 'd@yahoo.com', clicks: 1 }),
    ]);
    expect(await ask('surging-links')).toEqual([
      { link: 'https://shop.example/leak', hour: `${DAY}T07:00Z`, clicks: 30, usual: 1, clicks_by_machine: 0 },
    ]);
    // None of them names a campaign, and each was in a mail of its own.
    expect(await ask('surging-mails')).toEqual([]);
  });

  test('variants, engaged, gone quiet', async () => {
    expect(await ask('variants')).toEqual([
      { variant: 'blue', delivered: 2, opened: 0, clicked: 0, clicked_percent: 0 },
      { variant: 'first-tag', delivered: 1, opened: 0, clicked: 0, clicked_percent: 0 },
      { variant: 'green', delivered: 1, opened: 0, clicked: 0, clicked_percent: 0 },
    ]);
    expect(
      (await ask('engaged', '--source', 'shop')).map(({ recipient, opened, clicked }) => [recipient, opened, clicked]),
    ).toEqual([
      ['a@gmail.com', 1, 3],
      ['d@yahoo.com', 1, 1],
    ]);
    expect((await ask('gone-quiet')).map(({ recipient, delivered }) => [recipient, delivered])).toEqual([
      ['quiet@example.com', 3],
    ]);
  });

  test('days and sources choose; what nothing answers is exit 1, what is no report is exit 2', async () => {
    expect(await ask('links', '--source', 'news')).toHaveLength(1);
    const none = await stack.run(['report', 'links', '--from', '2026-05-06', '--to', '2026-05-07']);
    expect([none.code, none.out]).toEqual([1, '']);
    const wrong = await stack.run(['report', 'link']);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('Did you mean "links"')]);
    for (const args of [
      ['--from', '4 May'],
      ['--from', '2026-02-30'],
      ['--source', 'nobody'],
      ['--csv', '--json'],
    ])
      expect((await stack.run(['report', 'links', ...args])).code).toBe(2);
  });
});

describe('one rule for bursts', () => {
  test('an archive tells the same clicks as `withBursts`, whatever they are', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quell-bursts-'));
    mkdirSync(join(folder, 'day=2026-05-04'));
    const random = fc.tuple(
      fc.integer({ min: 0, max: 9000 }),
      fc.integer({ min: 0, max: 4 }),
      fc.constantFrom(undefined, undefined, undefined, true, false),
    );
    const mails = fc.sample(fc.array(random, { minLength: 1, maxLength: 12 }), { numRuns: 300, seed: 7 });
    const events = mails.flatMap((clicks, mail) =>
      clicks.map(([after, link, machine], n) => ({
        fingerprint: `${mail}-${n}`,
        type: 'clicked',
        recipient: 'ada@example.com',
        messageId: `m${mail}`,
        url: `https://shop.example/${link}`,
        occurredAt: new Date(Date.parse('2026-05-04T10:00:00Z') + after).toISOString(),
        ...(machine !== undefined && { machine }),
      })),
    );
    const line = { receivedAt: '2026-05-04T11:00:00.000Z', source: 'shop', origin: 'live', events };
    writeFileSync(join(folder, 'day=2026-05-04/a.gz'), gzipSync(`${JSON.stringify(line)}\n`));
    const report = {
      name: 'told',
      about: '',
      ofPeople: true,
      body: () => 'SELECT fingerprint FROM told WHERE machine',
    } as const;
    const { rows } = await askFolder(folder, sqlOf(report, DUCKDB, { from: '2026-05-01' }));
    const expected = withBursts(events as unknown as NormalisedEvent[]).flatMap((event) =>
      event.machine ? event.fingerprint : [],
    );
    expect(expected.length).toBeGreaterThan(500);
    expect(rows.flat().sort()).toEqual(expected.sort());
  });
});

test('a mail whose links somebody hammers on keeps nobody waiting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-hammer-'));
  mkdirSync(join(folder, 'day=2026-05-04'));
  const events = times(20_000, (n) => ({
    fingerprint: `${n}`,
    type: 'clicked',
    recipient: 'ada@example.com',
    messageId: 'm',
    url: `https://shop.example/${n % 3}`,
    occurredAt: new Date(Date.parse('2026-05-04T10:00:00Z') + (n % 3000)).toISOString(),
  }));
  const line = { receivedAt: '2026-05-04T11:00:00.000Z', source: 'shop', origin: 'live' };
  const lines = events.map((event) => JSON.stringify({ ...line, events: [event] }));
  writeFileSync(join(folder, 'day=2026-05-04/a.gz'), gzipSync(`${lines.join('\n')}\n`));
  // Under a second; 40 where each click looks at all of its neighbours.
  const { rows } = await askFolder(folder, sqlOf(reportOf('links') as never, DUCKDB, { from: '2026-05-01' }));
  expect(rows.map((row) => row.at(-1))).toEqual([6667, 6667, 6666]);
}, 20_000);

const day = '2026-05-04';
const told = (n: number, type: string, more: Facts = {}): Facts => ({
  fingerprint: `${n}`,
  type,
  recipient: 'ada@outlook.com',
  occurredAt: `${day}T10:00:00.000Z`,
  ...more,
});
const hard = { bounceClass: 'hard', bounceCause: 'mailbox' };
const answers = async (name: string, events: readonly Facts[]): Promise<unknown> => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-echo-'));
  mkdirSync(join(folder, `day=${day}`));
  const line = { receivedAt: `${day}T11:00:00.000Z`, source: 'shop', origin: 'live', events };
  writeFileSync(join(folder, `day=${day}/a.gz`), gzipSync(`${JSON.stringify(line)}\n`));
  return (await askFolder(folder, sqlOf(reportOf(name) as never, DUCKDB, { from: day, to: '9999-12-31' }))).rows;
};

describe("an ESP's list that repeats what had been told", () => {
  test.each(['rates', 'bounce-reasons'])('changes nothing of %s', async (name) => {
    const once = [told(1, 'delivered'), told(2, 'bounced', hard), told(3, 'complained')];
    const repeated = [told(4, 'bounced', { ...hard, echo: true }), told(5, 'complained', { echo: true })];
    const known = await answers(name, once);
    expect(known).toHaveLength(1);
    expect(await answers(name, [...once, ...repeated])).toEqual(known);
  });
});

test('a mail surges by the campaign that its sender names, else by its message; machines are counted apart', async () => {
  const click = (n: number, more: Facts): Facts =>
    told(n, 'clicked', {
      recipient: `p${n}@example.com`,
      url: `https://shop.example/${n}`,
      messageId: `m${n}`,
      ...more,
    });
  const events = [
    ...times(24, (n) => click(n, { custom: [{ key: 'Campaign', value: 'Spring' }] })),
    ...times(7, (n) => click(100 + n, { custom: [{ key: 'campaign', value: 'Spring' }], machine: true })),
    ...times(21, (n) => click(200 + n, { messageId: 'forwarded' })),
    ...times(30, (n) => click(300 + n, { tags: ['usual'] })),
    ...times(7, (n) => click(400 + n, { tags: ['usual'], occurredAt: `${day}T09:00:00.000Z` })),
  ];
  expect(await answers('surging-mails', events)).toEqual([
    ['shop', 'Spring', `${day}T10:00Z`, 24, null, 7],
    ['shop', 'forwarded', `${day}T10:00Z`, 21, null, 0],
  ]);
});

describe('one definition for two engines', () => {
  test('the Athena text of every report, also with hostile names, and of every page is a statement of Trino', () => {
    const choices = [{}, { from: '2026-05-01', to: '2026-05-31', source: "o'brien; DROP TABLE archive" }];
    const shown = PAGES.flatMap((page) => snippetsOf(page)).filter(
      ({ language, text }) =>
        language === 'sql' || (language === 'indented' && /\bFROM archive\b/.test(text) && !/^duckdb/m.test(text)),
    );
    expect(shown.length).toBeGreaterThan(1);
    const statements = [
      ...REPORTS.flatMap((report) => choices.map((choice) => sqlOf(report, ATHENA, choice))),
      ...shown.map(({ text }) => text),
    ];
    expect(trinoMistakes([...statements, 'SELECT FROM FROM archive'])).toEqual([
      ...statements.map(() => []),
      [expect.stringContaining('1:')],
    ]);
  });

  test('no report divides decimals: Trino keeps no more places than they have, and a rate of 0.28 % would be 0.3', () => {
    for (const report of REPORTS)
      expect(sqlOf(report, ATHENA).replace(/'[^']*'/g, "''")).not.toMatch(/\d\.\d(?!\d*[eE])/);
  });

  test.each(REPORTS.map(({ name }) => name))('%s differs between the engines only where the dialect does', (name) => {
    const report = reportOf(name);
    if (!report) throw new Error(name);
    const marked = (dialect: typeof ATHENA) => ({
      ...dialect,
      lines: () => '<lines>',
      time: (column: string) => `<time ${column}>`,
      custom: (key: string) => `<custom ${key}>`,
      firstTag: '<first tag>',
      matches: (column: string, pattern: string) => `<matches ${column} ${pattern}>`,
      replaced: (column: string, pattern: string) => `<replaced ${column} ${pattern}>`,
      millis: (time: string) => `<millis ${time}>`,
      hour: (time: string) => `<hour ${time}>`,
      variants: '<variants>',
      unnested: (relation: string, list: string, item: string) => `<unnested ${relation} ${list} ${item}>`,
    });
    expect(sqlOf(report, marked(ATHENA))).toBe(sqlOf(report, marked(DUCKDB)));
  });
});

describe('as people see it', () => {
  const table = {
    columns: ['link', 'clicks'],
    rows: [
      ['https://shop.example/\u001b[31m\nx', 3],
      ['=HYPERLINK("http://evil.example")', 12],
      ['https://shop.example/\u202egnp.exe\u2066', 1],
    ],
  } as const;

  test('in columns, numbers to the right, and nothing in it steers the terminal', () => {
    const lines = tableLines(table);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^link +clicks$/);
    for (const mark of ['\u001b', '\u202e', '\u2066']) expect(lines.join('\n')).not.toContain(mark);
    expect(lines[2]).toMatch(/ 12$/);
  });

  test('as CSV, in which no cell begins a formula', () => {
    expect(tableCsv(table).split('\n')[3]).toMatch(/^"'=HYPERLINK/);
  });
});
