import { type MessageAttributeValue, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { MAX_SQS_BYTES } from '../contract/message.ts';
import type { EpochMs } from '../contract/units.ts';
import { packed } from '../domain/batches.ts';
import { retried, within } from './effort.ts';

export interface Outgoing {
  readonly body: string;
  /** String attributes by name. */
  readonly attributes?: Readonly<Record<string, string>>;
}

const MAX_ENTRIES = 10;
/** A queue that refuses so often is not asked on until the deadline: whoever sends is told, and sends again. */
const ATTEMPTS = 3;
/** Milliseconds for whoever has no deadline. */
const WITHIN = 20_000;

/** Messages that the queue did not take after all attempts; indexes into what was to be sent. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  readonly indexes: readonly number[];
  /** The queue will never take any of them. */
  readonly isFinal: boolean;
  constructor(indexes: readonly number[], cause: unknown, isFinal = false) {
    super(`${indexes.length} messages were not taken by the queue`, { cause });
    this.indexes = indexes;
    this.isFinal = isFinal;
  }
}

/** What the queue did not take after all attempts, as indexes into what was to be sent, and why. */
export interface NotTaken {
  readonly indexes: ReadonlySet<number>;
  readonly cause: unknown;
  /** The queue will never take any of them. */
  readonly isFinal: boolean;
}

/**
 * Offers every message to the queue: one `SendMessageBatch` wherever they fit (10 messages, 1 MiB), several side by side otherwise.
 * A batch can be taken in part: its failed entries are sent again; one that the queue refuses for what is in it, with every character
 * escaped that could be why. Never throws: for whoever goes on without what was not taken.
 */
export async function offerAll(
  client: SQSClient,
  queueUrl: string,
  messages: readonly Outgoing[],
  deadline: EpochMs,
): Promise<NotTaken> {
  const failed = (
    await Promise.all(batches(messages).map((batch) => sendBatch(client, queueUrl, messages, batch, deadline)))
  ).flat();
  return {
    indexes: new Set(failed.map(({ index }) => index)),
    cause: failed[0]?.cause,
    isFinal: failed.every(({ refused }) => refused),
  };
}

/**
 * As {@link offerAll}, for whom nothing may be left over.
 * @throws NotSent naming those that were not taken.
 */
export async function sendAll(
  client: SQSClient,
  queueUrl: string,
  messages: readonly Outgoing[],
  deadline: EpochMs = Date.now() + WITHIN,
): Promise<void> {
  const { indexes, cause, isFinal } = await offerAll(client, queueUrl, messages, deadline);
  if (indexes.size > 0) throw new NotSent([...indexes], cause, isFinal);
}

interface Failure {
  readonly index: number;
  readonly cause: unknown;
  /** For what is in it: sent again as it is, it would be refused again. */
  readonly refused: boolean;
}

async function sendBatch(
  client: SQSClient,
  QueueUrl: string,
  messages: readonly Outgoing[],
  batch: readonly number[],
  deadline: EpochMs,
): Promise<readonly Failure[]> {
  const all: Failure[] = batch.map((index) => ({ index, cause: undefined, refused: false }));
  const send = async (left: readonly Failure[], abortSignal: AbortSignal): Promise<Failure[]> => {
    const Entries = left.map(({ index, refused }) => entry(index, messages[index] as Outgoing, refused));
    try {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }), { abortSignal });
      return Failed.map(({ Id, Code, SenderFault = false }) => ({
        index: Number(Id),
        cause: new Error(Code ?? 'Failed'),
        refused: SenderFault,
      }));
    } catch (cause) {
      return left.map(({ index, refused }) => ({ index, cause, refused }));
    }
  };
  return within(deadline, (abortSignal) => retried(all, deadline, (left) => send(left, abortSignal), ATTEMPTS));
}

/** JSON may be written in ASCII only: what stands outside it stands in strings. */
const inAscii = (json: string): string =>
  json.replace(/[^\t\r\n -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

const entry = (index: number, { body, attributes = {} }: Outgoing, refused: boolean) => ({
  Id: String(index),
  MessageBody: refused ? inAscii(body) : body,
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, value]): [string, MessageAttributeValue] => [
      name,
      { DataType: 'String', StringValue: value },
    ]),
  ),
});

/** Indexes in groups that one request may carry. */
const batches = (messages: readonly Outgoing[]): number[][] =>
  packed([...messages.keys()], (index) => sizeOf(messages[index] as Outgoing), {
    most: MAX_ENTRIES,
    bytes: MAX_SQS_BYTES,
  });

/** What counts against SQS's limits: the body and every attribute's name, type and value. */
const sizeOf = ({ body, attributes = {} }: Outgoing): number =>
  Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + name.length + 'String'.length + Buffer.byteLength(value),
    Buffer.byteLength(body),
  );
