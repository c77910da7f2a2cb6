import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { Archive } from '../aws/archive.ts';
import { dynamoClient, firehoseClient, secretsClient, sqsClient } from '../aws/clients.ts';
import { readConfig } from '../aws/config.ts';
import { Erasures } from '../aws/erasures.ts';
import { EventStore } from '../aws/event-store.ts';
import { sendAll } from '../aws/queue.ts';
import { SecretStore } from '../aws/secrets.ts';
import { confirmSubscription } from '../aws/subscriptions.ts';
import { SuppressionStore } from '../aws/suppression-store.ts';
import { logError } from '../aws/telemetry.ts';
import { bindTokens } from '../aws/token-store.ts';
import { readEnv } from '../contract/env.ts';
import { PoisonEvent } from '../domain/errors.ts';
import { archiveLines } from './process/archive.ts';
import { deadLetters } from './process/dead-letters.ts';
import { forgetErased } from './process/forget.ts';
import { judgeEvents, type RecordedEvent } from './process/judge.ts';
import { type Opened, openMessage } from './process/message.ts';
import { wayOf } from './process/replayed.ts';
import { Tally } from './process/tally.ts';
import { topicSources } from './process/topics.ts';

const env = readEnv('process');
const config = readConfig();
const sourceOfTopic = topicSources(config, env.TOPIC_ARNS);
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
  const tally = new Tally(config);
  const failed = new Set<Opened>();

  for (const message of await forgetErased(messages, erasures, Date.now())) failed.add(message);
  for (const message of await bind(
    messages.filter((one) => !failed.has(one)),
    deadline,
  ))
    failed.add(message);
  const recorded = await record(
    messages.filter((one) => !failed.has(one)),
    deadline,
  );
  for (const { message, raw, event, outcome } of recorded) {
    tally.add(message, event, outcome);
    if (outcome === 'failed') failed.add(message);
    if (outcome === 'poison')
      message.poison.push({ reason: 'refused-by-table', detail: 'The table does not take this item.', raw });
  }
  for (const { message } of await suppress(recorded, tally, deadline)) failed.add(message);
  for (const message of await keep(
    messages.filter((one) => !failed.has(one)),
    Date.now() + Math.min(ARCHIVE_WITHIN, context.getRemainingTimeInMillis() / 4),
  ))
    failed.add(message);
  // Poison is buried last: a message that is tried again would bury it twice.
  for (const message of messages.filter((one) => !failed.has(one))) {
    try {
      await obey(message);
      await bury(message, tally);
    } catch (error) {
      logError('message given back to the queue', error, { source: message.message?.source });
      failed.add(message);
    }
  }
  tally.failedMessages = failed.size;
  tally.publish();
  return { batchItemFailures: [...failed].map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Hands raw events to the archive, where there is one; returns the messages that it did not take this time. */
async function keep(messages: readonly Opened[], deadline: number): Promise<Iterable<Opened>> {
  return archive ? archive.put(archiveLines(messages), deadline) : [];
}

interface Recorded extends RecordedEvent {
  readonly message: Opened;
  readonly raw: string;
}

/**
 * Where an ESP signs a token and not the body, the token is bound to the first body it came with; a second body is poison and has no
 * effect. Returns the messages whose tokens could not be bound this time.
 */
async function bind(messages: readonly Opened[], deadline: number): Promise<Opened[]> {
  const all = messages.flatMap((opened) => opened.tokens.map((token) => ({ opened, ...token })));
  if (all.length === 0) return [];
  const bindings = await bindTokens(
    dynamo,
    env.EVENTS_TABLE,
    all.map(({ opened, token, digest }) => ({
      token,
      digest,
      source: opened.message?.source ?? '',
      receivedAt: opened.message?.receivedAt ?? '',
    })),
    deadline,
  );
  for (const [at, { opened, raw }] of all.entries()) {
    if (bindings[at] !== 'reused') continue;
    opened.events = opened.events.filter((event) => event.raw !== raw);
    opened.poison.push({
      reason: 'token-reused',
      detail: 'The token of this request was used before with another body.',
      raw,
    });
  }
  return all.filter((_token, at) => bindings[at] === 'failed').map(({ opened }) => opened);
}

/** Stores the events of all messages, pooled: full requests of 25, whatever the messages' sizes. */
async function record(messages: readonly Opened[], deadline: number): Promise<Recorded[]> {
  const pooled = messages.flatMap((message) => message.events.map(({ raw, event }) => ({ message, raw, event })));
  const outcomes = await eventStore.record(
    pooled.map(({ event }) => event),
    deadline,
    (index) => wayOf(pooled[index]?.message),
  );
  return pooled.map((item, index) => ({ ...item, outcome: outcomes[index] ?? 'failed' }));
}

/** Folds what the events prove; returns those whose recipients' suppression could not be settled this time. */
async function suppress(recorded: readonly Recorded[], tally: Tally, deadline: number): Promise<Recorded[]> {
  const { judgements, fresh, unread } = await judgeEvents(recorded, config, eventStore);
  const live = new Set(recorded.flatMap(({ message, event }) => (wayOf(message).quiet ? [] : (event.recipient ?? []))));
  const quiet = new Set([...judgements.keys()].filter((recipient) => !live.has(recipient)));
  const { changed, suppressed, failed } = await suppressionStore.apply(judgements, deadline, { quiet, fresh });
  tally.suppressionChanges = changed;
  tally.newlySuppressed(suppressed.difference(quiet));
  const unsettled = failed.union(unread);
  return recorded.filter(({ event }) => event.recipient !== undefined && unsettled.has(event.recipient));
}

/** Does what verified messages ask for. */
async function obey({ controls, poison }: Opened): Promise<void> {
  for (const { raw, control } of controls) {
    try {
      await confirmSubscription(control);
    } catch (error) {
      if (!(error instanceof PoisonEvent)) throw error;
      poison.push({ reason: 'control-refused', detail: error.message, raw });
    }
  }
}

async function bury(message: Opened, tally: Tally): Promise<void> {
  if (message.poison.length === 0) return;
  const letters = deadLetters(message);
  await sendAll(sqs, env.DEAD_LETTER_QUEUE_URL, letters);
  tally.deadLettered(letters.length);
}
