import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoClient, sqsClient } from '../aws/clients.ts';
import { readConfig } from '../aws/config.ts';
import { EventStore } from '../aws/event-store.ts';
import { sendAll } from '../aws/queue.ts';
import { confirmSubscription } from '../aws/subscriptions.ts';
import { SuppressionStore } from '../aws/suppression-store.ts';
import { logError } from '../aws/telemetry.ts';
import { readEnv } from '../contract/env.ts';
import { PoisonEvent } from '../domain/errors.ts';
import { judge } from '../domain/policy.ts';
import type { Judgement } from '../domain/suppression.ts';
import { deadLetters } from './process/dead-letters.ts';
import { type Opened, openMessage, type Poison } from './process/message.ts';
import { Tally } from './process/tally.ts';

const env = readEnv('process');
const config = readConfig();
const dynamo = dynamoClient();
const sqs = sqsClient();
const eventStore = new EventStore(dynamo, env.EVENTS_TABLE, config.eventRetentionDays);
const suppressionStore = new SuppressionStore(dynamo, env.SUPPRESSION_TABLE);

/**
 * A batch of queue messages. Record first, then suppress (also for events recorded before: a crash may have come between), then
 * bury what will never work, then acknowledge. Whatever failed for now gives its whole message back to the queue.
 */
export async function handler(batch: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  // Half the time is for retries; the rest is for burying and answering.
  const deadline = Date.now() + context.getRemainingTimeInMillis() / 2;
  const opened = batch.Records.map((record) => openMessage(record, config));
  const tally = new Tally();
  const failed = new Set<string>();
  const poison = new Map<Opened, Poison[]>(opened.map((message) => [message, [...message.poison]]));

  const recorded = await record(opened, deadline);
  for (const { message, raw, event, outcome } of recorded) {
    tally.add(message, event, outcome);
    if (outcome === 'failed') failed.add(message.messageId);
    if (outcome === 'poison')
      poison
        .get(message)
        ?.push({ reason: 'refused-by-table', detail: 'The events table does not take this item.', raw });
  }

  const { changed, failed: unsuppressed } = await suppress(recorded, deadline);
  tally.suppressionChanges = changed;
  for (const { message, event } of recorded)
    if (event.recipient && unsuppressed.has(event.recipient)) failed.add(message.messageId);

  for (const message of opened) {
    await obey(message, poison.get(message) ?? []).catch((error) => fail(message, error, failed));
  }
  const dead = opened.filter(({ messageId }) => !failed.has(messageId));
  await bury(dead, batch, poison, failed, tally);

  tally.failedMessages = failed.size;
  tally.publish();
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Stores the events of all messages, pooled: full requests of 25, whatever the messages' sizes. */
async function record(opened: readonly Opened[], deadline: number) {
  const pooled = opened.flatMap((message) => message.events.map(({ raw, event }) => ({ message, raw, event })));
  const outcomes = await eventStore.record(
    pooled.map(({ event }) => event),
    deadline,
  );
  return pooled.map((item, index) => ({ ...item, outcome: outcomes[index] ?? ('failed' as const) }));
}

/** Folds what the recorded events prove; an event that could not be recorded waits for its retry. */
async function suppress(recorded: Awaited<ReturnType<typeof record>>, deadline: number) {
  const judgements = new Map<string, Judgement[]>();
  for (const { event, outcome } of recorded) {
    const judgement = outcome === 'new' || outcome === 'seen' ? judge(event, config.policy) : undefined;
    if (!judgement || event.recipient === undefined) continue;
    const known = judgements.get(event.recipient);
    if (known) known.push(judgement);
    else judgements.set(event.recipient, [judgement]);
  }
  return suppressionStore.apply(judgements, deadline);
}

/** Does what verified messages ask for. */
async function obey({ controls }: Opened, poison: Poison[]): Promise<void> {
  for (const { raw, control } of controls) {
    try {
      await confirmSubscription(control);
    } catch (error) {
      if (!(error instanceof PoisonEvent)) throw error;
      poison.push({ reason: 'control-refused', detail: error.message, raw });
    }
  }
}

/** Poison goes to the dead-letter queue last: a message that is tried again would bury it twice. */
async function bury(
  dead: readonly Opened[],
  batch: SQSEvent,
  poison: ReadonlyMap<Opened, Poison[]>,
  failed: Set<string>,
  tally: Tally,
): Promise<void> {
  for (const message of dead) {
    const found = poison.get(message) ?? [];
    if (found.length === 0) continue;
    const body = batch.Records.find(({ messageId }) => messageId === message.messageId)?.body ?? '';
    try {
      await sendAll(sqs, env.DEAD_LETTER_QUEUE_URL, deadLetters(message, body, found));
      tally.deadLettered(found.length);
    } catch (error) {
      fail(message, error, failed);
    }
  }
}

function fail(message: Opened, error: unknown, failed: Set<string>): void {
  logError('message given back to the queue', error, { source: message.message?.source });
  failed.add(message.messageId);
}
