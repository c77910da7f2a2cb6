import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { NotSent, sendAll } from '../../../lambda/aws/sqs.ts';
import { WrittenByEngine } from '../../../lambda/aws/written-by-engine.ts';
import { type FaultyProxy, faultyProxy, unavailable } from '../../support/surroundings/faulty-proxy.ts';

let fauxqs: FauxqsServer;
let proxy: FaultyProxy;
let client: SQSClient;
let queueUrl: string;
let queues = 0;

beforeAll(async () => {
  fauxqs = await startFauxqs({ port: 0, logger: false });
  proxy = await faultyProxy(`http://127.0.0.1:${fauxqs.port}`);
  client = new SQSClient(settings());
});
beforeEach(() => {
  queueUrl = fauxqs.createQueue(`q${queues++}`).queueUrl;
  proxy.calls.length = 0;
});
afterEach(() => {
  proxy.fault = () => undefined;
});
afterAll(async () => {
  client.destroy();
  await proxy.stop();
  await fauxqs.stop();
});

const settings = () => ({
  endpoint: proxy.url,
  useQueueUrlAsEndpoint: false,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});
const bodies = (): string[] => {
  const { messages } = fauxqs.inspectQueue(`q${queues - 1}`) as NonNullable<ReturnType<FauxqsServer['inspectQueue']>>;
  return messages.ready.map(({ body }) => body).sort();
};
const outgoing = (count: number, size = 3) =>
  Array.from({ length: count }, (_none, n) => ({ body: String(n).padStart(size, '0') }));

describe('sending to the queue', () => {
  test('up to 10 messages are one call; more, or more than 1 MiB, are as few as fit', async () => {
    await sendAll(client, queueUrl, outgoing(10));
    expect(proxy.calls).toEqual(['SendMessageBatch']);
    await sendAll(client, queueUrl, outgoing(25));
    expect(proxy.calls).toHaveLength(4);
    await sendAll(client, queueUrl, outgoing(3, 400 * 1024));
    expect(proxy.calls).toHaveLength(6);
    expect(bodies()).toHaveLength(38);
  });

  test('entries that a batch refuses are sent again, the others once', async () => {
    let first = true;
    proxy.fault = ({ body }) => {
      if (!first) return undefined;
      first = false;
      const [one] = body.Entries as { Id: string }[];
      return {
        status: 200,
        json: { Successful: [], Failed: [{ Id: one?.Id, Code: 'InternalError', SenderFault: false }] },
      };
    };
    await sendAll(client, queueUrl, outgoing(1));
    expect(bodies()).toEqual(['000']);
    expect(proxy.calls).toHaveLength(2);
  });

  test('what the queue does not take after all attempts is named', async () => {
    proxy.fault = ({ body }) => {
      const entries = body.Entries as { Id: string; MessageBody: string }[];
      const refused = entries.filter((entry) => entry.MessageBody === '002');
      return refused.length === 0
        ? undefined
        : {
            status: 200,
            json: {
              Successful: [],
              Failed: entries.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
            },
          };
    };
    const error = await sendAll(client, queueUrl, outgoing(4)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NotSent);
    expect((error as NotSent).indexes).toEqual([0, 1, 2, 3]);
    expect(proxy.calls).toHaveLength(3);
  });

  test('a queue that is down, and an answer that got lost', async () => {
    proxy.fault = () => unavailable;
    await expect(sendAll(client, queueUrl, outgoing(1))).rejects.toBeInstanceOf(NotSent);
    let lost = true;
    proxy.fault = () => {
      if (!lost) return undefined;
      lost = false;
      return 'cut-after';
    };
    await sendAll(client, queueUrl, outgoing(1));
    // The first send had arrived: at least once, never none.
    expect(bodies()).toEqual(['000', '000']);
  });

  test('attributes travel as strings', async () => {
    await sendAll(client, queueUrl, [{ body: 'x', attributes: { reason: 'poison-event' } }]);
    const { messages } = fauxqs.inspectQueue(`q${queues - 1}`) as NonNullable<ReturnType<FauxqsServer['inspectQueue']>>;
    expect(messages.ready[0]?.messageAttributes).toMatchObject({
      reason: { DataType: 'String', StringValue: 'poison-event' },
    });
  });

  test('a body that is refused for what is in it goes again in ASCII; one that is refused still is refused for good', async () => {
    const sent: string[] = [];
    proxy.fault = ({ body }) => {
      const [one] = body.Entries as { Id: string; MessageBody: string }[];
      sent.push(one?.MessageBody ?? '');
      return { status: 200, json: { Failed: [{ Id: one?.Id, Code: 'InvalidMessageContents', SenderFault: true }] } };
    };
    const error = await sendAll(client, queueUrl, [{ body: '{"a":"\u00e9\ufffe","b":"\t~ "}' }]).catch(
      (caught: unknown) => caught,
    );
    expect(sent).toEqual([
      '{"a":"\u00e9\ufffe","b":"\t~ "}',
      ...new Array(2).fill('{"a":"\\u00e9\\ufffe","b":"\t~ "}'),
    ]);
    expect(error).toMatchObject({
      name: 'NotSent',
      isFinal: true,
      indexes: [0],
      message: '1 messages were not taken by the queue',
    });
    expect((error as NotSent).cause).toEqual(new Error('InvalidMessageContents'));
  });

  test('written in either of the two ways a request says the same', async () => {
    const texts = ['{"a":"\\"\\\\"}', 'tab\t line\r\n', 'ä ✓ 😀', '\u2028\u2029\u007f', 'x'.repeat(70_000)];
    const messages = texts.map((body) => ({ body, attributes: { reason: `why ${body}` } }));
    const asked: unknown[] = [];
    proxy.fault = ({ body }) => {
      asked.push(body);
      return undefined;
    };
    const other = new SQSClient({ ...settings(), protocol: WrittenByEngine });
    for (const each of [client, other]) await sendAll(each, queueUrl, messages);
    other.destroy();
    expect(asked[0]).toMatchObject({ Entries: texts.map((MessageBody) => ({ MessageBody })) });
    // The queue refuses the emoji, which goes once more in ASCII.
    expect(asked).toHaveLength(4);
    expect(asked.slice(2)).toEqual(asked.slice(0, 2));
  });

  test('one that may be taken another time is not refused for good', async () => {
    proxy.fault = () => ({ status: 200, json: { Failed: [{ Id: '0', SenderFault: false }] } });
    const error = await sendAll(client, queueUrl, outgoing(1)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ isFinal: false, cause: new Error('Failed') });
  });

  test('of several it is refused for good only where each of them is', async () => {
    const failing = (...faults: boolean[]) => {
      proxy.fault = () => ({
        status: 200,
        json: { Failed: faults.map((SenderFault, at) => ({ Id: String(at), Code: 'x', SenderFault })) },
      });
      return sendAll(client, queueUrl, outgoing(2)).catch((caught: NotSent) => [caught.isFinal, caught.indexes]);
    };
    expect(await failing(true, true)).toEqual([true, [0, 1]]);
    expect(await failing(true, false)).toEqual([false, [0, 1]]);
  });

  test('attributes count against the size of a request', async () => {
    const about = (bytes: number) => ({ body: 'x'.repeat(524_288 - bytes), attributes: { n: 'v' } });
    const counted = 'n'.length + 'String'.length + 'v'.length;
    await sendAll(client, queueUrl, [about(counted), about(counted)]);
    expect(proxy.calls).toHaveLength(1);
    await sendAll(client, queueUrl, [about(counted), about(counted - 1)]);
    expect(proxy.calls).toHaveLength(3);
  });

  test('once the time is over nothing is tried again', async () => {
    const error = await sendAll(client, queueUrl, outgoing(1), Date.now() - 1).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NotSent);
    expect(proxy.calls).toHaveLength(0);
  });
});
