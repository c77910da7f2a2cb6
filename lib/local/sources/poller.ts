import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsCall, REGION } from '../emulators/aws-json.ts';

/** One event source mapping, resolved. */
export interface PollerSpec {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly concurrency: number;
  readonly visibilitySeconds: number;
  readonly partialFailures: boolean;
}

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Record<string, string>;
  readonly MessageAttributes?: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>;
}

export interface Poller {
  /** Takes no more, and waits until what it has taken is done: nothing stays hidden in the queue. */
  finish(): Promise<void>;
  /** At once. */
  stop(): Promise<void>;
}

/** `finish` waits for the last one, and does not hang up: the emulator would hand messages to a caller that is gone. */
const LONG_POLL_SECONDS = 2;
/** What running invocations get to finish when the run stops. */
const GRACE_MS = 2000;
/** Most that one call receives or deletes. */
const CALL = 10;

/** Feeds a queue to a function as Lambda's event source mapping does: deletes what succeeded, leaves the rest to its visibility timeout. */
export function startPoller(spec: PollerSpec, sqs: AwsCall, invoke: (event: object) => Promise<unknown>): Poller {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let finishing = false;

  async function receive(most: number, waitSeconds: number): Promise<Message[]> {
    const input = {
      QueueUrl: spec.queueUrl,
      MaxNumberOfMessages: Math.min(CALL, most),
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: spec.visibilitySeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    return (await sqs<{ Messages?: Message[] }>('ReceiveMessage', input, stopping.signal)).Messages ?? [];
  }

  async function collect(): Promise<Message[]> {
    const batch = await receive(spec.batchSize, LONG_POLL_SECONDS);
    const until = Date.now() + spec.windowSeconds * 1000;
    while (batch.length > 0 && batch.length < spec.batchSize && !finishing) {
      const left = (until - Date.now()) / 1000;
      if (left <= 0) break;
      batch.push(...(await receive(spec.batchSize - batch.length, left)));
    }
    return batch;
  }

  async function handle(batch: readonly Message[]): Promise<void> {
    try {
      const failed = failedIds(
        await invoke({ Records: batch.map((message) => record(message, spec.queueArn)) }),
        batch,
        spec,
      );
      const done = batch.filter(({ MessageId }) => !failed.has(MessageId));
      for (let at = 0; at < done.length; at += CALL) await remove(done.slice(at, at + CALL));
    } catch {
      // The invocation failed as a whole, and said so in its log: every message returns after its visibility timeout.
    }
  }

  const remove = (messages: readonly Message[]) =>
    sqs('DeleteMessageBatch', {
      QueueUrl: spec.queueUrl,
      Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    });

  async function poll(): Promise<void> {
    while (!finishing && !stopping.signal.aborted) {
      try {
        const batch = await collect();
        if (batch.length > 0) {
          const work = handle(batch).finally(() => running.delete(work));
          running.add(work);
        }
        if (running.size >= spec.concurrency) await Promise.race(running);
      } catch {
        if (!stopping.signal.aborted) await sleep(200);
      }
    }
  }

  const polling = poll();
  return {
    async finish() {
      finishing = true;
      await polling;
      await Promise.all(running);
    },
    async stop() {
      stopping.abort();
      await polling;
      // Not longer: what is cut off returns to the queue, as it would after any crash.
      await Promise.race([Promise.all(running), sleep(GRACE_MS, undefined, { ref: false })]);
    },
  };
}

/** Which messages to leave. An answer that Lambda cannot read fails the whole batch. */
export function failedIds(
  answer: unknown,
  batch: readonly Message[],
  { partialFailures }: PollerSpec,
): ReadonlySet<string> {
  if (!partialFailures) return new Set();
  const failures = (answer as { batchItemFailures?: unknown } | null | undefined)?.batchItemFailures ?? [];
  const ids = Array.isArray(failures) ? failures.map((failure) => failure?.itemIdentifier) : [undefined];
  const known = new Set(batch.map(({ MessageId }) => MessageId));
  return ids.every((id) => known.has(id)) ? new Set(ids) : known;
}

function record(message: Message, queueArn: string): object {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ],
  );
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
}
