import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { EventStore } from '../../../lambda/aws/dynamodb/events.ts';
import { METRICS } from '../../../lambda/contract/metrics.ts';
import { interpreter } from '../../../lambda/domain/interpret.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import { listen } from '../../../lib/local/emulators/loopback.ts';
import { type StoredSecret, secretStore } from '../../../lib/local/emulators/secret-store.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { metricsIn } from '../../support/alarms/emf.ts';
import { evaluate } from '../../support/alarms/evaluator.ts';
import { FAKE_ESPS } from '../../support/esp/index.ts';
import { type FakeApi, type Fault, fakeApi } from '../../support/esp/server.ts';
import type { FakeEsp, Happening } from '../../support/esp/story.ts';
import { bundleOf } from '../../support/every-call/bundle.ts';
import { settingsOf } from '../../support/stack/settings.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { synthesize } from '../../support/template.ts';

/** The shipped bundle against fake ESPs and an emulated table: it counts what is missing, and is back before Lambda ends it. */

jest.setTimeout(120_000);
const HOUR = 3_600_000;
/** The last whole hour: what is compared lies before it by as long as each ESP tries again. */
const WHOLE = Math.floor(Date.now() / HOUR) * HOUR;
/** When the schedule was due. */
const DUE = new Date(WHOLE + 5 * 60_000).toISOString();
const WAITS: Readonly<Record<string, number>> = { sparkpost: 8, mailgun: 8, sendgrid: 24, postmark: 11 };
/** Of each kind of API one: cursor, link, search, offset. What all have in common, the tests of catch-up hold for each. */
const ASKED = Object.keys(WAITS);
const nightly = process.env.NIGHTLY !== undefined;
const LIST_KEY = 'mailtrap-key-0123456789';

let dynamo: TestDynamo;
let start: Awaited<ReturnType<typeof bundleOf>>;
const opened: Rig[] = [];
const alarms = synthesize(settingsOf({ reconcile: '1h', sources: { sparkpost: { provider: 'sparkpost' } } })).ofType(
  'AWS::CloudWatch::Alarm',
);

const configWith = (apis: Readonly<Record<string, object>>) =>
  runtimeConfig(
    settingsOf({
      reconcile: '1h',
      sources: Object.fromEntries(Object.entries(apis).map(([id, api]) => [id, { provider: id, api }])),
    }),
  );

beforeAll(async () => {
  dynamo = await startTestDynamo();
  start = await bundleOf(
    'reconcile',
    configWith(Object.fromEntries([...ASKED, 'mailtrap'].map((id) => [id, { domain: 'mail.example.com' }]))),
  );
}, 60_000);
afterAll(async () => {
  for (const rig of opened) await rig.stop();
  await dynamo?.stop();
});
/** ESPs of its own, and a container that asks them: what takes its time takes it beside the others. */
interface Rig {
  readonly fakes: ReadonlyMap<string, FakeEsp>;
  readonly mailtrap: FakeApi;
  /** What Mailtrap keeps. */
  readonly kept: { email: string; type: string; created_at: string }[];
  /** One scheduled run with so much time. Returns how long it took. */
  invoke(over?: Readonly<Record<string, string | undefined>>, ms?: number): Promise<number>;
  /** What the last run wrote, counted and said of a source. */
  log(): string;
  metric(name: string): number[];
  said(source: string): Record<string, unknown>;
  stop(): Promise<void>;
}

let last: Promise<unknown> = Promise.resolve();
/** One after the other, each with its first call made: what a container loads for that is no part of the time that a run has. */
function rigged(): Promise<Rig> {
  const rig = last.then(async () => {
    const made = await newRig();
    await made.invoke(Object.fromEntries([...ASKED, 'mailtrap'].map((id) => [id, undefined])));
    return made;
  });
  last = rig.catch(() => undefined);
  return rig;
}

async function newRig(): Promise<Rig> {
  const stored: StoredSecret = { arn: 'x', value: '{}' };
  const secrets = await listen(secretStore(stored));
  const fakes = new Map<string, FakeEsp>();
  for (const [id, begin] of FAKE_ESPS) if (ASKED.includes(id)) fakes.set(id, await begin());
  const kept: Rig['kept'] = [];
  const mailtrap = await fakeApi(({ headers }) =>
    headers.authorization === `Bearer ${LIST_KEY}`
      ? { json: kept.map((one, at) => ({ id: `u${at}`, sending_stream: 'any', ...one })) }
      : { status: 401, json: {} },
  );
  const apis = [...fakes].map(([id, { api, domain }]) => [id, { base: api.url, ...(domain && { domain }) }] as const);
  const { handler, log } = start({
    config: configWith({ ...Object.fromEntries(apis), mailtrap: { base: mailtrap.url } }),
    variables: {
      // What it logs is part of what it does.
      POWERTOOLS_LOG_LEVEL: 'INFO',
      EVENTS_TABLE: dynamo.tables.events,
      SUPPRESSION_TABLE: dynamo.tables.suppression,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      METRICS_NAMESPACE: 'Quell/test',
    },
  });
  let before = 0;
  const written = (): string => log().slice(before);
  const keys = Object.fromEntries([...fakes].map(([id, { key }]) => [id, key]));
  const rig: Rig = {
    fakes,
    mailtrap,
    kept,
    async invoke(over = {}, ms = 160_000) {
      before = log().length;
      stored.value = JSON.stringify({ ...keys, mailtrap: LIST_KEY, ...over });
      const began = performance.now();
      const deadline = Date.now() + ms;
      await handler({ time: DUE }, { getRemainingTimeInMillis: () => deadline - Date.now() });
      return performance.now() - began;
    },
    log: written,
    metric: (name) => metricsIn(written()).flatMap((one) => (one.name === name ? [one.value] : [])),
    said: (source) =>
      written()
        .split('\n')
        .filter((line) => line.includes(`"source":"${source}"`))
        .map((line) => JSON.parse(line) as Record<string, unknown>)[0] ?? {},
    async stop() {
      for (const { api } of fakes.values()) await api.stop();
      await mailtrap.stop();
      await secrets.close();
    },
  };
  opened.push(rig);
  return rig;
}
const fakeOf = ({ fakes }: Rig, id: string): FakeEsp => {
  const fake = fakes.get(id);
  if (!fake) throw new Error('no such ESP');
  return fake;
};

let made = 0;
const happen = (id: string, count: number): Happening[] => {
  const end = WHOLE - (WAITS[id] ?? 24) * HOUR;
  return Array.from({ length: count }, (_one, at) => ({
    at: end - 60_000 * (at + 1),
    shownAt: 0,
    type: at % 2 === 0 ? ('bounced' as const) : ('complained' as const),
    recipient: `person${at}@example.com`,
    id: ++made,
  }));
};

async function record(rig: Rig, id: string, story: readonly Happening[]): Promise<void> {
  const provider = PROVIDERS.get(id);
  if (!provider) throw new Error('no such ESP');
  const read = interpreter(id, { provider, options: {} });
  const events = story.flatMap((one) => {
    const meaning = read(fakeOf(rig, id).webhook(one), {}, { receivedAt: new Date().toISOString() });
    return 'poison' in meaning ? [] : meaning.events;
  });
  const outcomes = await new EventStore(dynamo.client, dynamo.tables.events, 35).record(events, Date.now() + 10_000);
  expect(outcomes).toEqual(story.map(() => 'new'));
}

const alarm = (heading: string) =>
  alarms.find(([, { Properties }]) => Properties.AlarmName === `quell-test-${heading}`)?.[1].Properties ?? {};
const state = (heading: string, rig: Rig): string =>
  evaluate(alarm(heading), metricsIn(rig.log()), Date.now() + 60_000, String);

test.concurrent('what the ESPs know and the table does not is counted exactly, ESP by ESP, and raises the alarm; once it is caught up, it is over', async () => {
  const rig = await rigged();
  const { fakes, said, metric } = rig;
  for (const [at, [id, fake]] of [...fakes].entries()) {
    const story = happen(id, 8);
    fake.story.push(...story);
    await record(rig, id, story.slice(0, 8 - at));
  }
  await rig.invoke();
  expect(Object.fromEntries([...fakes.keys()].map((id) => [id, said(id).missing]))).toEqual({
    sparkpost: 0,
    mailgun: 1,
    sendgrid: 2,
    postmark: 3,
  });
  expect([metric(METRICS.lostByWebhook), metric(METRICS.reconciled)]).toEqual([[6], [1]]);
  for (const id of fakes.keys()) expect(said(id)).toMatchObject({ fetched: 8, comparedPercent: 100 });
  expect(state('lost-by-webhook', rig)).toBe('ALARM');

  for (const [at, [id, { story }]] of [...fakes].entries()) await record(rig, id, story.slice(8 - at));
  await rig.invoke();
  expect(metric(METRICS.lostByWebhook)).toEqual([0]);
  expect([state('lost-by-webhook', rig), state('reconcile-failing', rig)]).toEqual(['OK', 'OK']);
});

test.concurrent('what the ESP may still bring by itself is not lost yet, and what is older was looked at before', async () => {
  const rig = await rigged();
  const { fakes, metric } = rig;
  for (const [id, fake] of fakes) {
    const end = WHOLE - (WAITS[id] ?? 0) * HOUR;
    for (const [at, time] of [end + 10 * 60_000, end + HOUR, end - 3 * HOUR].entries())
      fake.story.push({ at: time, shownAt: 0, type: 'bounced', recipient: 'x@example.com', id: 9000 + at });
  }
  await rig.invoke();
  expect([metric(METRICS.lostByWebhook), metric(METRICS.reconciled)]).toEqual([[0], [1]]);
});

test.concurrent('where an ESP tells no events its list is compared: people who are new on it, and of whom nothing came', async () => {
  const rig = await rigged();
  const { kept, said, metric } = rig;
  const at = new Date(WHOLE - 25 * HOUR).toISOString();
  kept.push(
    { email: 'lost@example.com', type: 'hard bounce', created_at: at },
    { email: 'person0@example.com', type: 'unsubscription', created_at: at },
    { email: 'byhand@example.com', type: 'manual import', created_at: at },
    { email: 'older@example.com', type: 'hard bounce', created_at: new Date(WHOLE - 90 * HOUR).toISOString() },
    { email: 'younger@example.com', type: 'hard bounce', created_at: new Date(WHOLE - HOUR).toISOString() },
  );
  const story = happen('sendgrid', 1);
  await record(rig, 'sendgrid', story);
  await rig.invoke();
  expect(said('mailtrap')).toMatchObject({ fetched: 2, missing: 1, comparedPercent: 100 });
  expect(metric(METRICS.lostByWebhook)).toEqual([1]);
});

const first = (fault: Fault) => (): Fault => fault;
// Each takes the function's whole time: by day one that hangs, and one that ends at once.
const FAULTS: [string, Fault, RegExp][] = [
  ['hangs', 'hang', /did not answer in time|no time left/],
  ['asks to slow down for ever', { status: 429 }, /no time left|slow down/],
  ['asks to wait for an hour', { status: 429, headers: { 'retry-after': '3600' } }, /no time left|60 minutes/],
  ['fails', { status: 500 }, /no time left|failed/],
  ['answers with a page of HTML', 'html', /no time left|no JSON/],
  ['cuts its answers off', 'half', /no time left|could not be reached/],
  ['sends the key elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, /redirect/],
];
test.concurrent.each(FAULTS.filter(([name]) => nightly || ['hangs', 'sends the key elsewhere'].includes(name)))(
  'an ESP that %s costs nobody else the comparison, is told, and the function is back before its limit',
  async (_name, fault, why) => {
    const rig = await rigged();
    const { said, metric } = rig;
    fakeOf(rig, 'sparkpost').api.fault = first(fault);
    rig.mailtrap.fault = first(fault);
    fakeOf(rig, 'mailgun').story.push({
      at: WHOLE - 9 * HOUR,
      shownAt: 0,
      type: 'bounced',
      recipient: 'm@example.com',
      id: 77,
    });
    const limit = 12_000;
    expect(await rig.invoke({}, limit)).toBeLessThan(limit);
    expect(String(said('sparkpost').why)).toMatch(why);
    expect(said('mailtrap').why).toBeDefined();
    expect(said('mailgun')).toMatchObject({ missing: 1 });
    expect([metric(METRICS.lostByWebhook), metric(METRICS.reconciled)]).toEqual([[1], [0]]);
  },
  60_000,
);

test.concurrent('an ESP that refuses the key, or none is stored: told by source, tried once, and no key in any line', async () => {
  const rig = await rigged();
  const { fakes, said, metric } = rig;
  const asked = [...fakes.values()].map(({ api }) => api.asked.length);
  const wrong = { sparkpost: 'a-wrong-key-12345', mailgun: fakes.get('mailgun')?.poorKey, sendgrid: undefined };
  await rig.invoke(wrong);
  expect(String(said('sparkpost').why)).toContain('does not know this key');
  expect(String(said('mailgun').why)).toContain('may not do this');
  expect(String(said('sendgrid').why)).toContain('ops secrets set --api-key');
  expect(said('postmark')).toMatchObject({ missing: 0 });
  expect(metric(METRICS.reconciled)).toEqual([0]);
  const more = [...fakes.values()].map(({ api }, at) => api.asked.length - (asked[at] ?? 0));
  expect(more.slice(0, 3)).toEqual([1, 1, 0]);
  const log = rig.log();
  for (const key of [...Object.values(wrong), ...[...fakes.values()].map(({ key }) => key), LIST_KEY])
    if (key !== undefined) expect(log).not.toContain(key);
  expect(log).not.toMatch(/[\w.+-]+@example/);
});

test('failing twice in a row, or a function that never runs, is an alarm of its own; once is not', () => {
  const failing = alarm('reconcile-failing');
  const at = Date.UTC(2026, 4, 4, 12);
  const counted = (values: readonly number[], hoursAgo: number) =>
    values.map((value) => ({
      namespace: 'Quell/test',
      name: METRICS.reconciled,
      dimensions: '',
      at: at - hoursAgo * HOUR - 1,
      value,
    }));
  const zeros = [...counted([0, 0, 0], 0), ...counted([0, 0, 0], 1)];
  const stateOf = (data: ReturnType<typeof counted>) =>
    evaluate(
      failing,
      data.toSorted((a, b) => a.at - b.at),
      at,
      String,
    );
  expect(stateOf(zeros)).toBe('ALARM');
  expect(stateOf([...zeros, ...counted([1], 1)])).toBe('OK');
  expect(stateOf([...zeros, ...counted([1], 0)])).toBe('OK');
  // A fresh deploy: the hour before it holds no zero.
  expect(stateOf(counted([0, 0], 0))).toBe('OK');
});

test.concurrent('more than one run can read is sampled: the share is told, and what is found is real', async () => {
  const rig = await rigged();
  const { said, metric } = rig;
  const sparkpost = fakeOf(rig, 'sparkpost');
  const end = WHOLE - 8 * HOUR;
  sparkpost.story.push(...happen('sparkpost', 200).map((one, at) => ({ ...one, at: end - 30_000 * (at + 1) })));
  // Pages of three, five a second: two hundred events take thirteen seconds. A machine that is busy has nine to read some of them.
  await rig.invoke({}, 12_000);
  const { missing, fetched, comparedPercent, why } = said('sparkpost');
  expect(why).toBeUndefined();
  expect(Number(missing)).toBeGreaterThan(0);
  expect(Number(missing)).toBeLessThan(200);
  expect(Number(fetched)).toBeGreaterThanOrEqual(Number(missing));
  expect(Number(comparedPercent)).toBeLessThan(100);
  expect(metric(METRICS.lostByWebhook)).toEqual([Number(missing)]);
}, 60_000);
