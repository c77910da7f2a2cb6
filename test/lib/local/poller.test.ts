import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { awsJson } from '../../../lib/local/emulators/aws-json.ts';
import type { Emulator } from '../../../lib/local/emulators/dynoxide.ts';
import { makeQueues, queuesOf, visibilitySeconds } from '../../../lib/local/emulators/queue.ts';
import { startQueueServer } from '../../../lib/local/emulators/queue-server.ts';
import { failedIds, type Poller, type PollerSpec, startPoller } from '../../../lib/local/sources/poller.ts';
import { localPlaces } from '../../../lib/local/template/places.ts';
import { viewStack } from '../../../lib/local/template/stack-view.ts';
import { until } from '../../support/local-toy.ts';

const TIME_SCALE = 0.001;

let server: Emulator;
let sqs: ReturnType<typeof awsJson>;
let poller: Poller | undefined;
let count = 0;

beforeAll(async () => {
  server = await startQueueServer();
  sqs = awsJson('sqs', server.url);
});
afterEach(async () => poller?.stop());
afterAll(() => server.stop());

/** A queue with its dead-letter queue, as the template describes them. */
async function makePair(maxReceiveCount: number) {
  count += 1;
  const [id, dead] = [`Delivery${count}`, `Dead${count}`];
  const redrive = { deadLetterTargetArn: { 'Fn::GetAtt': [dead, 'Arn'] }, maxReceiveCount };
  const resources = {
    [id]: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 200, RedrivePolicy: redrive } },
    [dead]: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
  };
  const stack = viewStack(resources, localPlaces(resources, { sqs: server.url, api: '' }));
  await makeQueues(stack, sqs, TIME_SCALE);
  const [delivery, deadLetter] = queuesOf(stack);
  if (!delivery || !deadLetter) throw new Error('two queues expected');
  const spec: PollerSpec = {
    queueUrl: delivery.place.ref,
    queueArn: delivery.place.attributes.Arn ?? '',
    batchSize: 10,
    windowSeconds: 0,
    concurrency: 2,
    visibilitySeconds: visibilitySeconds(delivery.properties, TIME_SCALE),
    partialFailures: true,
  };
  return { spec, delivery: delivery.place.ref, deadLetter: deadLetter.place.ref };
}

const send = (queueUrl: string, ...bodies: string[]) =>
  sqs('SendMessageBatch', {
    QueueUrl: queueUrl,
    Entries: bodies.map((MessageBody, index) => ({ Id: `m${index}`, MessageBody })),
  });

async function depth(queueUrl: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const { Attributes } = await sqs<{ Attributes: Record<string, string> }>('GetQueueAttributes', {
    QueueUrl: queueUrl,
    AttributeNames: names,
  });
  return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

describe('the event source', () => {
  test('hands over records as Lambda does, and deletes what succeeded', async () => {
    const { spec, delivery } = await makePair(3);
    const events: SQSEvent[] = [];
    poller = startPoller(spec, sqs, async (event) => void events.push(event as SQSEvent));
    await sqs('SendMessage', {
      QueueUrl: delivery,
      MessageBody: '{"v":1}',
      MessageAttributes: { reason: { DataType: 'String', StringValue: 'poison' } },
    });
    await until(async () => (await depth(delivery)) === 0);
    expect(events[0]?.Records[0]).toMatchObject({
      body: '{"v":1}',
      eventSource: 'aws:sqs',
      eventSourceARN: spec.queueArn,
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.any(String) },
      messageAttributes: { reason: { stringValue: 'poison', dataType: 'String' } },
    });
  });

  test('leaves partial failures, which end in the dead-letter queue alone', async () => {
    const { spec, delivery, deadLetter } = await makePair(3);
    const tries: string[] = [];
    poller = startPoller(spec, sqs, async (event) => {
      const { Records } = event as SQSEvent;
      tries.push(...Records.map(({ body }) => body));
      const failed = Records.filter(({ body }) => body === 'bad');
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    await send(delivery, 'good', 'bad', 'fine');
    await until(async () => (await depth(deadLetter)) === 1);
    expect(await depth(delivery)).toBe(0);
    expect(tries.filter((body) => body === 'bad')).toHaveLength(3);
    expect(tries.filter((body) => body !== 'bad').sort()).toEqual(['fine', 'good']);
  });

  test('brings a whole batch back after an invocation that failed', async () => {
    const { spec, delivery } = await makePair(5);
    let calls = 0;
    poller = startPoller(spec, sqs, async () => {
      calls += 1;
      if (calls === 1) throw new Error('crashed');
    });
    await send(delivery, 'a', 'b');
    await until(async () => calls > 1 && (await depth(delivery)) === 0);
  });

  test('runs no more invocations at a time than the template allows', async () => {
    const { spec, delivery } = await makePair(5);
    let running = 0;
    let most = 0;
    poller = startPoller({ ...spec, batchSize: 1, visibilitySeconds: 30 }, sqs, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    });
    await send(delivery, ...'abcdefgh');
    await until(async () => (await depth(delivery)) === 0);
    expect(most).toBe(2);
  });
});

describe('the answer of a function', () => {
  const batch = ['a', 'b'].map((MessageId) => ({ MessageId, ReceiptHandle: '', Body: '', MD5OfBody: '' }));
  const failed = (answer: unknown, partialFailures = true) => [
    ...failedIds(answer, batch, { partialFailures } as PollerSpec),
  ];

  test.each([null, undefined, {}, { batchItemFailures: [] }])('%j means success', (answer) => {
    expect(failed(answer)).toEqual([]);
  });

  test.each([
    { batchItemFailures: [{ itemIdentifier: '' }] },
    { batchItemFailures: [{ itemIdentifier: 'stranger' }] },
    { batchItemFailures: [null] },
    { batchItemFailures: 'a' },
  ])('%j fails the whole batch', (answer) => {
    expect(failed(answer)).toEqual(['a', 'b']);
  });

  test('is not looked at where the template asks for no partial failures', () => {
    expect(failed({ batchItemFailures: [{ itemIdentifier: 'a' }] }, false)).toEqual([]);
  });
});
