import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { webhookPath } from '../../lambda/contract/paths.ts';
import { BY_HOUR, SUPPRESSION } from '../../lambda/contract/tables.ts';
import { type AwsCall, awsJson } from '../../lib/local/emulators/aws-json.ts';
import type { StackFile } from '../../lib/local/home.ts';
import { PUBLIC_KEY, SOURCE, signed } from '../load/invocations.ts';
import { nextMessage } from '../run/message.ts';

/** A running local stack, as an ESP and a reader of the list see it. */
export interface Stack {
  /** Folder of what was synthesized. */
  readonly assembly: string;
  /** Posts a signed body. @throws Error on anything but 200. */
  post(body: string): Promise<void>;
  isSuppressed(address: string): Promise<boolean>;
  /** Messages on the delivery queue, in flight or not. */
  backlog(): Promise<number>;
  stored(): Promise<number>;
  /** Items in each partition of the index by hour. */
  byHour(): Promise<readonly number[]>;
  stop(): Promise<void>;
}

/** Throttling as high as API Gateway goes: the default would saturate first. No bus: it reads the stream that is stopped below. */
const SETTINGS = {
  sources: { [SOURCE]: { provider: SOURCE } },
  throttling: { rate: 10_000, burst: 5000 },
  publish: false,
};

/** @param settings beside those of the bench */
export async function startStack(into: string, settings: object = {}): Promise<Stack> {
  const folder = mkdtempSync(join(into, 'stack-'));
  const write = (name: string, content: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  const home = join(folder, 'home');
  const files = [
    write('settings.json', { ...SETTINGS, ...settings }),
    write('secrets.json', { [SOURCE]: PUBLIC_KEY }),
    home,
  ];
  const child = fork(join(import.meta.dirname, '../run/local-stack.ts'), files, { execArgv: [] });
  const stack = await nextMessage<StackFile>(child);
  const dynamo = awsJson('dynamodb', stack.endpoints.dynamodb);
  const sqs = awsJson('sqs', stack.endpoints.sqs);
  await stopStream(dynamo, stack.tables.events);
  const agent = new Agent({ keepAlive: true });
  return {
    assembly: join(home, 'cdk.out'),
    post: (body) => post(stack.url + webhookPath(SOURCE), body, agent),
    async isSuppressed(address) {
      const { Item } = await dynamo<{ Item?: Record<string, { N: string }> }>('GetItem', {
        TableName: stack.tables.suppression,
        Key: { [SUPPRESSION.partitionKey]: { S: address } },
      });
      return Number(Item?.[SUPPRESSION.suppressedUntil]?.N ?? 0) > Date.now() / 1000;
    },
    async backlog() {
      const { Attributes } = await sqs<{ Attributes: Record<string, string> }>('GetQueueAttributes', {
        QueueUrl: stack.queues.delivery,
        AttributeNames: ['All'],
      });
      const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: inFlight } = Attributes;
      return Number(waiting) + Number(inFlight);
    },
    async stored() {
      let [count, from] = [0, undefined as object | undefined];
      do {
        const page = await dynamo<{ Count: number; LastEvaluatedKey?: object }>('Scan', {
          TableName: stack.tables.events,
          Select: 'COUNT',
          ...(from && { ExclusiveStartKey: from }),
        });
        count += page.Count;
        from = page.LastEvaluatedKey;
      } while (from);
      return count;
    },
    async byHour() {
      const hours = new Map<string, number>();
      let from: object | undefined;
      do {
        const page = await dynamo<{ Items: Record<string, { S: string }>[]; LastEvaluatedKey?: object }>('Scan', {
          TableName: stack.tables.events,
          IndexName: BY_HOUR.name,
          ...(from && { ExclusiveStartKey: from }),
        });
        for (const item of page.Items) {
          const hour = item[BY_HOUR.partitionKey]?.S ?? '';
          hours.set(hour, (hours.get(hour) ?? 0) + 1);
        }
        from = page.LastEvaluatedKey;
      } while (from);
      return [...hours.values()];
    },
    async stop() {
      agent.destroy();
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The emulator looks through all of a table's changes at every write: after 10,000 of them it would be all that is measured. */
const stopStream = (dynamo: AwsCall, TableName: string): Promise<object> =>
  dynamo('UpdateTable', { TableName, StreamSpecification: { StreamEnabled: false } });

const post = (url: string, body: string, agent: Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: signed(body) }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`the local stack answered ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
