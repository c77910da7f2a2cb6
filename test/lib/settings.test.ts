import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { PUBLISHED_TYPES } from '../../lambda/contract/bus.ts';
import type { UnsubscribeConfig } from '../../lambda/contract/unsubscribe.ts';
import { pagesOf } from '../../lambda/domain/unsubscribe/page.ts';
import { checkSettings } from '../../lib/settings/check.ts';
import { loadSettings } from '../../lib/settings/load.ts';
import { DEFAULT_POLICY } from '../../lib/settings/policy.ts';
import { runtimeConfig } from '../../lib/settings/runtime-config.ts';
import { notCompared } from '../../lib/settings/watch/reconcile.ts';
import { settingsOf } from '../support/stack/settings.ts';

const sendgrid = { provider: 'sendgrid' };

/** Each mistake as one line. */
function mistakesOf(document: unknown): string[] {
  const checked = checkSettings(document, 'test');
  return 'mistakes' in checked ? checked.mistakes.map(({ path, problem }) => `${path.join('.')}: ${problem}`) : [];
}

describe('a settings file', () => {
  test('needs only a source; everything else has a default', () => {
    expect(settingsOf()).toEqual({
      stage: 'test',
      sources: { sendgrid: { provider: 'sendgrid', expectEvery: 24 * 60, options: {} } },
      alarmEmails: [],
      alarmTargets: [],
      alarms: {
        queueMinutes: 15,
        heartbeatSeconds: 10,
        clientErrors: 100,
        refusedRequests: 5,
        minimumDelivered: 1000,
        bounceRate: { warning: 2, critical: 5 },
        complaintRate: { warning: 0.1, critical: 0.3 },
        unsubscribeRate: 2,
        mailboxBlocks: 50,
        newSuppressions: { perHour: 1000, percent: 10 },
      },
      heartbeat: true,
      dashboard: false,
      console: false,
      publish: { types: [...PUBLISHED_TYPES] },
      archive: false,
      retention: { eventsDays: 35, auditDays: 400, logsDays: 30 },
      policy: DEFAULT_POLICY,
      throttling: { rate: 500, burst: 1000 },
      concurrency: 5,
      existingTables: {},
      accessLog: false,
      byHourIndex: true,
      byMessageIndex: false,
      pointInTimeRecovery: true,
    });
  });

  test.each<[string, object, string[]]>([
    [
      'more at least than at most',
      { capacity: { min: 200, max: 100 } },
      ['capacity.min: is 200, allowed: at most max, which is 100'],
    ],
    [
      'less than a batch needs to finish a message',
      { capacity: { min: 5, max: 100 }, concurrency: 10 },
      ['capacity.max: is 100, allowed: at least 200, 20 for each batch of "concurrency", which is 10'],
    ],
    [
      "somebody else's table",
      { capacity: { min: 5, max: 100 }, existingTables: { events: 'old-events' }, publish: false },
      ['capacity: is for a table that the stack makes; the capacity of existingTables.events is yours to set'],
    ],
    ['only one bound', { capacity: { min: 5 } }, ['capacity.max: missing: it has no default']],
    ['on', { capacity: true }, ['capacity: is true, allowed: an object with "min" and "max"']],
  ])('a capacity: %s', (_, document, mistakes) => {
    expect(mistakesOf({ sources: { sendgrid }, ...document })).toEqual(mistakes);
  });

  test('a source may be quiet for as long as it likes; a window longer than CloudWatch can watch is told of that', () => {
    const source = (more: object) => ({ sources: { monthly: { ...sendgrid, ...more } } });
    expect(settingsOf(source({ expectEvery: false })).sources.monthly).toMatchObject({ expectEvery: false });
    expect(mistakesOf(source({ expectEvery: '30d' })).join()).toContain('CloudWatch looks back no further), or false');
    for (const expectEvery of ['7d', false])
      expect(mistakesOf(source({ expectEvery, expectAtLeast: 10 }))).toEqual([
        'sources.monthly.expectAtLeast: counts what comes within expectEvery, allowed: with an expectEvery of at most "24h"',
      ]);
  });

  test('has all its mistakes told at once, each with its place, the value given and what is allowed', () => {
    const mistakes = mistakesOf({
      sources: {
        Upper: sendgrid,
        a: { provider: 'sendgird' },
        b: { ...sendgrid, expectEvery: '8d', allowIps: ['10.0.0.0/33', '::1/64', 5], dedupeGroup: 'A B' },
        c: {},
        d: { ...sendgrid, expectEvry: '1h' },
        constructor: 4,
      },
      alarmEmail: 'ops@example.com',
      alarmEmails: ['nobody'],
      retention: { eventsDays: 14, logsDays: 31, days: 1 },
      policy: { hardBounce: 'never', complaint: -1 },
      throttling: [],
      customDomain: { name: 'Hooks', hostedZone: { id: 'x' } },
      publicUrl: 'https://example.com/',
      existingTables: { events: 'a/b' },
      concurrency: 1,
      accessLog: 'yes',
      runbookUrl: 'wiki',
    });
    expect(mistakes.map((mistake) => mistake.split(': ')[0])).toEqual([
      ...['sources.Upper', 'sources.a.provider', 'sources.b.expectEvery', 'sources.b.allowIps.0'],
      ...['sources.b.allowIps.2', 'sources.b.dedupeGroup', 'sources.c.provider', 'sources.d.expectEvry'],
      ...['sources.constructor', 'alarmEmail', 'retention.days', 'throttling', 'alarmEmails.0', 'retention.eventsDays'],
      ...['retention.logsDays', 'policy.hardBounce', 'policy.complaint', 'customDomain.name'],
      ...['customDomain.certificateArn', 'customDomain.hostedZone.id', 'customDomain.hostedZone.name', 'publicUrl'],
      ...['concurrency', 'existingTables.events', 'runbookUrl', 'accessLog'],
    ]);
    expect(mistakes).toContain('retention.eventsDays: is 14, allowed: a whole number of days from 15 to 3650');
    expect(mistakes.join('\n')).toContain(
      'sources.a.provider: is "sendgird", which is no known provider; did you mean "sendgrid"? known: ',
    );
    expect(mistakes.join('\n')).toContain('sources.d.expectEvry: unknown; did you mean "expectEvery"?');
    expect(mistakes.join('\n')).toContain('alarmEmail: unknown; did you mean "alarmEmails"?');
  });

  test('the comparison with the ESPs: how often, which sources, and what their APIs need', () => {
    const one = (source: object, reconcile: unknown = '1d') => mistakesOf({ reconcile, sources: { a: source } });
    expect(settingsOf({ reconcile: '1d' }).reconcile).toBe(24);
    expect(settingsOf({ reconcile: '6h' }).reconcile).toBe(6);
    for (const wrong of ['0h', '25h', '2d', '90m', '1', 1, true])
      expect(one(sendgrid, wrong)).toEqual([expect.stringContaining('reconcile: is ')]);
    expect(one({ provider: 'loops' })).toEqual([
      expect.stringContaining('no source has an ESP whose API can be asked'),
    ]);
    expect(one({ provider: 'mailgun' })).toEqual([expect.stringContaining('sources.a.api.domain: is missing')]);
    expect(one({ provider: 'mailgun', api: { domain: 'mg.example.com', base: 'https://api.eu.mailgun.net' } })).toEqual(
      [],
    );
    expect(one({ ...sendgrid, api: { base: 'http://example.com', key: 'SG.x' } })).toHaveLength(2);
    expect(one({ ...sendgrid, api: { reconcile: false } })).toHaveLength(1);
    const both = { a: sendgrid, news: { provider: 'mailjet' } };
    expect(notCompared(settingsOf({ reconcile: '1d', sources: both }))).toContain('can be read: news (Mailjet).');
    expect(notCompared(settingsOf({ sources: both }))).toBeUndefined();
    expect(notCompared(settingsOf({ reconcile: '1d' }))).toBeUndefined();
  });

  test('leaves built-in names alone, and gives a warning below what is critical', () => {
    expect(mistakesOf({ sources: { 'quell-heartbeat': sendgrid, operator: sendgrid, quell: sendgrid } })).toEqual([
      'sources.quell-heartbeat: the name is built in',
      'sources.operator: the name is built in',
    ]);
    expect(mistakesOf({ sources: { 'quell-erasure': sendgrid, 'quell-x': sendgrid, operators: sendgrid } })).toEqual([
      'sources.quell-erasure: the name is built in',
      'sources.quell-x: the name is built in',
    ]);
    expect(mistakesOf({ sources: { sendgrid }, alarms: { bounceRate: { warning: 6 }, complaintRate: {} } })).toEqual([
      'alarms.bounceRate.warning: is 6, allowed: less than critical, which is 5',
    ]);
    expect(
      mistakesOf({
        sources: { sendgrid },
        alarms: { queueMinute: 5, clickSurge: 0 },
        alarmTargets: ['http://x', 'arn:aws:sns:x'],
      }),
    ).toEqual([
      expect.stringContaining('alarms.queueMinute: unknown; did you mean "queueMinutes"?'),
      'alarms.clickSurge: is 0, allowed: a whole number of clicks an hour from 1 to 1000000000',
      'alarmTargets.0: is "http://x", allowed: an https URL, or the ARN of a Lambda function',
      'alarmTargets.1: is "arn:aws:sns:x", allowed: an https URL, or the ARN of a Lambda function',
    ]);
  });

  test.each([[[]], [null], ['x'], [7]])('must be an object, unlike %j', (document) => {
    expect(mistakesOf(document)).toEqual([': must hold one JSON object']);
  });

  test.each([[undefined], [{}], [[]], ['sendgrid']])('must name a source: %j does not', (sources) => {
    expect(mistakesOf({ sources })[0]).toMatch(/^sources: holds no source/);
  });

  test.each(['nl-12', 'en-aa-bb', 'de-de-de', 'NL', 'nl_be', '<b>'])('%s is no language of the page', (tag) => {
    const unsubscribe = { texts: { [tag]: { ask: 'Leave?' } } };
    expect(mistakesOf({ sources: { sendgrid }, unsubscribe })).toEqual([
      expect.stringMatching(/^unsubscribe\.texts\..+: the name must be the tag of a language in lower case/),
    ]);
  });

  test('a text of the page has one of the known names', () => {
    const unsubscribe = { lists: { 'a\nb': 'Weekly' }, texts: { en: { headline: 'Leave?' } } };
    expect(mistakesOf({ sources: { sendgrid }, unsubscribe })).toEqual([
      expect.stringContaining('the name must be a scope as the suppression table names it'),
      expect.stringMatching(/^unsubscribe\.texts\.en\.headline: the name must be one of title, ask, /),
    ]);
  });

  test.each(['nl', 'pt-br', 'zh-hant-tw', 'de-1996'])('%s may be one of the page', (tag) => {
    const unsubscribe = { language: tag, texts: { [tag]: { ask: 'Leave?' } } };
    expect(mistakesOf({ sources: { sendgrid }, unsubscribe })).toEqual([]);
    const pages = pagesOf(settingsOf({ unsubscribe }).unsubscribe as UnsubscribeConfig);
    expect(pages.html({ state: 'ask', language: tag, scope: 'all' })).toContain(`lang="${tag}"`);
  });

  test('keeps a secret that strayed into it out of the message', () => {
    const [mistake, ...more] = mistakesOf({ sources: { a: { ...sendgrid, verificationKey: 'MFkwEwYH' } } });
    expect(mistake).toContain('secrets never stand in this file');
    expect(mistake).not.toContain('MFkwEwYH');
    expect(more).toEqual([]);
  });

  test('must keep the custom domain within its hosted zone', () => {
    const customDomain = {
      name: 'hooks.example.org',
      certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a',
      hostedZone: { id: 'Z1', name: 'example.com' },
    };
    expect(mistakesOf({ sources: { sendgrid }, customDomain })[0]).toContain(
      'not a name in the hosted zone "example.com"',
    );
  });

  test('must keep events for longer than the soft bounces of any source are counted', () => {
    const softBounces = { messages: 3, windowDays: 20, suppressDays: 7 };
    expect(
      mistakesOf({ sources: { a: { ...sendgrid, policy: { softBounces } } }, retention: { eventsDays: 20 } }),
    ).toEqual([
      'policy.softBounces.windowDays: is 30, allowed: less than retention.eventsDays, which is 20',
      'sources.a.policy.softBounces.windowDays: is 20, allowed: less than retention.eventsDays, which is 20',
    ]);
  });

  test('may judge one source differently, soft bounces only as a whole', () => {
    const policy = { complaint: 90, softBounces: { messages: 0, windowDays: 1, suppressDays: 1 } };
    const settings = settingsOf({ sources: { a: { ...sendgrid, policy } } });
    expect(runtimeConfig(settings).sources.a?.policy).toEqual(policy);
    expect(mistakesOf({ sources: { a: { ...sendgrid, policy: { softBounces: { messages: 1 } } } } })).toHaveLength(2);
  });

  test.each([
    ['15m', 15],
    ['6h', 360],
    ['7d', 10_080],
    ['10080m', 10_080],
  ])('takes %s for a silence window of %i minutes', (expectEvery, minutes) => {
    expect(settingsOf({ sources: { a: { ...sendgrid, expectEvery } } }).sources.a?.expectEvery).toBe(minutes);
  });

  test.each(['14m', '169h', '8d', '0h', '1.5h', '1 h', 'h', '24', 24, '', '1w'])(
    'refuses %j for one',
    (expectEvery) => {
      expect(mistakesOf({ sources: { a: { ...sendgrid, expectEvery } } })).toHaveLength(1);
    },
  );

  test('takes networks and single addresses of both kinds', () => {
    const allowIps = ['192.0.2.0/24', '2001:db8::/32', '192.0.2.1', '2001:db8::1'];
    expect(settingsOf({ sources: { a: { ...sendgrid, allowIps } } }).sources.a?.allowIps).toEqual([
      ...['192.0.2.0/24', '2001:db8::/32', '192.0.2.1/32', '2001:db8::1/128'],
    ]);
  });

  test.each(['192.0.2.0/', '192.0.2.0/-1', '192.0.2.0/1/2', '1.2.3', 'fe80::1%eth0', 'example.com', ''])(
    'refuses %j',
    (network) => {
      expect(mistakesOf({ sources: { a: { ...sendgrid, allowIps: [network] } } })).toHaveLength(1);
    },
  );
});

test('the functions are told what they need of the settings, and no more', () => {
  const settings = settingsOf({
    sources: { a: { ...sendgrid, dedupeGroup: 'all', allowIps: ['192.0.2.1'] } },
    heartbeat: false,
    publish: false,
    alarmEmails: ['ops@example.com'],
    policy: { otherPermanent: 7, softBounces: { messages: 3 } },
  });
  expect(runtimeConfig(settings)).toEqual({
    stage: 'test',
    sources: { a: { provider: 'sendgrid', dedupeGroup: 'all', allowIps: ['192.0.2.1/32'], options: {} } },
    eventRetentionDays: 35,
    policy: { ...DEFAULT_POLICY, otherPermanent: 7, softBounces: { ...DEFAULT_POLICY.softBounces, messages: 3 } },
  });
});

test('the heartbeat is told apart from the sources; engagement is counted only where an alarm wants it', () => {
  expect(runtimeConfig(settingsOf())).toMatchObject({ heartbeat: { provider: 'generic' } });
  expect(Object.keys(runtimeConfig(settingsOf()).sources)).toEqual(['sendgrid']);
  expect(runtimeConfig(settingsOf())).not.toHaveProperty('countEngagement');
  expect(runtimeConfig(settingsOf({ alarms: { clickSurge: 5 } }))).toMatchObject({ countEngagement: true });
});

describe('what people write first', () => {
  const base = { sources: { sendgrid } };

  test.each([
    [{ ...base, policy: { complaint: -1 } }, 'policy.complaint: is -1, allowed: a whole number of days (0 = never'],
    [{ ...base, policy: { complaint: 1.5 } }, 'policy.complaint: is 1.5, allowed: a whole number of days (0 = never'],
    [{ ...base, publish: { types: ['bounce'] } }, 'publish.types.0: is "bounce", allowed: one of accepted,'],
    [{ ...base, publish: { types: ['bounce'] } }, 'did you mean "bounced"?'],
    [{ ...base, publish: { types: 'all' } }, 'publish.types: is "all", allowed: a list of event types, of accepted,'],
    [{ ...base, publish: { type: [] } }, 'publish.type: unknown; did you mean "types"?'],
    [
      { ...base, publish: { surgeClicks: 5 } },
      'publish.surgeClicks: is 5, allowed: a whole number of clicks an hour from 20',
    ],
    [{ ...base, archive: { days: 3 } }, 'archive.days: unknown; known here: retentionDays'],
    [{ ...base, archive: { retentionDays: 0 } }, 'archive.retentionDays: is 0, allowed: a whole number of days from 1'],
    [{ ...base, archive: 30 }, 'archive: is 30, allowed: an object with any of retentionDays'],
    [{ ...base, archive: [] }, 'archive: is a list, allowed: an object'],
    [
      { ...base, alarms: { bounceRate: 5 } },
      'alarms.bounceRate: is 5, allowed: an object with any of warning, critical',
    ],
    [{ sources: [sendgrid] }, 'sources: holds no source by name: it is a list, allowed: an object, from'],
    [{ sources: 'sendgrid' }, 'sources: holds no source: allowed is an object, from the name'],
    [{}, 'sources: holds no source'],
  ])('%j: %s', (document, said) => {
    const mistakes = mistakesOf(document);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(said);
  });

  test('true switches on, with every default, as {} does', () => {
    const on = settingsOf({ archive: true, publish: true, unsubscribe: true });
    expect(on).toEqual(settingsOf({ archive: {}, publish: {}, unsubscribe: {} }));
    expect(settingsOf({ unsubscribe: false }).unsubscribe).toBeUndefined();
  });

  test('of two sources that EventBridge feeds each says of what', () => {
    const fed = { provider: 'ses', via: 'eventbridge' };
    const sets = { ...fed, configurationSets: ['news'] };
    expect(mistakesOf({ sources: { a: fed, b: sets } })).toEqual([
      'sources.a.configurationSets: missing: 2 sources are fed by EventBridge, and without it this one gets what is for the others too',
    ]);
    expect(mistakesOf({ sources: { a: fed, b: fed } })).toHaveLength(2);
    expect(mistakesOf({ sources: { a: sets, b: sets } })).toEqual([]);
    expect(mistakesOf({ sources: { a: fed, b: { provider: 'ses', createTopic: true } } })).toEqual([]);
  });

  test('a topic that comes by the queue has one source', () => {
    const arn = 'arn:aws:sns:eu-west-1:111122223333:feedback';
    const queued = { provider: 'ses', via: 'sns-queue', topicArns: [arn] };
    const posted = { provider: 'ses', topicArns: [arn] };
    expect(mistakesOf({ sources: { a: queued, b: queued } })).toEqual([
      expect.stringMatching(
        /^sources\.b\.topicArns: names arn:.+:feedback, which is the topic of "a" already: .+ a topic of its own$/,
      ),
    ]);
    expect(mistakesOf({ sources: { a: { ...queued, topicArns: [arn, arn] } } })).toEqual([
      expect.stringContaining("is this source's already"),
    ]);
    const made = { provider: 'ses', via: 'sns-queue', createTopic: true };
    const named = { ...queued, topicArns: ['arn:aws:sns:eu-west-1:111122223333:quell-test_b'] };
    expect(mistakesOf({ sources: { a: named, b: made } })).toEqual([
      expect.stringContaining('is the topic of "b" already'),
    ]);
    // Side by side during a change, and each its own.
    expect(mistakesOf({ sources: { a: queued, b: posted, c: posted, d: made, e: made } })).toEqual([]);
  });
});

describe('which file', () => {
  let folder: string;
  const notice = jest.spyOn(process.stderr, 'write');
  const put = (name: string, text = JSON.stringify({ sources: { sendgrid } })) =>
    writeFileSync(join(folder, name), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quell-settings-'));
    notice.mockReset().mockReturnValue(true);
    put('example.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('the stage names it', () => {
    put('prod.json');
    expect(loadSettings({ stage: 'prod' }, folder).stage).toBe('prod');
  });

  test('a path names it directly, and the stage after it unless one is given', () => {
    put('other.json');
    expect(loadSettings({ settings: join(folder, 'other.json') }, '/nowhere').stage).toBe('other');
    expect(loadSettings({ settings: join(folder, 'other.json'), stage: 'local' }, '/nowhere').stage).toBe('local');
  });

  test('without either it is dev; without that nothing, and never the example', () => {
    expect(() => loadSettings({}, folder)).toThrow(
      /^Which stage\? Name one: -c stage=prod, which reads settings\/prod/,
    );
    put('shop.json');
    expect(() => loadSettings({}, folder)).toThrow(/-c stage=shop, [\s\S]*Stages here: example, shop/);
    put('dev.json');
    expect(loadSettings({}, folder).stage).toBe('dev');
  });

  test('may say why in comments, and end a list with a comma; a mistake is still found by its line', () => {
    put('prod.json', '{\n  // as "agreed" on /* 4 May */\n  "sources": { "a//b": {}, /* , */ },\n}\n');
    expect(() => loadSettings({ stage: 'prod' }, folder)).toThrow(/sources\.a\/\/b: the name must be/);
    put('prod.json', '{ "sources": { "shop": { "provider": "sendgrid", }, }, /* two\nlines */ "alarmEmails": [], }');
    expect(loadSettings({ stage: 'prod' }, folder).sources).toHaveProperty('shop');
    for (const broken of ['{,}', '{ "sources": {,} }', '{ "alarmEmails": ["a@example.com",,] }', '/']) {
      put('prod.json', broken);
      expect(() => loadSettings({ stage: 'prod' }, folder)).toThrow(/is not JSON/);
    }
    put('prod.json', '{\n /* a\n comment */\n "sources": nonsense\n}');
    expect(() => loadSettings({ stage: 'prod' }, folder)).toThrow(/line 4: a value that is neither/);
    put('prod.json', '{\n "sources": {}\n "alarmEmails": []\n}');
    expect(() => loadSettings({ stage: 'prod' }, folder)).toThrow(/line 3/);
  });

  test('is read to its end in any case, and what is in it cannot steer a terminal', () => {
    const many = 200_000;
    for (const [text, says] of [
      [`{"sources":${'['.repeat(many)}`, /is not JSON/],
      [`{"a":1,${'/*'.repeat(many)}`, /line 1: a value that is neither/],
      [`{${'// why\n'.repeat(many)}`, /is not JSON/],
      [
        `{"sources":{${'"a":{"provider":"resend"},'.repeat(10_000)}}}`,
        /sources\.a: stands here twice, in lines 1 and 1/,
      ],
      ['{"sources":{"a":{"provider":{"toString":1}}}}', /sources\.a\.provider: is \{"toString":1\}, which is no known/],
      ['{"sources":{"a":{"provider":["resend"]}}}', /sources\.a\.provider: is \["resend"\], which is no known/],
      ['{"sources":{"a\\u001b[2J":{"provider":"resend"}}}', /sources\.a\ufffd\[2J: the name must be/],
    ] as const) {
      put('prod.json', text);
      expect(() => loadSettings({ stage: 'prod' }, folder)).toThrow(says);
    }
  });

  test('a source that stands in it twice is no mistake that goes without a word', () => {
    put(
      'prod.json',
      '{ "sources": {\n "shop": { "provider": "sendgrid" },\n "other": { "provider": "resend" },\n "\\u0073hop": { "provider": "sendgrid" } } }',
    );
    expect(() => loadSettings({ stage: 'prod' }, folder)).toThrow(
      /one mistake\n {2}sources\.shop: stands here twice, in lines 2 and 4/,
    );
    put('prod.json', '{ "sources": { "a": { "provider": "resend" }, "b": { "provider": "resend" } } }');
    expect(Object.keys(loadSettings({ stage: 'prod' }, folder).sources)).toEqual(['a', 'b']);
  });

  test('a missing stage lists those that are there', () => {
    expect(() => loadSettings({ stage: 'prod' }, folder)).toThrow(/prod\.json does not exist. Stages here: example/);
  });

  test('a stage that cannot name a stack is refused', () => {
    expect(() => loadSettings({ stage: '../prod' }, folder)).toThrow('must be lower-case letters');
  });

  test('what is not JSON is named', () => {
    put('prod.json', '{ "sources": ');
    expect(() => loadSettings({ stage: 'prod' }, folder)).toThrow(/prod\.json is not JSON/);
  });

  test('without sources the message shows an example', () => {
    put('prod.json', '{}');
    expect(() => loadSettings({ stage: 'prod' }, folder)).toThrow(
      /one mistake[\s\S]*An example:[\s\S]*"provider": "sendgrid"/,
    );
  });

  test('the example that ships has no mistake', () => {
    expect(loadSettings({ stage: 'example' }, 'settings').stage).toBe('example');
  });
});
