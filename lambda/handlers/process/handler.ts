import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoClient, firehoseClient, secretsClient, sqsClient } from '../../aws/clients.ts';
import { readConfig } from '../../aws/config.ts';
import { Erasures } from '../../aws/dynamodb/erasures.ts';
import { EventStore } from '../../aws/dynamodb/events.ts';
import { RetractionStore } from '../../aws/dynamodb/retractions.ts';
import { takeFailures } from '../../aws/dynamodb/statements.ts';
import { SuppressionStore } from '../../aws/dynamodb/suppression.ts';
import { SurgeStore } from '../../aws/dynamodb/surges.ts';
import { Archive } from '../../aws/firehose.ts';
import { SecretStore } from '../../aws/secrets.ts';
import { emit } from '../../aws/telemetry.ts';
import { readEnv } from '../../contract/env.ts';
import { topicSources, type Way } from '../../domain/channel.ts';
import { WaitingClicks } from '../../domain/surges/waiting.ts';
import { providerIn } from '../../providers/half.ts';
import { keep, keepLate, withPointers } from './archive.ts';
import { bindBodies } from './bind.ts';
import { bury } from './bury.ts';
import { forgetErased } from './erased.ts';
import { noticeMachines } from './notice/machines.ts';
import { requestsOf } from './notice/requests.ts';
import { noticeSurges } from './notice/surges.ts';
import { obey } from './obey.ts';
import { openMessage } from './opened.ts';
import { record } from './record.ts';
import { sharesOf } from './step.ts';
import { suppress } from './suppress.ts';
import { tallyOf } from './tally.ts';

const env = readEnv('process');
const config = readConfig();
const topics = Object.entries(config.sources).map(
  ([name, { provider, options }]) => [name, providerIn('process', provider)?.topics?.(options)] as const,
);
const sourceOfTopic = topicSources(topics, JSON.parse(env.TOPIC_ARNS));
const ways = new Map<string, Way>([
  [env.ACTS_QUEUE_ARN, 'acts'],
  [env.FEEDS_QUEUE_ARN, 'feeds'],
]);
const means = { config, sourceOfTopic, wayOf: (queueArn: string): Way => ways.get(queueArn) ?? 'delivery' };
const dynamo = dynamoClient();
const sqs = sqsClient();
const eventStore = new EventStore(dynamo, env.EVENTS_TABLE, config.eventRetentionDays, config.customKeys);
const erasures = new Erasures(dynamo, env.SUPPRESSION_TABLE, new SecretStore(secretsClient(), env.OWN_KEYS_ARN));
const archive = config.archive && new Archive(firehoseClient(), config.archive.stream);
const keeping = archive && { archive, sqs, unarchivedQueueUrl: env.UNARCHIVED_QUEUE_URL };
const { surgeClicks: least } = config.publish ?? {};
const surges =
  least === undefined
    ? undefined
    : {
        store: new SurgeStore(dynamo, env.EVENTS_TABLE),
        waiting: new WaitingClicks(),
        announced: new Map<string, string>(),
        least,
      };
const stores = {
  events: eventStore,
  list: new SuppressionStore(dynamo, env.SUPPRESSION_TABLE),
  retractions: new RetractionStore(dynamo, env.SUPPRESSION_TABLE),
};

/**
 * A batch of queue messages. Record first, then suppress (also for events recorded before: a crash may have come between), then
 * archive, then bury what will never work, then acknowledge. Each step takes what the one before it passed on; whatever failed for now
 * gives its whole message back to the queue.
 */
export async function handler(batch: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const now = Date.now();
  const until = sharesOf(now, context.getRemainingTimeInMillis());
  if (batch.Records[0]?.eventSourceARN === env.UNARCHIVED_QUEUE_ARN)
    return givenBack(await keepLate(batch.Records, archive, until.kept));

  const opened = batch.Records.map((message) => openMessage(message, means));
  const known = await forgetErased(opened, erasures, now, until.erased);
  const bound = await bindBodies(known.messages, dynamo, env.EVENTS_TABLE, until.bound);
  const marked = noticeMachines(bound.messages);
  const stored = await record(archive ? withPointers(marked, now) : marked, eventStore, until.recorded);
  const folded = await suppress(stored, config, stores, until);
  const [kept] = await Promise.all([
    keep(folded.messages, keeping, until.kept),
    noticeSurges(stored.events, surges, now, until.kept),
  ]);
  const obeyed = await obey(kept.messages, until.obeyed);
  const buried = await bury(obeyed.messages, sqs, env.DEAD_LETTER_QUEUE_URL, until.buried);

  const steps = [known, bound, stored, folded, kept, obeyed, buried];
  const failed = new Set(steps.flatMap((step) => step.failed));
  const tableFailures = takeFailures();
  emit(
    tallyOf(
      {
        stored,
        forged: bound.forged,
        folded,
        unarchived: kept.waiting,
        deadLetters: buried.letters,
        failedMessages: failed.size,
        requests: requestsOf(buried.messages, failed, stored.events),
        tableFailures,
      },
      config,
    ),
  );
  return givenBack([...failed]);
}

/** These messages go back to their queue. */
const givenBack = (messages: readonly { readonly messageId: string }[]): SQSBatchResponse => ({
  batchItemFailures: messages.map(({ messageId }) => ({ itemIdentifier: messageId })),
});
