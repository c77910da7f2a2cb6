import { mkdirSync } from 'node:fs';
import type { BuildAppOptions } from 'fauxqs';
import { REGION } from './aws-json.ts';
import type { Emulator } from './dynoxide.ts';
import { ofAWebPage } from './loopback.ts';

/**
 * SQS: fauxqs in this process. Its own `startFauxqs` listens on every network interface, so the application is built and bound here; the
 * parts that keep queues on disk are not exported, which the exact version in package.json makes good.
 */
export async function startQueueServer(dataDir?: string): Promise<Emulator> {
  const { buildApp } = await import('fauxqs');
  const persistence = dataDir ? await persistentStores(dataDir) : undefined;
  const app = buildApp({ logger: false, defaultRegion: REGION, ...(persistence && { stores: persistence.stores }) });
  // It answers forms that pages of other origins post.
  app.addHook('onRequest', (request, reply, next) => {
    if (ofAWebPage(request.headers)) void reply.code(403).send();
    else next();
  });
  if (persistence) app.addHook('preClose', async () => persistence.close());
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, stop: async () => void (await app.close()) };
}

async function persistentStores(dataDir: string) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const part = (file: string) => import(new URL(file, import.meta.resolve('fauxqs')).href);
  const [{ SqsStore }, { SnsStore }, { S3Store }, { PersistenceManager }] = await Promise.all(
    ['sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js', 'persistence.js'].map(part),
  );
  const manager = new PersistenceManager(dataDir);
  const stores: NonNullable<BuildAppOptions['stores']> = {
    sqsStore: new SqsStore(),
    snsStore: new SnsStore(),
    s3Store: new S3Store(),
  };
  // Attached only after loading: an insert while loading would replace a queue's row and, by cascade, drop its messages.
  manager.load(stores.sqsStore, stores.snsStore, stores.s3Store);
  stores.sqsStore.persistence = manager;
  stores.s3Store.persistence = manager;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = manager;
  return { stores, close: () => manager.close() };
}
