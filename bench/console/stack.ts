import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { awsJson } from '../../lib/local/emulators/aws-json.ts';
import type { StackFile } from '../../lib/local/home.ts';
import type { Arrived, Sender } from '../load/days.ts';
import { nextMessage } from '../run/message.ts';

/** A local stack whose tables, logs and archive hold what its own functions made of a sender's days. */
export interface Filled {
  /** Where a command line finds it. */
  readonly root: string;
  readonly stack: StackFile;
  /** More of it; ends when everything is processed. */
  fill(arrivals: Iterable<Arrived>): Promise<void>;
  stop(): Promise<void>;
}

const SETTINGS = { publish: false, byMessageIndex: true, archive: {} };
/** To one request. */
const BATCH = 10;
/** Messages ahead of those who work them off: more would only wait. */
const AHEAD = 200;

export async function startFilled(into: string, sources: readonly Sender[], settings: object = {}): Promise<Filled> {
  const folder = mkdtempSync(join(into, 'console-'));
  const file = join(folder, 'settings.json');
  const named = Object.fromEntries(sources.map(({ name, provider }) => [name, { provider }]));
  writeFileSync(file, JSON.stringify({ ...SETTINGS, sources: named, ...settings }));
  const child = fork(join(import.meta.dirname, '../run/local-stack.ts'), [file, '', join(folder, '.local')], {
    execArgv: [],
  });
  const stack = await nextMessage<StackFile>(child);
  const sqs = awsJson('sqs', stack.endpoints.sqs);
  // The emulator looks through all of a table's changes at every write: after 10,000 of them it would do nothing else.
  await awsJson('dynamodb', stack.endpoints.dynamodb)('UpdateTable', {
    TableName: stack.tables.events,
    StreamSpecification: { StreamEnabled: false },
  }).catch(() => undefined);
  const backlog = async (): Promise<number> => {
    const { Attributes } = await sqs<{ Attributes: Record<string, string> }>('GetQueueAttributes', {
      QueueUrl: stack.queues.delivery,
      AttributeNames: ['All'],
    });
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  const send = async (bodies: readonly string[]): Promise<void> => {
    while ((await backlog()) > AHEAD) await pause(20);
    await sqs('SendMessageBatch', {
      QueueUrl: stack.queues.delivery,
      Entries: bodies.map((MessageBody, at) => ({ Id: String(at), MessageBody })),
    });
  };
  return {
    root: folder,
    stack,
    async fill(arrivals) {
      const batch: string[] = [];
      for (const { body } of arrivals) {
        if (batch.push(body) === BATCH) await send(batch.splice(0));
      }
      if (batch.length > 0) await send(batch);
      for (let quiet = 0; quiet < 2; await pause(20)) quiet = (await backlog()) === 0 ? quiet + 1 : 0;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.send('stop');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
