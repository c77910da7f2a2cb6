import {
  BatchExecuteStatementCommand,
  type BatchStatementRequest,
  ListTablesCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SQSBatchResponse } from 'aws-lambda';
import { packMessages } from '../../../lambda/domain/message.ts';
import { type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { secretStore } from '../../../lib/local/emulators/secret-store.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { metricsIn } from '../../support/alarms/emf.ts';
import { type Buried, sqsStandIn } from '../../support/bundled.ts';
import { bundleOf } from '../../support/every-call/bundle.ts';
import { settingsOf } from '../../support/stack/settings.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { type Call, type FaultyProxy, faultyProxy } from '../../support/surroundings/faulty-proxy.ts';
import { unhurried } from '../../support/surroundings/unhurried.ts';

/**
 * One part that hangs or refuses costs its own messages and no others, and `process` answers before Lambda ends it: the messages of a
 * killed invocation are hidden for minutes, and each of them has used up one of its receives.
 */

let dynamo: TestDynamo;
let secrets: Listening;
let start: Awaited<ReturnType<typeof bundleOf>>;
const opened: Rig[] = [];
let rigs = 0;

beforeAll(async () => {
  dynamo = await startTestDynamo();
  secrets = await listen(secretStore({ arn: 'x', value: JSON.stringify({ 'quell-erasure': 'k'.repeat(32) }) }));
  // Nothing is archived or published.
  start = await bundleOf('process', runtimeConfig(settingsOf({ publish: false })));
}, 60_000);
afterAll(async () => {
  for (const rig of opened) await rig.stop();
  await secrets?.close();
  await dynamo?.stop();
});

/** A container with parts of its own, and people of whom no other hears: what hangs for one is waited for beside the others. */
interface Rig {
  readonly tables: FaultyProxy;
  readonly queues: FaultyProxy;
  readonly buried: readonly Buried[];
  readonly person: (n: number) => string;
  readonly fact: (n: number, over?: object) => string;
  invoke(bodies: readonly string[]): Promise<{ readonly failed: readonly string[]; readonly ms: number }>;
  /** Whom the list holds, of those who are asked about. */
  suppressed(): Promise<string[]>;
  /** What it counted, by metric. */
  counted(): Record<string, number>;
  stop(): Promise<void>;
}

/** Milliseconds that Lambda would have given an invocation. */
const TIME = 8000;

async function rigged(): Promise<Rig> {
  const run = rigs++;
  const buried: Buried[] = [];
  const tables = await faultyProxy(dynamo.endpoint);
  const queue = await listen(
    sqsStandIn(
      () => false,
      (entries) => buried.push(...entries),
    ),
  );
  const queues = await faultyProxy(queue.url);
  const { handler, log } = start({
    variables: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      EVENTS_TABLE: dynamo.tables.events,
      SUPPRESSION_TABLE: dynamo.tables.suppression,
      TOPIC_ARNS: '{}',
      DEAD_LETTER_QUEUE_URL: `${queues.url}/000000000000/dead`,
      AWS_ENDPOINT_URL_SQS: queues.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_DYNAMODB: tables.url,
    },
  });
  const person = (n: number): string => `person-${run}-${n}@example.com`;
  const rig: Rig = {
    tables,
    queues,
    buried,
    person,
    fact: (n, over = { event: 'spamreport' }) =>
      JSON.stringify({ email: person(n), timestamp: Math.floor(Date.now() / 1000), sg_message_id: `m${n}.f`, ...over }),
    async invoke(bodies) {
      const began = performance.now();
      const context = { getRemainingTimeInMillis: () => TIME - (performance.now() - began) };
      const answer = handler({ Records: bodies.map((body, n) => ({ messageId: `m${n}`, body })) }, context);
      const { batchItemFailures } = (await answer) as SQSBatchResponse;
      return { failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), ms: performance.now() - began };
    },
    async suppressed() {
      const { Items = [] } = await dynamo.client.send(new ScanCommand({ TableName: dynamo.tables.suppression }));
      return Items.map(({ recipient }) => recipient?.S ?? '').filter((address) => address.startsWith(`person-${run}-`));
    },
    counted: () => Object.fromEntries(metricsIn(log()).map(({ name, value }) => [name, value])),
    async stop() {
      await Promise.all([tables.stop(), queues.stop(), queue.close()]);
    },
  };
  opened.push(rig);
  return rig;
}

/** Once more where the machine had no time for it. */
const withTime =
  <Given extends unknown[]>(run: (...given: Given) => Promise<void>) =>
  (...given: Given): Promise<void> =>
    unhurried(
      () => run(...given),
      () => dynamo.client.send(new ListTablesCommand({ Limit: 1 })),
    );

const SOFT = { event: 'bounce', type: 'expired', reason: '452 4.2.2 mailbox full' };

/** One message for each raw event. */
const messages = (raws: readonly string[], receivedAt = new Date()): string[] => {
  const at = receivedAt.toISOString();
  const envelope = { source: 'sendgrid', channel: 'https', receivedAt: at, requestId: 'r', origin: 'live' } as const;
  return raws.flatMap((raw) => packMessages(envelope, [raw]));
};

const ten = Array.from({ length: 10 }, (_none, n) => n);
const nine = ten.slice(0, 9);

describe('within the time of one invocation', () => {
  test.concurrent(
    'a dead-letter queue that hangs: the poisoned message comes back, its neighbours are done',
    withTime(async () => {
      const rig = await rigged();
      const { queues, fact, person } = rig;
      queues.fault = () => 'hang';
      const { failed, ms } = await rig.invoke(messages([...nine.map((n) => fact(n)), 'no JSON']));
      expect(failed).toEqual(['m9']);
      expect(ms).toBeLessThan(TIME);
      expect((await rig.suppressed()).sort()).toEqual(nine.map(person).sort());
    }),
  );

  test('clicks are not counted where nobody hears of surges', async () => {
    const { tables, fact, invoke } = await rigged();
    const click = { event: 'click', url: 'https://shop.example/a' };
    expect((await invoke(messages([fact(0, click)]))).failed).toEqual([]);
    expect(tables.calls).not.toContain('UpdateItem');
  });

  test(
    'a dead-letter queue that is slow takes all letters of a batch side by side',
    withTime(async () => {
      const { queues, buried, invoke } = await rigged();
      queues.fault = async () => {
        await new Promise((done) => setTimeout(done, 600));
        return undefined;
      };
      const { failed, ms } = await invoke(messages(ten.map((n) => `no JSON ${n}`)));
      expect(failed).toEqual([]);
      expect(buried.map(({ MessageBody }) => MessageBody)).toHaveLength(10);
      expect(ms).toBeLessThan(2000);
    }),
  );

  /** The table lets all statements through but those about one person. */
  const throttling =
    (address: string) =>
    async ({ operation, body }: Call) => {
      if (operation !== 'BatchExecuteStatement') return undefined;
      const all = body.Statements as BatchStatementRequest[];
      const refused = all.map((statement) => JSON.stringify(statement.Parameters).includes(address));
      const others = all.filter((_statement, at) => !refused[at]);
      const { Responses = [] } =
        others.length > 0 ? await dynamo.client.send(new BatchExecuteStatementCommand({ Statements: others })) : {};
      const answers = Responses.values();
      const json = {
        Responses: refused.map((is) => (is ? { Error: { Code: 'ThrottlingError' } } : (answers.next().value ?? {}))),
      };
      return { status: 200, json };
    };

  test.concurrent.each([1, 2, 3])(
    'an event that is always throttled: nine complaints beside it suppress in the same invocation (%i of 3)',
    withTime(async () => {
      const rig = await rigged();
      const { tables, fact, person } = rig;
      tables.fault = throttling(person(9));
      const { failed, ms } = await rig.invoke(messages(ten.map((n) => fact(n))));
      expect([failed, ms < TIME]).toEqual([['m9'], true]);
      expect((await rig.suppressed()).sort()).toEqual(nine.map(person).sort());
      const { TableFailures = 0, ...counted } = rig.counted();
      const news = { NewSuppressions: 9, SuppressionChanges: 9 };
      expect(counted).toEqual({ Accepted: 9, Complaints: 9, FailedMessages: 1, ...news });
      expect(TableFailures).toBeGreaterThan(0);
    }),
  );

  test.concurrent(
    'a hundred events of one person that are always throttled, in front of the others: they cost nobody else anything',
    withTime(async () => {
      const rig = await rigged();
      const { tables, fact, person } = rig;
      tables.fault = throttling(person(9));
      const opens = Array.from({ length: 100 }, (_none, at) =>
        fact(9, { event: 'open', sg_message_id: `hot-${at}.f` }),
      );
      const envelope = {
        source: 'sendgrid',
        channel: 'https',
        receivedAt: new Date().toISOString(),
        requestId: 'r',
      } as const;
      const hot = packMessages({ ...envelope, origin: 'live' }, opens);
      expect(hot).toHaveLength(1);
      const { failed, ms } = await rig.invoke([...hot, ...messages(nine.map((n) => fact(n)))]);
      expect([failed, ms < TIME]).toEqual([['m0'], true]);
      expect((await rig.suppressed()).sort()).toEqual(nine.map(person).sort());
    }),
  );

  test.concurrent(
    'an entry that is always throttled: who proves to be listed already is read and written all the same',
    withTime(async () => {
      const rig = await rigged();
      const { tables, fact, person } = rig;
      await rig.invoke(messages([fact(0)]));
      const throttle = throttling(person(9));
      tables.fault = async (call) =>
        JSON.stringify(call.body).includes(dynamo.tables.suppression) ? throttle(call) : undefined;
      const { failed } = await rig.invoke(
        messages([...nine.map((n) => fact(n, { event: 'group_unsubscribe', asm_group_id: 7 })), fact(9)]),
      );
      expect(failed).toEqual(['m9']);
    }),
  );

  const LATE = { event: 'delivered', timestamp: Math.floor(Date.now() / 1000) - 60 };

  test.concurrent.each([
    ['Query', 'the history of soft bounces', SOFT],
    ['BatchGetItem', 'the list', { event: 'dropped', reason: 'Bounced Address' }],
    ['BatchGetItem', 'the list, after a late delivery', LATE],
  ])(
    '%s hangs, the read of %s: only the messages that need it come back',
    withTime(async (hanging, _what, over) => {
      const rig = await rigged();
      const { tables, fact, person } = rig;
      tables.fault = ({ operation }) => (operation === hanging ? 'hang' : undefined);
      const { failed, ms } = await rig.invoke(messages([...nine.map((n) => fact(n)), fact(9, over)]));
      expect([failed, ms < TIME]).toEqual([['m9'], true]);
      expect((await rig.suppressed()).sort()).toEqual(nine.map(person).sort());
    }),
  );

  test.concurrent(
    'the list is throttled for somebody with a late delivery: only that message comes back',
    withTime(async () => {
      const rig = await rigged();
      const { tables, fact, person } = rig;
      tables.fault = ({ operation, body }) =>
        operation === 'BatchGetItem'
          ? { status: 200, json: { Responses: {}, UnprocessedKeys: body.RequestItems } }
          : undefined;
      const { failed } = await rig.invoke(messages([...nine.map((n) => fact(n)), fact(9, LATE)]));
      expect(failed).toEqual(['m9']);
      expect((await rig.suppressed()).sort()).toEqual(nine.map(person).sort());
    }),
  );

  test.concurrent(
    'a new process whose first read of the retractions hangs: it reads them again',
    withTime(async () => {
      const rig = await rigged();
      const { tables, fact, person } = rig;
      let reads = 0;
      tables.fault = ({ operation }) => (operation === 'GetItem' && reads++ === 0 ? 'hang' : undefined);
      const { failed } = await rig.invoke(messages(nine.map((n) => fact(n))));
      expect(failed).toEqual([]);
      expect((await rig.suppressed()).sort()).toEqual(nine.map(person).sort());
    }),
  );

  test.concurrent(
    'a new process that cannot read the retractions suppresses who is new, and has the messages come back for the look',
    withTime(async () => {
      const rig = await rigged();
      const { tables, fact, person } = rig;
      tables.fault = ({ operation }) => (operation === 'GetItem' ? 'hang' : undefined);
      const { failed, ms } = await rig.invoke(messages(nine.map((n) => fact(n))));
      expect([failed, ms < TIME]).toEqual([nine.map((n) => `m${n}`), true]);
      expect((await rig.suppressed()).sort()).toEqual(nine.map(person).sort());
      tables.fault = () => undefined;
      expect((await rig.invoke(messages(nine.map((n) => fact(n))))).failed).toEqual([]);
    }),
  );

  test.concurrent(
    'the first arrival of a repeated event hangs, of a clock that is ahead: its neighbours are done, who need reads of their own too',
    withTime(async () => {
      const rig = await rigged();
      const { tables, fact, person } = rig;
      const ahead = messages([fact(9, { event: 'spamreport', timestamp: Math.floor(Date.now() / 1000) + 86_400 })]);
      await rig.invoke(ahead);
      tables.fault = ({ operation }) => (operation === 'Query' ? 'hang' : undefined);
      const others = messages([fact(0, LATE), ...nine.slice(1).map((n) => fact(n))]);
      const { failed } = await rig.invoke([...ahead, ...others]);
      expect(failed).toEqual(['m0']);
      expect((await rig.suppressed()).sort()).toEqual([...nine.slice(1), 9].map(person).sort());
    }),
  );

  test.concurrent(
    'the marks of erased people hang: old messages come back, new ones are done',
    withTime(async () => {
      const rig = await rigged();
      const { tables, fact, person } = rig;
      tables.fault = ({ operation, body }) =>
        operation === 'BatchGetItem' && JSON.stringify(body).includes('~erased') ? 'hang' : undefined;
      const old = messages([fact(0)], new Date(Date.now() - 86_400_000));
      const { failed, ms } = await rig.invoke([...old, ...messages([fact(1)])]);
      expect([failed, ms < TIME]).toEqual([['m0'], true]);
      expect(await rig.suppressed()).toEqual([person(1)]);
    }),
  );
});
