import { PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { METRICS } from '../../../lambda/contract/metrics.ts';
import { metricsIn } from '../alarms/emf.ts';
import { bundleOf, type Container } from './bundle.ts';
import { type History, NOW } from './histories.ts';
import { type Complaints, invoke, LIMITS } from './invoke.ts';
import { CONFIG } from './posts.ts';
import { AWS, fetchVia, store } from './receive.ts';
import { archivedLines } from './services.ts';
import type { Subject } from './subject.ts';
import type { Run, World } from './world.ts';

/** What one round brings, by the queue it is on. */
export interface Delivered {
  readonly way: string;
  readonly bodies: readonly string[];
}

const CONFIRMED =
  '<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ConfirmSubscriptionResult><SubscriptionArn>x</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>';
const BATCH = 10;
/** Receives after which a queue gives a message up. */
const MOST_RECEIVES = 10;

/** @param rounds what `receive` made of each history's rounds */
export async function processSubject(
  world: World,
  histories: readonly History[],
  rounds: readonly (readonly (readonly Delivered[])[])[],
): Promise<Subject> {
  const start = await bundleOf('process', CONFIG);
  const container = (run: Run): Container =>
    start({
      variables: {
        ...AWS(run.url),
        EVENTS_TABLE: run.tables.events,
        SUPPRESSION_TABLE: run.tables.suppression,
        OWN_KEYS_ARN: 'own',
        DEAD_LETTER_QUEUE_URL: `${run.url}/000000000000/dead`,
        ACTS_QUEUE_ARN: 'acts',
        FEEDS_QUEUE_ARN: 'feeds',
        UNARCHIVED_QUEUE_URL: `${run.url}/000000000000/unarchived`,
        UNARCHIVED_QUEUE_ARN: 'unarchived',
        TOPIC_ARNS: '{}',
      },
      fetch: fetchVia(run.url),
      startsAt: NOW,
    });

  return {
    name: 'process',
    histories: histories.map(({ name }) => name),
    async run(run, history, complaints) {
      store(run);
      run.web = async () => ({ status: 200, type: 'text/xml', body: CONFIRMED });
      const { client } = world.dynamo;
      for (const item of histories[history]?.listed ?? [])
        await client.send(new PutItemCommand({ TableName: run.tables.suppression, Item: marshall(item) }));
      const warm = container(run);
      const tries = { again: false };
      for (const round of rounds[history] ?? [])
        for (const delivered of round) await drain(warm, delivered, run, complaints, tries);
      const { services } = run;
      // Somebody else takes up what the archive did not take: the archive is asked at once by who was not refused.
      const waiting = services.queue('unarchived').splice(0);
      const bodies = waiting.map(({ body }) => body);
      const late = bodies.length > 0 ? [container(run)] : [];
      for (const other of late) await drain(other, { way: 'unarchived', bodies }, run, complaints, tries);
      const kept = services.queue('unarchived').flatMap(({ body }) => archivedLines(body));
      const counted = [warm, ...late]
        .flatMap((one) => metricsIn(one.log()))
        .filter(({ name }) => name === METRICS.stored);
      const accepted = counted.reduce((sum, { value }) => sum + value, 0);
      return {
        once: {
          events: await itemsOf(world, run.tables.events),
          list: (await itemsOf(world, run.tables.suppression)).filter(listsAnybody).map(comparable),
        },
        atLeastOnce: {
          letters: services.queue('dead').map(({ body, reason }) => `${reason} ${body}`),
          archive: [...services.archive, ...kept],
        },
        accepted,
        again: tries.again,
      };
    },
  };
}

/** Hands a queue's messages over, ten at a time, until none is left. */
async function drain(
  container: Container,
  { way, bodies }: Delivered,
  run: Run,
  complaints: Complaints,
  tries: { again: boolean },
): Promise<void> {
  const queue = bodies.map((body, n) => ({ messageId: `m${n}`, body, receives: 0, eventSourceARN: way }));
  while (queue.length > 0) {
    const batch = queue.splice(0, BATCH);
    const answer = await invoke(container, { Records: batch }, LIMITS.process, run, complaints);
    const { batchItemFailures } = (answer ?? {
      batchItemFailures: batch.map(({ messageId }) => ({ itemIdentifier: messageId })),
    }) as {
      batchItemFailures: { itemIdentifier: string }[];
    };
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of batch.filter(({ messageId }) => failed.has(messageId))) {
      tries.again = true;
      message.receives += 1;
      if (message.receives < MOST_RECEIVES) queue.push(message);
      else complaints.push('a message was given up');
    }
  }
}

type Item = Readonly<Record<string, unknown>>;

async function itemsOf({ dynamo: { client } }: World, TableName: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true }))
    items.push(...(page.Items ?? []).map((item) => sorted(unmarshall(item)) as Item));
  return items;
}

/**
 * An entry with nothing against anybody is as good as none. It is left by somebody who was suppressed in doubt, because what was retracted could not be
 * read just then, and who came off the list with the next look.
 */
const listsAnybody = ({ reasons, suppressedUntil }: Item): boolean =>
  suppressedUntil !== 0 || Object.keys(reasons as object).length > 0;

/** How often and when an entry was written is not what it says. */
const comparable = ({ version: _version, updatedAt: _updatedAt, replayedVersion, ...entry }: Item): Item => ({
  ...entry,
  quiet: replayedVersion !== undefined,
});

/** With members in one order, so that texts can be compared. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, item]) => [name, sorted(item)]),
        )
      : value;
