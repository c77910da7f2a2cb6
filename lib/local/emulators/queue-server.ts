import type { BuildAppOptions } from 'fauxqs';
import { REGION } from './aws-json.ts';
import type { Emulator } from './dynoxide.ts';
import { ofAWebPage } from './loopback.ts';

/** SQS, whose callers can be sent away. */
export interface QueueServer extends Emulator {
  /** Answers every caller that waits for messages now, as if its time were over. */
  wake(): void;
}

/**
 * SQS: fauxqs in this process. Its own `startFauxqs` listens on every network interface, so the application is built and bound here; the
 * parts that hold queues, and keep them on disk, are not exported, which the exact version in package.json makes good.
 */
export async function startQueueServer(dataDir?: string): Promise<QueueServer> {
  const { buildApp } = await import('fauxqs');
  const stores = await emptyStores();
  const persistence = dataDir ? await keptIn(dataDir, stores) : undefined;
  const app = buildApp({ logger: false, defaultRegion: REGION, stores });
  // It answers forms that pages of other origins post.
  app.addHook('onRequest', (request, reply, next) => {
    if (ofAWebPage(request.headers)) void reply.code(403).send();
    else next();
  });
  if (persistence) app.addHook('preClose', async () => persistence.close());
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    wake: () => {
      for (const queue of stores.sqsStore.allQueues()) queue.cancelWaiters();
    },
    stop: async () => void (await app.close()),
  };
}

type Stores = NonNullable<BuildAppOptions['stores']>;

const part = (file: string) => import(new URL(file, import.meta.resolve('fauxqs')).href);

async function emptyStores(): Promise<Stores> {
  const [{ SqsStore }, { SnsStore }, { S3Store }] = await Promise.all(
    ['sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js'].map(part),
  );
  return { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
}

async function keptIn(dataDir: string, stores: Stores) {
  const { PersistenceManager } = await part('persistence.js');
  const manager = new PersistenceManager(dataDir);
  // Its own sets the number of receives to null, which its table refuses: a message that was given back at once would be lost.
  const ready = manager.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  manager.updateMessageReady = (messageId: string) => ready.run(messageId);
  // Attached only after loading: an insert while loading would replace a queue's row and, by cascade, drop its messages.
  manager.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  stores.sqsStore.persistence = manager;
  stores.s3Store.persistence = manager;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = manager;
  return { close: () => manager.close() };
}
