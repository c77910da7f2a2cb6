import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SOURCE_ALARMS } from '../lambda/contract/alarms.ts';
import { METRICS, namespaceOf } from '../lambda/contract/metrics.ts';
import { type LocalStack, startLocal } from '../lib/local/runner.ts';
import { daysOf, LENGTHS, reaches, type Stretch, type Value } from './support/alarms/days.ts';
import { metricsIn } from './support/alarms/emf.ts';
import { dimensionsOf } from './support/alarms/evaluator.ts';
import { stopWithCleanLogs } from './support/clean-logs.ts';
import { Driver, eventually, signGeneric, signSvix } from './support/driver.ts';
import { amongUsual, settingsOf } from './support/stack/settings.ts';
import { type FaultyProxy, faultyProxy, throttled, unavailable } from './support/surroundings/faulty-proxy.ts';
import { show, synthesize } from './support/template.ts';

/**
 * Every alarm of the template, with its own numbers: it stays quiet on a normal day, fires when its metric is driven, and goes back.
 * Our own metrics are those that the functions of a local stack wrote while it was treated so; those of AWS are made up.
 */

const { STEP, HOUR, DAY } = LENGTHS;
const STAGE = 'local';
const KEY = 'guide-secret-1';
const WHSEC = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const SETTINGS = {
  sources: amongUsual({
    guide: { provider: 'generic', expectEvery: '1h', expectAtLeast: 30 },
    resend: { provider: 'resend' },
    keyless: { provider: 'generic' },
    mail: { provider: 'ses', createTopic: true },
  }),
  archive: {},
  alarms: { minimumDelivered: 1000, trafficSurge: 5000, clickSurge: 100, engagementDrop: 5 },
};

const template = synthesize({ ...settingsOf(SETTINGS), stage: STAGE });
const alarms = [...template.ofType('AWS::CloudWatch::Alarm'), ...template.ofType('AWS::CloudWatch::CompositeAlarm')];
const names = alarms.map(([, { Properties }]) => String(Properties.AlarmName).replace(`quell-${STAGE}-`, ''));

let local: LocalStack;
let driver: Driver;
const proxies: Record<string, FaultyProxy> = {};
/** What the functions wrote: on a normal day in five minutes, and while everything went wrong. */
let normal: readonly Value[];
let wrong: readonly Value[];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-alarms-'));
  const file = (name: string, content: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  local = await startLocal({
    port: 0,
    quiet: true,
    settings: file('settings.json', SETTINGS),
    secrets: file('secrets.json', { guide: KEY, resend: WHSEC }),
    // A pulse every three seconds.
    timeScale: 0.01,
    wrapEndpoint: async (service, url) => {
      const proxy = await faultyProxy(url);
      proxies[service] = proxy;
      return proxy.url;
    },
  });
  driver = new Driver(local.stack);
  await eventually(async () => expect(recorded(0).map(({ name }) => name)).toContain(METRICS.heartbeat), 90_000);
  await send([...mails('delivered', 100), ...mails('opened', 30), ...mails('clicked', 2), ...mails('hard_bounce', 1)]);
  normal = await told(0, { delivered: 100, opens: 30, clicks: 2, hardBounces: 1, stored: 133 });
  const before = Date.now();
  await goWrong();
  wrong = await told(before, {
    ...{ hardBounces: 50, complaints: 10, mailboxBlocks: 10, clicks: 60, unknownEvents: 1, deadLettered: 1 },
    ...{ refused: 5, unreadable: 5, unverifiable: 5, staleSignatures: 5, notEnqueued: 1 },
  });
}, 240_000);

afterAll(async () => {
  driver?.close();
  await stopWithCleanLogs(local);
  await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()));
});

let count = 0;
const mails = (event: string, number: number, domain = 'example.com'): object[] =>
  Array.from({ length: number }, () => ({
    event_id: `evt-${count++}`,
    event,
    recipient: `person-${count}@${domain}`,
    message_id: `m${count}`,
    timestamp: Math.floor(Date.now() / 1000),
  }));

async function send(events: object[]): Promise<void> {
  const body = JSON.stringify(events);
  expect((await driver.post('guide', body, signGeneric(body, KEY))).status).toBe(200);
  await driver.nothingUnderWay();
}

async function goWrong(): Promise<void> {
  const proxy = (service: string) => proxies[service] as FaultyProxy;
  const five = (post: () => Promise<unknown>) => Promise.all(Array.from({ length: 5 }, post));
  let failures = 0;
  proxy('dynamodb').fault = ({ operation }) =>
    operation === 'BatchExecuteStatement' && failures++ < 4 ? throttled : undefined;
  await send([
    ...mails('hard_bounce', 50),
    ...mails('complaint', 10),
    ...mails('blocked', 10, 'gmail.com'),
    ...mails('clicked', 60),
    ...mails('a word nobody knows', 1),
  ]);
  const body = JSON.stringify(mails('delivered', 1));
  const old = Date.now() - 3_600_000;
  await five(() => driver.post('guide', body, signGeneric(body, 'somebody else')));
  await five(() => driver.post('guide', '{}', signGeneric('{}', KEY)));
  await five(() => driver.post('keyless', body, signGeneric(body, KEY)));
  await five(() => driver.post('resend', body, signSvix(body, WHSEC, undefined, old)));
  // Genuine, and no event: buried.
  const broken = '["broken"]';
  await driver.post('guide', broken, signGeneric(broken, KEY));
  await eventually(async () => expect(await driver.depth('deadLetter')).toBe(1), 30_000);
  await driver.drain('deadLetter');
  proxy('sqs').fault = ({ operation }) => (operation === 'SendMessageBatch' ? unavailable : undefined);
  expect((await driver.post('guide', body, signGeneric(body, KEY))).status).toBe(503);
  proxy('sqs').fault = () => undefined;
}

/** Counts of the functions' logs since a moment, one sum per metric; of heartbeats the last. */
function recorded(since: number): Value[] {
  const logs = ['receive', 'process', 'pulse'].map((name) =>
    readFileSync(join(local.stack.logsDir, `${name}.log`), 'utf8'),
  );
  const sums = new Map<string, Value>();
  for (const { at, ...datum } of logs.flatMap(metricsIn).filter((datum) => datum.at >= since)) {
    const key = `${datum.name} ${datum.dimensions}`;
    const sum = datum.name === METRICS.heartbeat ? 0 : (sums.get(key)?.value ?? 0);
    sums.set(key, { ...datum, value: sum + datum.value });
  }
  return [...sums.values()];
}

/** Waits until the functions have told of all of it: a function's last line reaches its log a moment after its answer. */
const told = (since: number, counts: Readonly<Partial<Record<keyof typeof METRICS, number>>>): Promise<Value[]> =>
  eventually(async () => {
    const values = recorded(since);
    const sums = Object.keys(counts).map((name) => {
      const own = values.filter((value) => value.name === METRICS[name as keyof typeof METRICS]);
      return [name, own.reduce((sum, { value }) => sum + value, 0)];
    });
    expect(Object.fromEntries(sums)).toEqual(counts);
    return values;
  });

/** A value for a metric that an alarm watches and that AWS writes. */
function ofAws(alarm: string, metric: string, value: number): Value {
  const found = alarms.find(([, { Properties }]) => Properties.AlarmName === `quell-${STAGE}-${alarm}`)?.[1].Properties;
  const queries = (found?.Metrics ?? [{ MetricStat: { Metric: found } }]) as {
    MetricStat?: { Metric: Record<string, unknown> };
  }[];
  const stat = queries.find(({ MetricStat }) => MetricStat?.Metric.MetricName === metric)?.MetricStat?.Metric;
  if (!stat) throw new Error(`${alarm} watches no ${metric}`);
  return { namespace: String(stat.Namespace), name: metric, dimensions: dimensionsOf(stat.Dimensions, show), value };
}

/** What AWS writes in five ordinary minutes. */
const awsNormal = (): Value[] => [
  ofAws('api-server-errors', 'Count', 100),
  ofAws('api-server-errors', '5xx', 0),
  ofAws('api-client-errors', '4xx', 1),
  ...['function-errors-receive', 'function-errors-process'].map((alarm) => ofAws(alarm, 'Errors', 0)),
  ofAws('function-throttles-receive', 'Throttles', 0),
  ofAws('slow-answers', 'Duration', 40),
  ofAws('queue-age', 'ApproximateAgeOfOldestMessage', 2),
  ofAws('dead-letters', 'ApproximateNumberOfMessagesVisible', 0),
  ofAws('dead-letters-expire', 'ApproximateAgeOfOldestMessage', 0),
  // A change is published: the run of an hour has both.
  ofAws('publish-dead', 'SuppressionChanges', 1),
  ofAws('publish-dead', 'Invocations', 1),
  ...['page', 'ticket'].flatMap((topic) => [
    ofAws(`alarms-unheard-${topic}`, 'NumberOfMessagesPublished', 1),
    ofAws(`alarms-unheard-${topic}`, 'NumberOfNotificationsDelivered', 2),
  ]),
];

/** Metrics that are no longer written. */
const without = (alarm: string, metric: string) => {
  const gone = ofAws(alarm, metric, 0);
  return ({ name, dimensions }: Value): boolean => name === gone.name && dimensions === gone.dimensions;
};
/** Letters of eleven days: their queue is emptied on the fourteenth. */
const old = (alarm: string): Value => ofAws(alarm, 'ApproximateAgeOfOldestMessage', 11 * 86_400);

const own = (name: string, times = 1) =>
  wrong.filter((value) => value.name === name).map((v) => ({ ...v, value: v.value * times }));

/** What each alarm is driven with: values beside those of a normal day, and metrics that are no longer written. */
const FAULTS: Record<string, () => { readonly add?: readonly Value[]; readonly drop?: (value: Value) => boolean }> = {
  'api-server-errors': () => ({ add: [ofAws('api-server-errors', '5xx', 20)] }),
  'api-client-errors': () => ({ add: [ofAws('api-client-errors', '4xx', 60)] }),
  'not-enqueued': () => ({ add: own(METRICS.notEnqueued) }),
  'stale-signatures': () => ({ add: own(METRICS.staleSignatures) }),
  'function-errors-receive': () => ({ add: [ofAws('function-errors-receive', 'Errors', 1)] }),
  'function-errors-process': () => ({ add: [ofAws('function-errors-process', 'Errors', 1)] }),
  'function-throttles-receive': () => ({ add: [ofAws('function-throttles-receive', 'Throttles', 1)] }),
  'slow-answers': () => ({ add: [ofAws('slow-answers', 'Duration', 2300)] }),
  'queue-age': () => ({ add: [ofAws('queue-age', 'ApproximateAgeOfOldestMessage', 1200)] }),
  'queue-age-acts': () => ({ add: [ofAws('queue-age-acts', 'ApproximateAgeOfOldestMessage', 1200)] }),
  'dead-letters': () => ({ add: [ofAws('dead-letters', 'ApproximateNumberOfMessagesVisible', 1)] }),
  'buried-events': () => ({ add: own(METRICS.deadLettered) }),
  'dead-letters-expire': () => ({ add: [old('dead-letters-expire')] }),
  'undelivered-expire-mail': () => ({ add: [old('undelivered-expire-mail')] }),
  'unpublished-expire': () => ({ add: [old('unpublished-expire')] }),
  'unarchived-expire': () => ({ add: [old('unarchived-expire')] }),
  'archive-behind': () => ({ add: [ofAws('archive-behind', 'ApproximateAgeOfOldestMessage', 3 * 3600)] }),
  'publish-dead': () => ({ drop: without('publish-dead', 'Invocations') }),
  'alarms-unheard-page': () => ({ drop: without('alarms-unheard-page', 'NumberOfNotificationsDelivered') }),
  'alarms-unheard-ticket': () => ({ drop: without('alarms-unheard-ticket', 'NumberOfNotificationsDelivered') }),
  // Whoever sends no deliveries gets his rates judged by nothing.
  'missing-kinds': () => ({ drop: ({ name }) => name === METRICS.delivered }),
  'trickle-guide': () => ({ drop: isTraffic, add: [{ ...accepted('guide'), value: 1 }] }),
  'table-failures': () => ({ add: own(METRICS.tableFailures, 25) }),
  heartbeat: () => ({ drop: ({ name }) => name === METRICS.heartbeat }),
  'bounce-rate-warning': () => ({ add: own(METRICS.hardBounces) }),
  'bounce-rate-critical': () => ({ add: own(METRICS.hardBounces) }),
  'complaint-rate-warning': () => ({ add: own(METRICS.complaints) }),
  'complaint-rate-critical': () => ({ add: own(METRICS.complaints) }),
  'mailbox-blocks': () => ({ add: own(METRICS.mailboxBlocks) }),
  'new-suppressions': () => ({ add: own(METRICS.newSuppressions) }),
  'unknown-events': () => ({ add: own(METRICS.unknownEvents) }),
  'click-surge': () => ({ add: own(METRICS.clicks) }),
  'engagement-drop': () => ({ drop: ({ name }) => name === METRICS.opens }),
  'engagement-drop-clicks': () => ({ drop: ({ name }) => name === METRICS.clicks }),
  'silence-guide': () => ({ drop: isTraffic }),
  'refused-proofs-guide': () => ({ add: own(METRICS.refused) }),
  'unreadable-guide': () => ({ add: own(METRICS.unreadable) }),
  'unverifiable-keyless': () => ({ add: own(METRICS.unverifiable) }),
  'traffic-surge-guide': () => ({ add: own(METRICS.stored, 10) }),
  'undelivered-notifications-mail': () => ({
    add: [ofAws('undelivered-notifications-mail', 'ApproximateNumberOfMessagesVisible', 3)],
  }),
  'publish-late': () => ({ add: [ofAws('publish-late', 'IteratorAge', 1_200_000)] }),
  'unpublished-changes': () => ({ add: [ofAws('unpublished-changes', 'ApproximateNumberOfMessagesVisible', 1)] }),
  'archive-late': () => ({ add: [ofAws('archive-late', 'DeliveryToS3.DataFreshness', 7200)] }),
  'endpoint-failing': () => ({ add: [ofAws('api-server-errors', '5xx', 20)] }),
};

/** An event of a source. */
const accepted = (source: string): Value =>
  ordinary().find(({ name, dimensions }) => name === METRICS.stored && dimensions === `source=${source}`) as Value;

/** Events themselves, not the zeros of pulse. */
const isTraffic = ({ name, value }: Value): boolean => name === METRICS.stored && value > 0;

/** One ordinary five minutes; the sources that sent nothing are silent by design and left out. */
const ordinary = (): Value[] => [...normal, ...awsNormal()];

function stretchOf(fault: string, ms: number): Stretch {
  const { add = [], drop = () => false } = FAULTS[fault]?.() ?? {};
  const zeros = ordinary()
    .filter(isTraffic)
    .map((value) => ({ ...value, value: 0 }));
  return { values: [...ordinary().filter((value) => !drop(value)), ...zeros, ...add], ms };
}

test('every alarm is driven below, one member of each family of sources', () => {
  const familyOf = (name: string) => SOURCE_ALARMS.find((family) => name.startsWith(`${family}-`)) ?? name;
  expect([...new Set(Object.keys(FAULTS).map(familyOf))].sort()).toEqual([...new Set(names.map(familyOf))].sort());
});

test('what the functions counted is under the namespace and the dimensions that alarms watch', () => {
  expect(new Set([...normal, ...wrong].map(({ namespace }) => namespace))).toEqual(new Set([namespaceOf(STAGE)]));
  const dimensions = new Set([...normal, ...wrong].map(({ dimensions: d }) => d));
  expect([...dimensions].sort()).toEqual(['', ...Object.keys(SETTINGS.sources).map((name) => `source=${name}`)].sort());
});

test('heartbeats go round all the while, and leave nothing behind', async () => {
  expect(
    readFileSync(join(local.stack.logsDir, 'pulse.log'), 'utf8').match(/"Heartbeat":\d+/g)?.length,
  ).toBeGreaterThan(0);
  await eventually(async () => expect(await driver.heartbeats()).toEqual([]), 30_000);
  expect(await driver.depth('deadLetter')).toBe(0);
});

test('a normal day is quiet, from its first hour to its last', () => {
  const days = daysOf(alarms, [{ values: ordinary(), ms: 2 * DAY }]);
  const loud = names
    .filter((name) => !name.startsWith('silence-') || name === 'silence-guide')
    .flatMap((name) => [HOUR, 12 * HOUR, DAY, 2 * DAY].map((at) => ({ name, at, state: days.state(name, at) })))
    .filter(({ state }) => state !== 'OK');
  expect(loud).toEqual([]);
});

describe.each(Object.keys(FAULTS))('%s', (name) => {
  test('fires, and goes back to OK', () => {
    const days = daysOf(alarms, [
      { values: ordinary(), ms: DAY },
      stretchOf(name, DAY),
      { values: ordinary(), ms: 2 * DAY },
    ]);
    expect(days.state(name, DAY)).toBe('OK');
    const fired = reaches(days, name, 'ALARM', DAY, 2 * DAY);
    expect(fired).toBeDefined();
    expect(reaches(days, name, 'OK', 2 * DAY, 4 * DAY)).toBeDefined();
    expect(days.state(name, 4 * DAY)).toBe('OK');
  });
});

describe('within minutes', () => {
  test.each([
    ['heartbeat', 15],
    // A second time: what a retry mends wakes nobody.
    ['unverifiable-keyless', 10],
    ['not-enqueued', 10],
    ['function-errors-process', 10],
    ['dead-letters', 5],
    ['endpoint-failing', 15],
    ['silence-guide', 60],
  ])('%s tells after %i', (name, minutes) => {
    const days = daysOf(alarms, [{ values: ordinary(), ms: DAY }, stretchOf(name, DAY)]);
    expect(((reaches(days, name, 'ALARM', DAY, 2 * DAY) ?? 0) - DAY) / 60_000).toBe(minutes);
  });

  test('a heartbeat that comes late is as bad as one that does not come', () => {
    const late = ordinary().map((value) => (value.name === METRICS.heartbeat ? { ...value, value: 11_000 } : value));
    const days = daysOf(alarms, [
      { values: ordinary(), ms: HOUR },
      { values: late, ms: HOUR },
    ]);
    expect(days.state('heartbeat', 2 * HOUR)).toBe('ALARM');
  });

  test('a source that was never wired is silent too', () => {
    const days = daysOf(alarms, [{ values: ordinary(), ms: 2 * DAY }]);
    expect(days.state('silence-keyless', 23 * HOUR)).toBe('OK');
    expect(days.state('silence-keyless', DAY)).toBe('ALARM');
  });
});

describe('requests that fail for what nobody foresaw', () => {
  const failing = (failed: number, strangers: number): Value[] => [
    ...ordinary().filter(({ name }) => !['Count', '5xx', '4xx'].includes(name)),
    ofAws('api-server-errors', 'Count', failed + strangers),
    ofAws('api-server-errors', '5xx', failed),
    ofAws('api-client-errors', '4xx', strangers),
    ...(failed > 0 ? [{ ...ofAws('function-errors-receive', METRICS.failed, failed) }] : []),
  ];
  const told = (values: readonly Value[]) => {
    const days = daysOf(alarms, [
      { values: ordinary(), ms: HOUR },
      { values, ms: HOUR },
    ]);
    return (name: string) => reaches(days, name, 'ALARM', HOUR, 2 * HOUR);
  };

  test.each([
    ['all of twenty, and no stranger', 20, 0],
    ['all of twenty, among 400 of strangers', 20, 400],
    ['one source of 26', 20, 500],
    ['one request, among a flood', 1, 150_000],
  ])('%s: paged within ten minutes', (_, failed, strangers) => {
    expect(told(failing(failed, strangers))('function-errors-receive')).toBe(HOUR + 2 * STEP);
  });

  test('once is no outage, and strangers alone page nobody', () => {
    const days = daysOf(alarms, [
      { values: ordinary(), ms: HOUR },
      { values: failing(1, 400), ms: STEP },
      { values: ordinary(), ms: HOUR },
    ]);
    expect(reaches(days, 'function-errors-receive', 'ALARM', HOUR, 2 * HOUR)).toBeUndefined();
    const alone = told(failing(0, 150_000));
    for (const name of ['function-errors-receive', 'endpoint-failing']) expect(alone(name)).toBeUndefined();
  });
});

describe('engagement against its own band', () => {
  /** Days of traffic as a list sends it: a campaign in the morning, receipts all day, shares that vary. Seeded. */
  function campaign(days: number, share: (day: number) => number): Stretch[] {
    let seed = 42;
    const random = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const value = (name: string, count: number): Value => ({
      namespace: namespaceOf(STAGE),
      name,
      dimensions: '',
      value: count,
    });
    return Array.from({ length: days }, (_day, day) => day).flatMap((day) =>
      Array.from({ length: 4 }, (_quarter, quarter) => {
        const delivered = Math.round((quarter === 1 ? 400 : 60) * (0.7 + 0.6 * random()));
        const opens = Math.round(delivered * 0.3 * share(day) * (0.6 + 0.8 * random()));
        const clicks = Math.round(delivered * 0.05 * share(day) * (0.4 + 1.2 * random()));
        const values = [
          value(METRICS.delivered, delivered),
          value(METRICS.opens, opens),
          value(METRICS.clicks, clicks),
        ];
        return { values: values.filter((one) => one.value > 0), ms: 6 * HOUR };
      }),
    );
  }
  const drops = ['engagement-drop', 'engagement-drop-clicks'];

  test.each(drops)(
    '%s: a month of campaigns is quiet, engagement that falls to nothing is told within a day',
    (name) => {
      const month = daysOf(
        alarms,
        campaign(30, () => 1),
      );
      expect(reaches(month, name, 'ALARM', 7 * 24 * HOUR, 30 * 24 * HOUR, 3 * HOUR)).toBeUndefined();
      const gone = daysOf(
        alarms,
        campaign(20, (day) => (day < 15 ? 1 : 0)),
      );
      const told = reaches(gone, name, 'ALARM', 15 * 24 * HOUR, 17 * 24 * HOUR, HOUR) ?? Number.NaN;
      expect((told - 15 * 24 * HOUR) / HOUR).toBeLessThanOrEqual(24);
    },
  );

  test.each(drops)('%s: days with next to no mail are no drop', (name) => {
    const thin = campaign(20, () => 1).map((stretch, at) =>
      at < 60
        ? stretch
        : {
            ...stretch,
            values: stretch.values
              .filter(({ name: metric }) => metric === METRICS.delivered)
              .map((one) => ({ ...one, value: 1 })),
          },
    );
    expect(reaches(daysOf(alarms, thin), name, 'ALARM', 15 * 24 * HOUR, 20 * 24 * HOUR, 3 * HOUR)).toBeUndefined();
  });
});

describe('one cause, one page', () => {
  const causes = ['unverifiable-keyless', 'not-enqueued', 'function-errors-receive', 'function-throttles-receive'];

  test.each(causes)('%s mutes the requests that fail because of it, until both are over', (cause) => {
    const failing = stretchOf('endpoint-failing', HOUR).values;
    const both = { values: [...failing, ...(FAULTS[cause]?.().add ?? [])], ms: 3 * HOUR };
    const days = daysOf(alarms, [{ values: ordinary(), ms: HOUR }, both, { values: ordinary(), ms: 3 * HOUR }]);
    expect(reaches(days, cause, 'ALARM', HOUR, 4 * HOUR)).toBeDefined();
    expect(reaches(days, 'api-server-errors', 'ALARM', HOUR, 4 * HOUR)).toBeDefined();
    expect(reaches(days, 'endpoint-failing', 'ALARM', HOUR, 7 * HOUR)).toBeUndefined();
  });

  test('a heartbeat that is lost because of one is muted too; of a source without a secret it says nothing', () => {
    const lost = stretchOf('heartbeat', HOUR).values;
    const run = (cause: string) =>
      daysOf(alarms, [
        { values: ordinary(), ms: HOUR },
        { values: [...lost, ...(FAULTS[cause]?.().add ?? [])], ms: HOUR },
        { values: ordinary(), ms: HOUR },
      ]);
    expect(reaches(run('function-errors-process'), 'endpoint-failing', 'ALARM', HOUR, 3 * HOUR)).toBeUndefined();
    expect(reaches(run('unverifiable-keyless'), 'endpoint-failing', 'ALARM', HOUR, 3 * HOUR)).toBe(HOUR + 3 * STEP);
  });
});
