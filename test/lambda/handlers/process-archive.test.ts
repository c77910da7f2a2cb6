import { gunzipSync } from 'node:zlib';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type EventField, eventFields } from '../../../lambda/contract/event/fields.ts';
import { packMessages } from '../../../lambda/domain/message.ts';
import { type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { secretStore } from '../../../lib/local/emulators/secret-store.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { type Handler, loadBundle, sqsStandIn } from '../../support/bundled.ts';
import { settingsOf } from '../../support/stack/settings.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { givenTime } from '../../support/surroundings/given-time.ts';

const ACTS = 'arn:aws:sqs:us-east-1:000000000000:acts';
const UNARCHIVED = 'arn:aws:sqs:us-east-1:000000000000:unarchived';

let dynamo: TestDynamo;
let firehose: Listening;
let queue: Listening;
let secrets: Listening;
let handler: Handler;
let down = true;
let queueDown = false;
/** What the clock is ahead. */
let shift = 0;
const waiting: string[] = [];
const lines: string[] = [];

beforeAll(async () => {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + shift);
  dynamo = await startTestDynamo();
  firehose = await listen(async (request, response) => {
    const { Records } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as {
      Records: { Data: string }[];
    };
    if (!down)
      for (const { Data } of Records)
        lines.push(...gunzipSync(Buffer.from(Data, 'base64')).toString().trim().split('\n'));
    response.writeHead(down ? 500 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(
        down ? { __type: 'ServiceUnavailableException' } : { RequestResponses: Records.map(() => ({ RecordId: 'r' })) },
      ),
    );
  });
  queue = await listen(
    sqsStandIn(
      () => queueDown,
      (entries) => waiting.push(...entries.map(({ MessageBody }) => MessageBody)),
    ),
  );
  secrets = await listen(secretStore({ arn: 'x', value: '{}' }));
  handler = await loadBundle('process', runtimeConfig(settingsOf({ archive: {} })), {
    EVENTS_TABLE: dynamo.tables.events,
    SUPPRESSION_TABLE: dynamo.tables.suppression,
    TOPIC_ARNS: '{}',
    DEAD_LETTER_QUEUE_URL: `${queue.url}/000000000000/dead`,
    UNARCHIVED_QUEUE_URL: `${queue.url}/000000000000/unarchived`,
    UNARCHIVED_QUEUE_ARN: UNARCHIVED,
    ACTS_QUEUE_ARN: ACTS,
    AWS_ENDPOINT_URL_SQS: queue.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
  });
});
afterAll(async () => {
  await firehose?.close();
  await queue?.close();
  await secrets?.close();
  await dynamo?.stop();
});

const envelope = {
  source: 'sendgrid',
  channel: 'https',
  receivedAt: new Date().toISOString(),
  requestId: 'r1',
  origin: 'live',
} as const;
const raw = JSON.stringify({
  email: 'a@example.com',
  event: 'spamreport',
  timestamp: Math.floor(Date.now() / 1000),
  sg_message_id: 'm.f',
});
const context = { getRemainingTimeInMillis: () => 2000 };
const invoke = (bodies: readonly string[], eventSourceARN?: string) =>
  handler({ Records: bodies.map((body, n) => ({ messageId: `m${n}`, body, eventSourceARN })) }, context);
const items = async () =>
  (
    await Promise.all(
      Object.values(dynamo.tables).map((TableName) => dynamo.client.send(new ScanCommand({ TableName }))),
    )
  ).map(({ Items = [] }) => Items.map((item) => unmarshall(item)));

/** What waited, as the queue brings it; a function that starts anew asks Firehose at once. */
const late = () =>
  handler({ Records: waiting.map((body, n) => ({ messageId: `w${n}`, body, eventSourceARN: UNARCHIVED })) }, context);

test('what the archive does not take waits in a queue of its own; its message is done', async () => {
  const bodies = packMessages(envelope, [raw]);
  const given = givenTime();
  expect(await invoke(bodies)).toEqual({ batchItemFailures: [] });
  expect(given()).toBeLessThan(1900);
  expect((await items()).map((table) => table.length)).toEqual([1, 1]);
  expect(waiting).toHaveLength(1);
  // For a minute Firehose is not even asked.
  down = false;
  expect(await late()).toEqual({ batchItemFailures: [{ itemIdentifier: 'w0' }] });
  expect(lines).toEqual([]);
  shift = 60_000;
  expect(await late()).toEqual({ batchItemFailures: [] });
  expect(lines.map((line) => (JSON.parse(line) as { raw: string }).raw)).toEqual([raw]);
  // What the line says once for all its events, no event says again.
  const [line] = lines.map((text) => JSON.parse(text) as Record<string, unknown> & { events: object[] });
  const inLine = eventFields.flatMap(([name, { archived }]) => (archived === 'line' ? [name] : []));
  expect(Object.keys(line ?? {})).toEqual(expect.arrayContaining(inLine));
  expect(Object.keys(line?.events[0] ?? {}).filter((name) => inLine.includes(name as EventField))).toEqual([]);
  expect(line?.events[0]).toMatchObject({ type: 'complained', recipient: 'a@example.com' });
});

test('heartbeats and replays are not archived; operator acts, confirmations and what cannot be read are', async () => {
  lines.length = 0;
  const act = {
    act: 'suppress',
    recipient: 'b@example.com',
    reason: 'manual',
    at: envelope.receivedAt,
    actor: 'ada',
    note: 'n',
  };
  const acts = packMessages({ ...envelope, source: 'operator', channel: 'operator', origin: 'operator' }, [
    JSON.stringify(act),
  ]);
  expect(await invoke(acts, ACTS)).toEqual({ batchItemFailures: [] });
  const done = await invoke([
    ...packMessages({ ...envelope, origin: 'replay' }, [raw]),
    ...packMessages({ ...envelope, source: 'quell-heartbeat' }, ['{"event":"delivered"}']),
    ...packMessages(envelope, ['no JSON at all']),
  ]);
  expect(done).toEqual({ batchItemFailures: [] });
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { source: 'operator', origin: 'operator', raw: JSON.stringify(act), events: [{ type: 'suppressed' }] },
    { source: 'sendgrid', raw: 'no JSON at all', events: [] },
  ]);
});

test('an event as large as the queue takes is kept whole', async () => {
  lines.length = 0;
  const large = `{"email":"c@example.com","event":"delivered","timestamp":1777888800,"x":"${'"y\\\\'.replace('"', '').repeat(330_000)}"}`;
  await invoke(packMessages(envelope, [large]));
  const [line] = lines.map((text) => JSON.parse(text) as { raw?: string; rawGzip?: string });
  expect(line).not.toHaveProperty('raw');
  expect(line?.rawGzip).toEqual(expect.any(String));
});

test('where neither the archive nor its queue takes a line, its message goes back', async () => {
  down = queueDown = true;
  expect(await invoke(packMessages(envelope, [raw]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  down = queueDown = false;
});
