import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoClient, firehoseClient, secretsClient, sqsClient } from '../../aws/clients.ts';
import { readConfig } from '../../aws/config.ts';
import { Erasures } from '../../aws/dynamodb/erasures.ts';
import { EventStore } from '../../aws/dynamodb/events.ts';
import { SuppressionStore } from '../../aws/dynamodb/suppression.ts';
import { Archive } from '../../aws/firehose.ts';
import { SecretStore } from '../../aws/secrets.ts';
import { readEnv } from '../../contract/env.ts';
import { topicSources } from '../../domain/channel.ts';
import { archiveLines } from './archive.ts';
import { bindBodies } from './bind.ts';
import { finish } from './bury.ts';
import { forgetErased } from './erased.ts';
import { judgeEvents, type RecordedEvent } from './judge.ts';
import { type Opened, openMessage } from './opened.ts';
import { wayOf } from './replayed.ts';
import { Tally } from './tally.ts';

const env = readEnv('process');
const config = readConfig();
const sourceOfTopic = topicSources(config.sources, JSON.parse(env.TOPIC_ARNS));
const dynamo = dynamoClient();
const sqs = sqsClient();
const eventStore = new EventStore(dynamo, env.EVENTS_TABLE, config.eventRetentionDays);
const erasures = new Erasures(dynamo, env.SUPPRESSION_TABLE, new SecretStore(secretsClient(), env.SECRET_ARN));
const archive = config.archive && new Archive(firehoseClient(), config.archive.stream);
const suppressionStore = new SuppressionStore(dynamo, env.SUPPRESSION_TABLE);

/** Most milliseconds for the archive to take a batch, retries included. */
const ARCHIVE_WITHIN = 5000;

/**
 * A batch of queue messages. Record first, then suppress (also for events recorded before: a crash may have come between), then
 * archive, then bury what will never work, then acknowledge. Whatever failed for now gives its whole message back to the queue.
 */
export async function handler(batch: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  // Half the time is for retries; the rest is for burying and answering.
  const deadline = Date.now() + context.getRemainingTimeInMillis() / 2;
  const messages = batch.Records.map((record) => openMessage(record, config, sourceOfTopic));
  const standing = (): Opened[] => messages.filter(({ failed }) => !failed);
  const tally = new Tally(config);

  await forgetErased(standing(), erasures, Date.now());
  await bindBodies(standing(), dynamo, env.EVENTS_TABLE, deadline);
  const recorded = await record(standing(), tally, deadline);
  await suppress(recorded, tally, deadline);
  await keep(standing(), Date.now() + Math.min(ARCHIVE_WITHIN, context.getRemainingTimeInMillis() / 4));
  for (const message of standing()) await finish(message, sqs, env.DEAD_LETTER_QUEUE_URL, tally);

  const failed = messages.filter((message) => message.failed);
  tally.failedMessages = failed.length;
  tally.publish();
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

interface Recorded extends RecordedEvent {
  readonly message: Opened;
}

/** Stores the events of all messages, pooled: full requests of 25, whatever the messages' sizes. */
async function record(messages: readonly Opened[], tally: Tally, deadline: number): Promise<Recorded[]> {
  const pooled = messages.flatMap((message) => message.events.map(({ raw, event }) => ({ message, raw, event })));
  const events = pooled.map(({ event }) => event);
  const outcomes = await eventStore.record(events, deadline, (index) => wayOf(pooled[index]?.message));
  return pooled.map(({ message, raw, event }, index) => {
    const outcome = outcomes[index] ?? 'failed';
    tally.add(message, event, outcome);
    if (outcome === 'failed') message.failed = true;
    if (outcome === 'poison')
      message.poison.push({ reason: 'refused-by-table', detail: 'The table does not take this item.', raw });
    return { message, event, outcome };
  });
}

/** Folds what the events prove. Fails the messages of recipients whose suppression could not be settled this time. */
async function suppress(recorded: readonly Recorded[], tally: Tally, deadline: number): Promise<void> {
  const { judgements, fresh, unread } = await judgeEvents(recorded, config, eventStore);
  const live = new Set(recorded.flatMap(({ message, event }) => (wayOf(message).quiet ? [] : (event.recipient ?? []))));
  const quiet = new Set([...judgements.keys()].filter((recipient) => !live.has(recipient)));
  const { changed, suppressed, failed } = await suppressionStore.apply(judgements, deadline, { quiet, fresh });
  tally.suppressionChanges = changed;
  tally.newlySuppressed(suppressed.difference(quiet));
  const unsettled = failed.union(unread);
  for (const { message, event } of recorded) {
    if (event.recipient !== undefined && unsettled.has(event.recipient)) message.failed = true;
  }
}

/** Hands raw events to the archive, where there is one. Fails the messages that it did not take this time. */
async function keep(messages: readonly Opened[], deadline: number): Promise<void> {
  for (const message of (await archive?.put(archiveLines(messages), deadline)) ?? []) message.failed = true;
}
