import { globSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Hono } from 'hono';
import type { Browser, Page } from 'puppeteer-core';
import { dayPrefix } from '../../../lambda/contract/archive.ts';
import { packMessages } from '../../../lambda/domain/message.ts';
import type { ActRecord } from '../../../lib/ops/audit/act.ts';
import { ACTS, type ActWord } from '../../../lib/ops/audit/kinds.ts';
import { COMMANDS } from '../../../lib/ops/cli/cli.ts';
import { ACTIONS } from '../../../lib/ops/console/actions/index.ts';
import { UNDO } from '../../../lib/ops/console/actions/undo.ts';
import { consoleApp } from '../../../lib/ops/console/app.ts';
import { readRetractions } from '../../../lib/ops/stack/retractions.ts';
import { deployedTarget } from '../../../lib/ops/target/deployed.ts';
import { localTargetOf } from '../../../lib/ops/target/local.ts';
import type { Target } from '../../../lib/ops/target/target.ts';
import { type Look, lookAt, openPage, overflow, startBrowser, violations } from '../../support/browser.ts';
import { signGeneric } from '../../support/driver.ts';
import type { Desk } from '../../support/esp/desk.ts';
import { DESKS } from '../../support/esp/desks.ts';
import { ops, project, spawnOps, writeFile } from '../../support/ops.ts';
import { type OpsStack, startOpsStack } from '../../support/ops-stack.ts';
import { type AwsDesk, CALLER, startAwsDesk } from '../../support/surroundings/aws-desk.ts';
import { type Call, type FaultyProxy, faultyProxy } from '../../support/surroundings/faulty-proxy.ts';

/** Everything that changes something, on one stack whose every part can fail in the middle. */

const CREDENTIALS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const NOTE = ['--note', 'ticket 4711'];
const SERVICES = ['dynamodb', 'sqs', 'secretsmanager', 'lambda', 'gateway', 'esp', 'office'] as const;
type Service = (typeof SERVICES)[number];

let stack: OpsStack;
let esp: Desk;
/** Of an ESP that does not call the receiver while it is connected. */
let office: Desk;
let aws: AwsDesk;
/** A project whose stack is the same, reached through the proxies. */
let side: ReturnType<typeof project>;
let local: Target;
let deployed: Target;
const proxies = {} as Record<Service, FaultyProxy>;
const before = { ...process.env };

beforeAll(async () => {
  [stack, esp, office] = await Promise.all([
    startOpsStack(
      { guide: { provider: 'generic' }, sparkpost: { provider: 'sparkpost' }, postmark: { provider: 'postmark' } },
      { secrets: { guide: 'guide-secret-of-tests' }, settings: { archive: {}, heartbeat: false } },
    ),
    (DESKS.get('sparkpost') as () => Promise<Desk>)(),
    (DESKS.get('postmark') as () => Promise<Desk>)(),
  ]);
  const real = stack.local.stack;
  const { dynamodb = '', sqs = '', secretsmanager = '', lambda = '' } = real.endpoints;
  const behind = { dynamodb, sqs, secretsmanager, lambda, gateway: real.url, esp: esp.api.url, office: office.api.url };
  for (const service of SERVICES) proxies[service] = await faultyProxy(behind[service]);
  const { url: gateway } = proxies.gateway;
  const through = {
    ...real,
    url: gateway,
    endpoints: { ...real.endpoints, ...Object.fromEntries(SERVICES.slice(0, 4).map((one) => [one, proxies[one].url])) },
    queues: moved(real.queues, sqs, proxies.sqs.url),
    sources: Object.fromEntries(
      Object.entries(real.sources).map(([name, source]) => [
        name,
        { ...source, url: source.url.replace(real.url, gateway) },
      ]),
    ),
  };
  side = project({ '.local/stack.json': through });
  local = localTargetOf(through, side.root);
  aws = await startAwsDesk('quell-prod', {
    ApiUrl: gateway,
    Sources: JSON.stringify({ guide: 'generic' }),
    Policy: JSON.stringify(real.policy),
    EventsTableName: real.tables.events,
    SuppressionTableName: real.tables.suppression,
    DeliveryQueueUrl: through.queues.delivery,
    ActsQueueUrl: through.queues.acts,
    FeedsQueueUrl: 'none',
    DeadLetterQueueUrl: through.queues.deadLetter,
    SecretArn: real.secretArn,
    OwnKeysArn: real.ownKeysArn,
  });
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: proxies.dynamodb.url,
    ...Object.fromEntries(['CLOUDFORMATION', 'STS', 'CLOUDWATCH'].map((one) => [`AWS_ENDPOINT_URL_${one}`, aws.url])),
  });
  deployed = await deployedTarget({ stage: 'prod' }, { root: side.root, say: () => {} } as never);
}, 120_000);
afterAll(async () => {
  process.env = before;
  for (const proxy of Object.values(proxies)) await proxy.stop();
  await aws?.stop();
  await esp?.api.stop();
  await office?.api.stop();
  await stack?.stop();
  side?.remove();
});

const moved = <T extends object>(urls: T, from: string, to: string): T =>
  Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, String(url).replace(from, to)])) as T;

// ---- what a case needs to be there

const LONG_AGO = '2026-11-01T10:00:00.000Z';
let bounces = 0;
const bounce = (recipient: string, timestamp = LONG_AGO) =>
  JSON.stringify({
    event: 'hard_bounce',
    timestamp,
    message_id: `m-${++bounces}`,
    recipient,
    smtp_code: 550,
    reason: '550 5.1.1 user unknown',
  });

async function bounced(recipient: string, at = new Date().toISOString()): Promise<void> {
  const body = bounce(recipient, at);
  await stack.driver.post('guide', body, signGeneric(body, 'guide-secret-of-tests'));
  await stack.driver.nothingUnderWay();
  expect(await stack.driver.suppressed()).toContain(recipient);
}

async function letter(): Promise<void> {
  const client = new SQSClient({ ...CREDENTIALS, endpoint: stack.local.stack.endpoints.sqs as string });
  const receivedAt = new Date(Date.now() - 60_000).toISOString();
  const envelope = { source: 'guide', channel: 'https', receivedAt, requestId: 'r', origin: 'live' } as const;
  const [MessageBody] = packMessages(envelope, [bounce('letter@example.com')]);
  await client.send(new SendMessageCommand({ QueueUrl: stack.local.stack.queues.deadLetter, MessageBody }));
  client.destroy();
}

async function archived(): Promise<void> {
  const client = new S3Client({
    ...CREDENTIALS,
    endpoint: stack.local.stack.endpoints.s3 as string,
    forcePathStyle: true,
  });
  const line = {
    receivedAt: '2026-11-01T10:00:00.000Z',
    source: 'guide',
    provider: 'generic',
    channel: 'https',
    origin: 'live',
    requestId: 'r',
    raw: bounce('archived@example.com'),
    events: [{ type: 'bounced' }],
  };
  const Body = gzipSync(`${JSON.stringify(line)}\n`);
  const Bucket = stack.local.stack.archive?.bucket;
  await client.send(new PutObjectCommand({ Bucket, Key: `${dayPrefix('2026-11-01')}one.gz`, Body }));
  client.destroy();
}

const stored = async (over: object): Promise<void> => {
  const { readSecretMap, changeSecretMap } = await import('../../../lib/ops/stack/secret-map.ts');
  await readSecretMap(local);
  await changeSecretMap(local, (map) => new Map([...map, ...Object.entries(over)]));
};

/** One kind of act: how it is done, and which call makes the change. */
interface Case {
  readonly args: readonly string[];
  readonly input?: string;
  /** Makes what it needs; called before each try. */
  readonly given?: () => Promise<void>;
  readonly breaks: readonly [Service, (call: Call) => boolean];
  /** What it is about. */
  readonly on?: readonly string[];
  /** What it needs is there for the second try still, and could not be made again: what is taken back does not count. */
  readonly once?: true;
  /** Only a deployed stack has such a part. */
  readonly deployed?: true;
}

const takes =
  (operation: string, table = '') =>
  (call: Call) =>
    call.operation === operation && JSON.stringify(call.body).includes(table);
const toActs = ['sqs', takes('SendMessageBatch')] as const;
const toList = (operation: string) => ['dynamodb', takes(operation, 'suppression')] as const;
const secret = ['secretsmanager', takes('PutSecretValue')] as const;
const asked = (method: string) => (call: Call) => call.method === method;
const ESP = ['--api-base', 'ESP'];
const OTHER_ESP = ['--api-base', 'OFFICE'];

const CASES: Readonly<Record<ActWord, Case>> = {
  suppress: {
    args: ['suppress', 'one@example.com', 'two@example.com', ...NOTE],
    breaks: toActs,
    on: ['one@example.com', 'two@example.com'],
  },
  lift: {
    args: ['lift', 'lifted@example.com', ...NOTE],
    given: () => bounced('lifted@example.com'),
    breaks: toActs,
    on: ['lifted@example.com'],
  },
  'take back': {
    args: ['lift', '--source', 'guide', '--from', '2026-11-01', '--until', '2026-11-02', ...NOTE],
    given: () => bounced('window@example.com', LONG_AGO),
    breaks: toActs,
    once: true,
  },
  forget: { args: ['lift', '--forget', 'WINDOW'], breaks: toList('UpdateItem') },
  import: { args: ['import', 'list.csv', '--reason', 'complaint', ...NOTE], breaks: toActs },
  erase: {
    args: ['erase', 'erased@example.com', ...NOTE],
    given: () => bounced('erased@example.com'),
    breaks: toList('PutItem'),
  },
  replay: {
    args: ['replay', '--from', '2026-11-01', '--to', '2026-11-02', '--late', '0', '--fresh'],
    given: archived,
    breaks: toActs,
  },
  'catch-up': {
    args: ['catch-up', 'sparkpost', '--lists', ...ESP],
    given: async () => void esp.kept.push({ list: esp.names.bounce, address: 'listed@example.com' }),
    breaks: toActs,
    on: ['sparkpost'],
  },
  push: {
    args: ['push', 'sparkpost', '--yes', ...ESP],
    given: () => bounced('pushed@example.com'),
    breaks: ['esp', asked('PUT')],
    on: ['sparkpost'],
  },
  connect: {
    args: ['connect', 'postmark', '--no-test', ...OTHER_ESP],
    breaks: ['office', asked('POST')],
    on: ['postmark'],
  },
  disconnect: {
    args: ['connect', 'postmark', '--remove', ...OTHER_ESP],
    breaks: ['office', asked('DELETE')],
    on: ['postmark'],
  },
  'dlq redrive': { args: ['dlq', 'redrive', '--source', 'guide'], given: letter, breaks: toActs, on: ['guide'] },
  'dlq drop': {
    args: ['dlq', 'drop', '--reason', 'crash-loop', '--yes'],
    given: letter,
    breaks: ['sqs', takes('DeleteMessageBatch')],
    on: ['crash-loop'],
  },
  pause: { args: ['pause'], breaks: ['lambda', asked('PUT')] },
  resume: { args: ['resume'], breaks: ['lambda', asked('PUT')] },
  mute: { args: ['mute', 'guide', '--for', '1h'], breaks: ['gateway', () => false], on: ['guide'], deployed: true },
  unmute: { args: ['mute', 'guide', '--off'], breaks: ['gateway', () => false], on: ['guide'], deployed: true },
  'secrets set': {
    args: ['secrets', 'set', 'guide', '--add'],
    input: 'another-secret-of-tests',
    breaks: secret,
    on: ['guide'],
  },
  'secrets rotate': { args: ['secrets', 'rotate', 'guide', '--generate'], breaks: secret, on: ['guide'] },
  'secrets remove': {
    args: ['secrets', 'remove', 'guide', '--position', '1', '--yes'],
    given: () => stored({ guide: ['one-secret-of-tests', 'guide-secret-of-tests'] }),
    breaks: secret,
    on: ['guide'],
  },
  send: {
    args: ['send', 'guide', '--to', 'sent@example.com'],
    given: () => stored({ guide: 'guide-secret-of-tests' }),
    breaks: ['gateway', asked('POST')],
    on: ['guide', 'sent@example.com'],
  },
};
/** They do parts of acts. */
const WITHIN = [
  'commands/connect/connect.ts',
  'commands/connect/disconnect.ts',
  'commands/connect/prove.ts',
  // Hides letters while they are looked at.
  'commands/dlq/letters.ts',
  'commands/erase/erasure-key.ts',
  'commands/import/run.ts',
  'commands/replay/sender.ts',
  'commands/send/post.ts',
];
const CALLS_OF_ALARMS = new Set(['PutAlarmMuteRule', 'DeleteAlarmMuteRule']);

const listed = async (): Promise<ActRecord[]> =>
  (await stack.run(['audit', '--since', '1h', '--json'])).json() as ActRecord[];

/** The one act that came while this was done. */
async function oneAct(what: () => Promise<unknown>): Promise<ActRecord> {
  const known = new Set((await stack.driver.acts()).map(({ id }) => id));
  await what();
  const fresh = (await listed()).filter(({ id }) => !known.has(id));
  expect(fresh).toHaveLength(1);
  // And no record stands in the table that is not listed.
  expect(await stack.driver.acts()).toHaveLength(known.size + 1);
  return fresh[0] as ActRecord;
}

/** Lets the call that changes something fail while this is done. */
async function broken<T>({ breaks: [service, is] }: Case, what: () => Promise<T>): Promise<T> {
  proxies[service].fault = (call) =>
    is(call) ? (service === 'esp' || service === 'office' ? { status: 403, json: {} } : 'cut') : undefined;
  aws.fault = (operation) => CALLS_OF_ALARMS.has(operation);
  try {
    return await what();
  } finally {
    proxies[service].fault = () => undefined;
    aws.fault = () => false;
  }
}

async function command({ args, input, deployed: far }: Case) {
  const put = new Map([
    ['ESP', proxies.esp.url],
    ['OFFICE', proxies.office.url],
  ]);
  if (args.includes('WINDOW')) put.set('WINDOW', (await readRetractions(local)).retractions[0]?.id ?? '');
  const line = args.map((arg) => put.get(arg) ?? arg);
  const where = far ? ['--stage', 'prod'] : ['--local'];
  return ops([...line, ...where], { root: side.root, input: input ?? (args.includes('OFFICE') ? office : esp).key });
}

describe('a command that changes something', () => {
  test('says so, and is tried here', async () => {
    const declared = await Promise.all(
      [...COMMANDS].map(async ([name, { load }]) => ({ name, changes: (await load()).command.changes })),
    );
    const untried = declared.flatMap(({ name, changes }) =>
      changes.filter((act) => !Object.hasOwn(CASES, act)).map((act) => `${name}: ${act}`),
    );
    expect(untried).toEqual([]);
    expect(declared.flatMap(({ changes }) => changes).sort()).toEqual([...ACTS].sort());
  });

  test('is in no file that writes without an act, but for those that are called within one', () => {
    const WRITERS =
      /(?<!\.)\b(changeSecretMap|changeRetractions|sendActs|enqueue|offer|switchProcessing|mute|unmute|eraseEntry|post)\(|new (Put|Update|Delete|BatchWrite|SendMessage)\w*Command/;
    const files = globSync('lib/ops/{commands,console}/**/*.ts').filter((file) => {
      const text = readFileSync(file, 'utf8');
      return WRITERS.test(text) && !/\baudited\(/.test(text);
    });
    expect(files.map((file) => file.replaceAll('\\', '/').replace(/^lib\/ops\//, '')).sort()).toEqual(WITHIN);
  });

  const WRITES = /^(PutItem|UpdateItem|DeleteItem|BatchWriteItem|SendMessageBatch|DeleteMessageBatch|PutSecretValue)$/;

  test.each(ACTS.map((act) => [act, CASES[act]] as const))(
    '%s leaves one act, also when it fails half way',
    async (what, one) => {
      writeFile(side.root, 'list.csv', 'address,reason,scope,at,until,note\nimported@example.com,complaint,,,,\n');
      await one.given?.();
      const failed = await oneAct(async () => {
        const { code } = await broken(one, () => command(one));
        expect(code).toBe(3);
      });
      expect(failed).toMatchObject({ what, result: 'failed', error: expect.stringMatching(/./), via: 'command' });

      if (!one.once) await one.given?.();
      for (const { calls } of Object.values(proxies)) calls.length = 0;
      const done = await oneAct(async () => expect((await command(one)).code).toBe(0));
      expect(done).toMatchObject({ what, result: 'done', ...(one.on && { on: one.on }) });
      expect(done).not.toHaveProperty('error');
      expect(done.by).toBe(one.deployed ? CALLER : failed.by);
      if (one.args.includes('--note')) expect(done.note).toBe('ticket 4711');
      // The record is there before anything else is written.
      const writes = proxies.dynamodb.calls.filter((call) => WRITES.test(call));
      expect(['BatchWriteItem', 'PutItem']).toContain(writes[0]);
    },
    60_000,
  );

  test('read-only commands write nothing anywhere', async () => {
    for (const { calls } of Object.values(proxies)) calls.length = 0;
    const lines = [
      ['check', 'one@example.com'],
      ['timeline', 'one@example.com'],
      ['scopes'],
      ['export'],
      ['events'],
      ['audit'],
      ['audit', '--on', 'one@example.com'],
      ['dlq', 'list'],
      ['dlq', 'redrive', '--all', '--dry-run'],
      ['secrets', 'list'],
      ['lift', '--retractions'],
      ['lift', '--source', 'guide', '--from', '2026-11-01', '--until', '2026-11-02', '--dry-run'],
      ['import', 'list.csv', '--dry-run', ...NOTE],
      ['reconcile', 'sparkpost', '--api-base', proxies.esp.url],
      ['push', 'sparkpost', '--api-base', proxies.esp.url],
      ['doctor'],
    ];
    const known = (await stack.driver.acts()).length;
    for (const line of lines) {
      const { code, err } = await ops([...line, '--local'], { root: side.root, input: esp.key });
      expect([code, err]).not.toEqual([2, err]);
    }
    const writes = Object.values(proxies).flatMap(({ calls }) => calls.filter((call) => WRITES.test(call)));
    expect(writes).toEqual([]);
    expect(await stack.driver.acts()).toHaveLength(known);
  });
});

describe('an action of the console', () => {
  const FORM = { note: 'ticket 4711', really: 'yes', reason: 'manual', for: '1h', keep: 'no', scope: '', days: '' };
  const appOf = (target: Target): Hono =>
    consoleApp({
      context: { target, watch: {} as never, readOnly: false, now: Date.now },
      door: { token: 'token-of-tests', port: () => 1 },
      version: 'test',
      watchChanges: () => () => {},
    });
  const OTHER_WINDOW = {
    ...CASES['take back'],
    given: () => bounced('other-window@example.com', '2026-11-03T10:00:00.000Z'),
  };
  const WINDOW = { source: 'guide', from: '2026-11-03T00:00:00Z', until: '2026-11-04T00:00:00Z', reason: '' };
  const post = (target: Target, path: string) =>
    appOf(target).request(`http://127.0.0.1:1${path}`, {
      method: 'POST',
      headers: { host: '127.0.0.1:1', cookie: 'quell_console_1=token-of-tests', accept: 'application/json' },
      body: new URLSearchParams({ ...FORM, ...(path === UNDO.path && WINDOW) }),
    });

  test.each([...ACTIONS, UNDO].map((action) => [action.act, action.path] as const))(
    '%s leaves one act, also when it fails half way',
    async (what, path) => {
      const one = what === UNDO.act ? OTHER_WINDOW : CASES[what];
      const address = one.on?.find((on) => on.includes('@')) ?? 'erased@example.com';
      const url = path.replace(':address', address).replace(':name', 'guide').replace(':group', 'crash-loop~guide');
      const target = one.deployed ? deployed : local;
      await one.given?.();
      const failed = await oneAct(() => broken(one, async () => expect((await post(target, url)).status).toBe(500)));
      expect(failed).toMatchObject({ what, result: 'failed', via: 'console', note: 'ticket 4711' });
      if (!one.once) await one.given?.();
      const done = await oneAct(async () => {
        const answer = await post(target, url);
        expect([answer.status, await answer.text()]).toEqual([200, expect.anything()]);
      });
      expect(done).toMatchObject({ what, result: 'done', via: 'console', note: 'ticket 4711' });
    },
    60_000,
  );
});

describe('a record', () => {
  test('is there before the work begins: whoever is killed in the middle leaves it as not finished', async () => {
    const left = await oneAct(async () => {
      let hangs = (): void => {};
      const hung = new Promise<void>((resolve) => {
        hangs = resolve;
      });
      proxies.sqs.fault = ({ operation }) => {
        if (operation !== 'SendMessageBatch') return undefined;
        hangs();
        return 'hang';
      };
      const ended = new AbortController();
      const run = spawnOps(['suppress', 'killed@example.com', ...NOTE, '--local'], {
        root: side.root,
        signal: ended.signal,
      });
      await hung;
      ended.abort();
      await run;
      proxies.sqs.fault = () => undefined;
    });
    expect(left).toMatchObject({ what: 'suppress', result: 'not finished', on: ['killed@example.com'], counts: {} });
    expect((await stack.run(['audit', '--what', 'suppress'])).out).toContain('not finished  killed@example.com');
    expect((await stack.run(['timeline', 'killed@example.com'])).out).toContain('suppress       not finished');
  });

  test('cannot be written: nothing is done', async () => {
    proxies.dynamodb.fault = ({ operation }) => (operation === 'PutItem' ? 'cut' : undefined);
    proxies.sqs.calls.length = 0;
    const { code } = await command(CASES.suppress);
    proxies.dynamodb.fault = () => undefined;
    expect(code).toBe(3);
    expect(proxies.sqs.calls).toEqual([]);
  });

  test('is found by what it was about, by whom, and by its kind; what is not there is a no', async () => {
    const on = (await stack.run(['audit', '--on', 'two@example.com', '--json'])).json() as ActRecord[];
    expect(on.length).toBeGreaterThan(1);
    expect(new Set(on.map(({ what }) => what))).toEqual(new Set(['suppress']));
    const byImport = (await stack.run(['audit', '--on', 'imported@example.com', '--json'])).json() as ActRecord[];
    expect(byImport.map(({ what }) => what)).toContain('import');
    expect((await stack.run(['audit', '--by', 'assumed-role/operators', '--json'])).json()).toEqual(
      expect.arrayContaining([expect.objectContaining({ what: 'mute', by: CALLER })]),
    );
    expect((await stack.run(['audit', '--by', 'nobody'])).code).toBe(1);
    expect((await stack.run(['audit', '--since', '2020-01-01', '--until', '2020-02-01'])).code).toBe(1);
    const [newest, next] = (await listed()) as [ActRecord, ActRecord];
    const before = (await stack.run(['audit', '--until', newest.at, '--limit', '1', '--json'])).json();
    expect(before).toEqual([next]);
  });

  test('holds no address in its note, and none of somebody who was erased', async () => {
    const address = 'forgotten@example.com';
    await command({
      ...CASES.suppress,
      args: ['suppress', address, 'kept@example.com', '--note', `as ${address} wrote`],
    });
    expect(JSON.stringify(await stack.driver.acts())).toContain(address);
    expect((await stack.run(['audit', '--on', address])).out).toContain('"as (address) wrote"');
    await stack.driver.nothingUnderWay();
    expect(await stack.driver.suppressed()).toContain(address);
    expect((await stack.run(['erase', address, ...NOTE])).code).toBe(0);
    await stack.driver.nothingUnderWay();
    const { DynamoDBClient, ScanCommand } = await import('@aws-sdk/client-dynamodb');
    const client = new DynamoDBClient({ ...CREDENTIALS, endpoint: stack.local.stack.endpoints.dynamodb as string });
    const { Items } = await client.send(new ScanCommand({ TableName: stack.local.stack.tables.events }));
    client.destroy();
    // Not in the audit, and in no event but the one whose note says it of somebody else.
    const naming = (Items ?? []).filter((item) => JSON.stringify(item).includes(address));
    expect(naming.map(({ recipient }) => recipient?.S)).toEqual(['kept@example.com']);
    // Whoever may read the key can still show what was done, and that it was.
    const shown = (await stack.run(['audit', '--on', address, '--json'])).json() as ActRecord[];
    expect(shown.map(({ what }) => what)).toEqual(['erase', 'suppress']);
    expect(shown[1]?.on).toEqual([expect.stringMatching(/^~erased#/), 'kept@example.com']);
    expect((await stack.run(['audit', '--on', 'kept@example.com'])).out).toContain('somebody erased, kept@example.com');
  });

  test('leaves when its days are over', async () => {
    const [record] = (await stack.driver.acts()) as { at: string; expiresAt: number }[];
    expect(record?.expiresAt).toBe(Math.ceil(Date.parse(record?.at ?? '') / 1000) + 400 * 86_400);
  });

  test.each([
    [['--since', 'yesterday'], '--since'],
    [['--until', 'x'], '--until'],
    [['--since', '2026-05-02', '--until', '2026-05-01'], 'before --until'],
    [['--limit', '0'], '--limit'],
  ])('%j is wrong usage', async (args, hint) => {
    const { code, err } = await stack.run(['audit', ...args]);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  });
});

describe('in the console', () => {
  let browser: Browser;
  let entrance: string;
  let origin: string;
  beforeAll(async () => {
    browser = await startBrowser();
    entrance = stack.local.stack.console?.url ?? '';
    origin = new URL(entrance).origin;
  }, 60_000);
  afterAll(() => browser?.close());

  async function enter(look: Look, path: string): Promise<Page> {
    const page = await openPage(browser, look);
    await page.goto(entrance);
    await page.goto(origin + path);
    return page;
  }
  const textOf = (page: Page): Promise<string> => page.evaluate('document.body.innerText') as Promise<string>;
  const WINDOW = '/list/undo?source=guide&from=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z';

  test.each(
    ['/audit', '/audit?on=nobody%40example.com', '/list/undo', WINDOW].map((path, nth) => [path, nth] as const),
  )(
    '%s: no violation of axe in light and dark, and nothing is wider than a telephone',
    async (path, nth) => {
      const page = await enter({}, path);
      for (const width of [1440, 768, 360]) {
        await lookAt(page, { width });
        expect([width, await overflow(page)]).toEqual([width, 0]);
      }
      // By day every other page in the dark: the styles are the same of all.
      for (const dark of process.env.NIGHTLY === undefined ? [nth % 2 === 1] : [false, true]) {
        await lookAt(page, { width: 360, dark });
        expect([dark, await violations(page)]).toEqual([dark, []]);
      }
      await page.close();
    },
    60_000,
  );

  test('acts are filtered by person and paged; programs get the model', async () => {
    const page = await enter({}, '/audit?on=two%40example.com');
    expect(await textOf(page)).toContain('suppress');
    expect(await page.evaluate('document.querySelector("tbody").innerText')).not.toContain('dlq redrive');
    await page.goto(`${origin}/audit?since=1d`);
    expect(await textOf(page)).toContain('not finished');
    await Promise.all([page.waitForNavigation(), page.click('a[href^="/audit?"][class=button]')]);
    expect(page.url()).toContain('after=');
    expect(await textOf(page)).toContain('ticket 4711');
    const model = await page.evaluate(async () =>
      (await fetch('/audit?what=pause', { headers: { accept: 'application/json' } })).json(),
    );
    expect(model).toMatchObject({ acts: expect.arrayContaining([expect.objectContaining({ what: 'pause' })]) });
    await page.close();
  });

  test.each([
    ['with script', true],
    ['without script', false],
  ])(
    'a window is undone by keyboard, %s: who would come back, the question, then the act',
    async (name, script) => {
      const day = script ? '05' : '06';
      const address = `${name.replace(' ', '-')}@example.com`;
      await bounced(address, `2026-11-${day}T10:00:00.000Z`);
      const page = await enter({ script }, '/list');
      const reach = async (words: string) => {
        for (let tabs = 0; tabs < 80; tabs++) {
          await page.keyboard.press('Tab');
          const at = await page.evaluate(
            '(document.activeElement?.name || document.activeElement?.innerText || document.activeElement?.getAttribute("aria-label") || "")',
          );
          if (String(at).startsWith(words)) return;
        }
        throw new Error(`nothing called "${words}" can be reached`);
      };
      const enterKey = () => Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);

      await reach('Undo a window');
      await enterKey();
      await reach('source');
      await page.keyboard.type('guide');
      await reach('from');
      await page.keyboard.type(`2026-11-${day}T09:00:00Z`);
      await reach('until');
      await page.keyboard.type(`2026-11-${day} 11:00:00`);
      await reach('Show whom it concerns');
      await enterKey();
      expect(await textOf(page)).toContain('1 person would come back');
      expect(await textOf(page)).toContain(address);
      expect(await stack.driver.suppressed()).toContain(address);
      const act = await oneAct(async () => {
        await reach('note');
        await page.keyboard.type('a wrong mapping');
        await reach('Undo');
        await enterKey();
      });
      expect(new URL(page.url()).pathname).toBe('/list');
      expect(await textOf(page)).toContain('Lifted: 1.');
      expect(await stack.driver.suppressed()).not.toContain(address);
      expect(act).toMatchObject({ what: 'take back', via: 'console', note: 'a wrong mapping', counts: { lifted: 1 } });
      await page.close();
    },
    60_000,
  );
});
