import { gunzipSync } from 'node:zlib';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type EventField, eventFields } from '../../../lambda/contract/event/fields.ts';
import { readRequestsFact } from '../../../lambda/contract/logs.ts';
import { packMessages } from '../../../lambda/domain/message.ts';
import { type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { secretStore } from '../../../lib/local/emulators/secret-store.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { metricsIn } from '../../support/alarms/emf.ts';
import { type Buried, sqsStandIn } from '../../support/bundled.ts';
import { bundleOf, type Handler } from '../../support/every-call/bundle.ts';
import { settingsOf } from '../../support/stack/settings.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { givenTime } from '../../support/surroundings/given-time.ts';

const ACTS = 'arn:aws:sqs:us-east-1:000000000000:acts';
const FEEDS = 'arn:aws:sqs:us-east-1:000000000000:feeds';
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
const buried: Buried[] = [];
let log: () => string;
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
      // Dead letters have a reason.
      (entries) => {
        buried.push(...entries.filter(({ MessageAttributes }) => MessageAttributes.reason));
        waiting.push(
          ...entries.flatMap(({ MessageBody, MessageAttributes }) => (MessageAttributes.reason ? [] : [MessageBody])),
        );
      },
    ),
  );
  secrets = await listen(secretStore({ arn: 'x', value: '{}' }));
  const ses = (over: object) => ({ provider: 'ses', via: 'sns-queue', ...over });
  const sources = {
    sendgrid: { provider: 'sendgrid' },
    gun: { provider: 'mailgun' },
    named: ses({ topicArns: [topic('named')] }),
    made: ses({ createTopic: true }),
  };
  const config = runtimeConfig(settingsOf({ archive: {}, sources }));
  const start = await bundleOf('process', { ...config, publish: { types: [], surgeClicks: 2 } });
  ({ handler, log } = start({
    variables: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      EVENTS_TABLE: dynamo.tables.events,
      SUPPRESSION_TABLE: dynamo.tables.suppression,
      TOPIC_ARNS: JSON.stringify({ made: topic('made') }),
      DEAD_LETTER_QUEUE_URL: `${queue.url}/000000000000/dead`,
      UNARCHIVED_QUEUE_URL: `${queue.url}/000000000000/unarchived`,
      UNARCHIVED_QUEUE_ARN: UNARCHIVED,
      ACTS_QUEUE_ARN: ACTS,
      FEEDS_QUEUE_ARN: FEEDS,
      AWS_ENDPOINT_URL_SQS: queue.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
    },
  }));
});
const topic = (name: string): string => `arn:aws:sns:eu-west-1:111122223333:${name}`;
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
let before = 0;
const invoke = (bodies: readonly string[], eventSourceARN?: string) => {
  before = log().length;
  return handler({ Records: bodies.map((body, n) => ({ messageId: `m${n}`, body, eventSourceARN })) }, context);
};
/** What the last batch counted, and what it says of a request. */
const counted = () => Object.fromEntries(metricsIn(log().slice(before)).map(({ name, value }) => [name, value]));
const requestOf = (id: string) =>
  readRequestsFact(
    String((JSON.parse(log().slice(before).split('\n')[0] ?? '{}') as { requests?: string }).requests),
    id,
  );
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
  expect(counted()).toEqual({
    ...{ Accepted: 1, Complaints: 1, SuppressionChanges: 1, NewSuppressions: 1, ArchiveRefused: 1 },
  });
  expect(requestOf('r1')).toEqual({ stored: 1, known: 0, dead: 0, again: 0 });
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
    ...acts,
  ]);
  expect(done).toEqual({ batchItemFailures: [] });
  expect(counted()).toEqual({ DeadLettered: 2 });
  expect(requestOf('r1')).toMatchObject({ dead: 1 });
  expect(buried.splice(0).map(({ MessageAttributes }) => MessageAttributes.reason.StringValue)).toEqual([
    'poison-event',
    'wrong-queue',
  ]);
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

test('a token that was signed in place of its body counts with that body only', async () => {
  lines.length = 0;
  const timestamp = Math.floor(Date.now() / 1000);
  const signed = (id: string) =>
    JSON.stringify({
      signature: { timestamp: String(timestamp), token: 'a'.repeat(50), signature: 'b'.repeat(64) },
      'event-data': { event: 'delivered', id, timestamp, recipient: 'e@example.com' },
    });
  const of = { ...envelope, source: 'gun' };
  expect(await invoke(packMessages(of, [signed('one')]))).toEqual({ batchItemFailures: [] });
  expect(await invoke(packMessages(of, [signed('two')]))).toEqual({ batchItemFailures: [] });
  expect(counted()).toEqual({ Refused: 1, DeadLettered: 1 });
  expect(lines).toHaveLength(1);
  expect(buried.splice(0).map(({ MessageAttributes }) => MessageAttributes.reason.StringValue)).toEqual([
    'token-reused',
  ]);
});

test('what SNS puts on its queue is read as the source of its topic, one that the settings name or that the stack made', async () => {
  lines.length = 0;
  const at = new Date().toISOString();
  const mail = { timestamp: at, source: 's@example.com', messageId: 'm1', destination: ['d@example.com'] };
  const notification = (name: string, event: object) =>
    JSON.stringify({
      ...{ Type: 'Notification', MessageId: name, TopicArn: topic(name), Timestamp: at },
      Message: JSON.stringify({ mail, ...event }),
    });
  const delivery = { eventType: 'Delivery', delivery: { timestamp: at, recipients: ['d@example.com'] } };
  const inbound = { notificationType: 'Received', receipt: { timestamp: at, recipients: ['d@example.com'] } };
  const bodies = [notification('named', delivery), notification('made', inbound), notification('other', delivery)];
  expect(await invoke(bodies, FEEDS)).toEqual({ batchItemFailures: [] });
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { source: 'named', channel: 'sns', events: [{ type: 'delivered' }] },
    { source: 'made', channel: 'sns', events: [{ type: 'inbound' }] },
  ]);
  expect(buried.splice(0)).toHaveLength(1);
  // Where the mail itself lies.
  const [events = []] = await items();
  const archivedAs = events.flatMap((event) => (event.type === 'inbound' ? [event.archivedAs] : []));
  expect(archivedAs).toEqual([expect.stringMatching(new RegExp(`day=${at.slice(0, 10)}/#[0-9a-f]{32}$`))]);
});

test('clicks on one link that surge are left for the bus, over several batches', async () => {
  const clicked = (n: number) =>
    JSON.stringify({
      ...{
        email: `p${n}@example.com`,
        event: 'click',
        timestamp: Math.floor(Date.now() / 1000),
        sg_message_id: `c${n}.f`,
      },
      ...{
        url: 'https://shop.example/leak',
        useragent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0',
        ip: '192.0.2.1',
      },
    });
  const surges = async () => (await items())[0]?.flatMap(({ surge }) => (surge === undefined ? [] : [surge as object]));
  await invoke(packMessages(envelope, [clicked(1)]));
  expect(await surges()).toEqual([]);
  await invoke(packMessages(envelope, [clicked(2)]));
  expect(await surges()).toMatchObject([{ kind: 'link', link: 'https://shop.example/leak', clicks: 2 }]);
});

test('where neither the archive nor its queue takes a line, its message goes back', async () => {
  down = queueDown = true;
  expect(await invoke(packMessages(envelope, [raw]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  expect(counted()).toMatchObject({ FailedMessages: 1 });
  expect(requestOf('r1')).toEqual({ stored: 0, known: 1, dead: 0, again: 1 });
  down = queueDown = false;
});
