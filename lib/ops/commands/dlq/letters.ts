import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { DEAD_LETTER } from '../../../../lambda/contract/message.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { readDelivery, type SourceOfTopic } from '../../../../lambda/domain/channel.ts';
import { topicsOf } from '../../stack/reading.ts';
import type { Target } from '../../target/target.ts';

/** A dead letter as the queue holds it. */
export interface Letter {
  readonly id: string;
  readonly body: string;
  /** Ours, or `crash-loop`: the queue itself moved it after ten receives, and says nothing. */
  readonly reason: string;
  readonly detail?: string;
  readonly source?: string;
  /** When it came here; for a crash loop, when it came in. Epoch milliseconds. */
  readonly sentAt: EpochMs;
  /** Of reason and body: the queue took a letter twice whose first answer was lost, and its two are one. */
  readonly digest: string;
}

const CRASH_LOOP = 'crash-loop';

/** Long enough to see the whole of a large queue once; after that, letters a look has left behind are seen again. */
const LOOK_SECONDS = 300;
/** Any wait asks every part of SQS: without one an empty answer would not mean an empty queue. The local queue has one part. */
const WAIT_SECONDS: Readonly<Record<Target['kind'], number>> = { deployed: 1, local: 0 };
const BATCH = 10;

/** The dead-letter queue. Looking hides letters from others for as long as it takes, and gives them back at the end. */
export class LetterBox {
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #sourceOfTopic: SourceOfTopic;
  readonly #waitSeconds: number;
  readonly #handles = new Map<string, string>();

  private constructor(client: SQSClient, target: Target) {
    this.#client = client;
    this.#sourceOfTopic = topicsOf(target);
    this.#url = target.names.queues.deadLetter;
    this.#waitSeconds = WAIT_SECONDS[target.kind];
  }

  static async of(target: Target): Promise<LetterBox> {
    return new LetterBox(await target.clients.sqs(), target);
  }

  /** Every letter once, in batches; those that were not removed are visible again when this ends, however it ends. */
  async *look(): AsyncGenerator<Letter[]> {
    const seen = new Set<string>();
    try {
      for (;;) {
        const messages = await this.#receive();
        for (const { MessageId = '', ReceiptHandle = '' } of messages) this.#handles.set(MessageId, ReceiptHandle);
        const fresh = messages
          .map((message) => asLetter(message, this.#sourceOfTopic))
          .filter(({ id }) => !seen.has(id));
        if (fresh.length === 0) return;
        for (const { id } of fresh) seen.add(id);
        yield fresh;
      }
    } finally {
      await this.#giveBack();
    }
  }

  /** Deletes letters of the last look; returns how many are gone. */
  async remove(letters: readonly Letter[]): Promise<number> {
    let gone = 0;
    for (const Entries of this.#entries(letters.map(({ id }) => id))) {
      const { Successful = [] } = await this.#client.send(
        new DeleteMessageBatchCommand({ QueueUrl: this.#url, Entries }),
      );
      gone += Successful.length;
    }
    for (const { id } of letters) this.#handles.delete(id);
    return gone;
  }

  async #receive(): Promise<Message[]> {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#url,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: LOOK_SECONDS,
        WaitTimeSeconds: this.#waitSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    return Messages;
  }

  async #giveBack(): Promise<void> {
    for (const entries of this.#entries([...this.#handles.keys()])) {
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      await this.#client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#url, Entries }));
    }
    this.#handles.clear();
  }

  *#entries(ids: readonly string[]) {
    for (let at = 0; at < ids.length; at += BATCH) {
      yield ids
        .slice(at, at + BATCH)
        .map((id, index) => ({ Id: String(index), ReceiptHandle: this.#handles.get(id) ?? '' }));
    }
  }
}

function asLetter(message: Message, sourceOfTopic: SourceOfTopic): Letter {
  const { MessageId = '', Body = '', MessageAttributes = {}, Attributes = {} } = message;
  const said = (name: string): string | undefined => MessageAttributes[name]?.StringValue;
  const reason = said(DEAD_LETTER.reason) ?? CRASH_LOOP;
  const [detail, source] = [said(DEAD_LETTER.detail), said(DEAD_LETTER.source) ?? sourceIn(Body, sourceOfTopic)];
  return {
    id: MessageId,
    body: Body,
    reason,
    ...(detail !== undefined && { detail }),
    ...(source !== undefined && { source }),
    sentAt: Number(Attributes.SentTimestamp ?? 0),
    digest: createHash('sha256').update(`${reason}\n${Body}`).digest('base64'),
  };
}

function sourceIn(body: string, sourceOfTopic: SourceOfTopic): string | undefined {
  try {
    return readDelivery(body, sourceOfTopic).source;
  } catch {
    return undefined;
  }
}
