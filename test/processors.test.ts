import { cpSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import type { RuntimeConfig } from '../lambda/contract/config.ts';
import { ENV } from '../lambda/contract/env.ts';
import { packMessages } from '../lambda/domain/message.ts';
import { OPERATOR } from '../lambda/domain/suppression/operator.ts';
import { buildFunction } from '../lib/constructs/bundle/build.ts';
import { DEFAULT_POLICY } from '../lib/settings/policy.ts';
import { startTestDynamo, type TestDynamo } from './support/surroundings/dynamodb.ts';

/**
 * Order does not matter, shown on the shipped bundle: any permutation, repetition and split of the same events over two processors
 * that run at the same time ends in the same tables, soft bounces at the threshold included.
 */

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

const START = Date.UTC(2026, 4, 1);
const DAY = 86_400;
const CONFIG: RuntimeConfig = {
  stage: 'test',
  sources: { sendgrid: { provider: 'sendgrid', options: {} } },
  eventRetentionDays: 4000,
  policy: { ...DEFAULT_POLICY, softBounces: { messages: 3, windowDays: 10, suppressDays: 7 } },
};

let dynamo: TestDynamo;
let processors: readonly [Handler, Handler];

beforeAll(async () => {
  dynamo = await startTestDynamo();
  Object.assign(process.env, Object.fromEntries(Object.keys(ENV.process).map((name) => [name, '{}'])), {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    EVENTS_TABLE: dynamo.tables.events,
    SUPPRESSION_TABLE: dynamo.tables.suppression,
    ACTS_QUEUE_ARN: ACTS,
  });
  const folder = mkdtempSync(join(tmpdir(), 'quell-processors-'));
  const require = createRequire(import.meta.url);
  await buildFunction('process', CONFIG, join(folder, 'a'));
  cpSync(join(folder, 'a'), join(folder, 'b'), { recursive: true });
  const load = (name: string) => (require(join(folder, name, 'index.js')) as { handler: Handler }).handler;
  processors = [load('a'), load('b')];
}, 60_000);

afterAll(() => dynamo?.stop());

/** What an ESP or an operator may say; no two contradict each other under one name, time and message.
 * Of one of two people, at few distinct times so that ties happen. */
const fact = fc
  .record({
    person: fc.constantFrom('ada@example.com', 'bob@example.com'),
    day: fc.integer({ min: 0, max: 8 }),
    message: fc.integer({ min: 1, max: 4 }),
    kind: fc.constantFrom(
      'soft',
      'soft',
      'soft',
      'hard',
      'complaint',
      'leave',
      'rejoin',
      'echo',
      'open',
      'lift',
      'suppress',
      'block',
    ),
  })
  .map(({ person, day, message, kind }) => rawFact(person, START / 1000 + day * DAY, message, kind));

const WORDS: Readonly<Record<string, object>> = {
  soft: { event: 'bounce', type: 'expired', reason: '452 4.2.2 mailbox full' },
  hard: { event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 user unknown' },
  complaint: { event: 'spamreport' },
  leave: { event: 'group_unsubscribe', asm_group_id: 7 },
  rejoin: { event: 'group_resubscribe', asm_group_id: 7 },
  echo: { event: 'dropped', reason: 'Bounced Address' },
  open: { event: 'open' },
  block: { event: 'bounce', type: 'blocked', reason: '550 5.7.1 blocked' },
};

interface Fact {
  readonly source: string;
  readonly raw: string;
}

function rawFact(person: string, at: number, message: number, kind: string): Fact {
  const word = WORDS[kind];
  if (word)
    return {
      source: 'sendgrid',
      raw: JSON.stringify({ email: person, timestamp: at, sg_message_id: `m${message}-${kind}.f`, ...word }),
    };
  const reason = kind === 'lift' ? (message % 2 === 0 ? 'hard_bounce' : 'soft_bounces') : 'manual';
  const act = {
    act: kind,
    recipient: person,
    reason,
    at: new Date(at * 1000).toISOString(),
    actor: 'test',
    note: 'because',
  };
  return { source: OPERATOR, raw: JSON.stringify(act) };
}

/** Any other is the delivery queue. */
const ACTS = 'acts';
const DELIVERIES = 'deliveries';

let messages = 0;
function batchOf(facts: readonly Fact[]): SQSEvent {
  const records = [...Map.groupBy(facts, ({ source }) => source)].flatMap(([source, group]) => {
    const isAct = source === OPERATOR;
    const envelope = {
      source,
      channel: isAct ? 'operator' : 'https',
      receivedAt: new Date().toISOString(),
      requestId: 'r',
      origin: isAct ? 'operator' : 'live',
    } as const;
    const bodies = packMessages(
      envelope,
      group.map(({ raw }) => raw),
    );
    return bodies.map((body) => ({ messageId: `m${messages++}`, body, eventSourceARN: isAct ? ACTS : DELIVERIES }));
  });
  return { Records: records } as unknown as SQSEvent;
}

const context = { getRemainingTimeInMillis: () => 30_000 } as Context;

/** Two processors work through their batches side by side. */
async function run(queues: readonly (readonly Fact[][])[]): Promise<void> {
  await Promise.all(
    queues.map(async (batches, index) => {
      for (const facts of batches) {
        const answer = await (processors[index] as Handler)(batchOf(facts), context);
        expect(answer.batchItemFailures).toEqual([]);
      }
    }),
  );
}

/** Both tables, without what tells one run from another; emptied afterwards. */
async function harvest(): Promise<unknown> {
  const [events, suppression] = await Promise.all([
    take(dynamo.tables.events, ['recipient', 'eventKey']),
    take(dynamo.tables.suppression, ['recipient']),
  ]);
  return {
    events: events.map(({ receivedAt: _r, expiresAt: _e, ...event }) => event),
    suppression: suppression.map(({ version: _v, updatedAt: _u, ...entry }) => entry),
  };
}

async function take(table: string, keys: readonly string[]): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  for await (const page of paginateScan({ client: dynamo.client }, { TableName: table })) {
    const found = page.Items ?? [];
    items.push(...found.map((item) => unmarshall(item)));
    for (let at = 0; at < found.length; at += 25) {
      const requests = found.slice(at, at + 25).map((item) => ({
        DeleteRequest: { Key: Object.fromEntries(keys.map((key) => [key, item[key] as { S: string }])) },
      }));
      await dynamo.client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
    }
  }
  const order = (item: Record<string, unknown>) => keys.map((key) => item[key]).join('\n');
  return items.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

describe('two processors at once', () => {
  test('property: any permutation, repetition and interleaving ends in the same tables', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fact, { minLength: 1, maxLength: 14 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 4 }),
        async (facts, random, size) => {
          const shuffle = <T>(items: readonly T[]): T[] =>
            items
              .map((item) => ({ item, key: random.next().value as number }))
              .sort((a, b) => a.key - b.key)
              .map(({ item }) => item);
          await run([[facts], []]);
          const expected = await harvest();
          // Everything twice, in another order, in small batches dealt out to both.
          const dealt = shuffle([...facts, ...facts]);
          const batches = Array.from({ length: Math.ceil(dealt.length / size) }, (_none, at) =>
            dealt.slice(at * size, (at + 1) * size),
          );
          await run([batches.filter((_batch, at) => at % 2 === 0), batches.filter((_batch, at) => at % 2 === 1)]);
          expect(await harvest()).toEqual(expected);
        },
      ),
      { numRuns: process.env.NIGHTLY === undefined ? 20 : 60 },
    );
  }, 120_000);

  test('each of the last two soft bounces in its own processor: together they reach the threshold', async () => {
    const soft = (message: number) => rawFact('ada@example.com', START / 1000 + message * DAY, message, 'soft');
    for (let round = 0; round < 10; round++) {
      await run([[[soft(1)]], []]);
      await run([[[soft(2)]], [[soft(3)]]]);
      expect(await harvest()).toMatchObject({
        suppression: [{ recipient: 'ada@example.com', suppressedUntil: START / 1000 + 10 * DAY }],
      });
    }
  });
});
