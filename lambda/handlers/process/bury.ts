import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Outgoing, offerAll } from '../../aws/sqs.ts';
import { logError } from '../../aws/telemetry.ts';
import { DEAD_LETTER, type DeliveryMessage } from '../../contract/message.ts';
import type { EpochMs } from '../../contract/units.ts';
import { packMessages } from '../../domain/message.ts';
import type { Opened } from './opened.ts';
import { divide, type Passed } from './step.ts';

interface Buried extends Passed {
  /** Dead letters that the queue took. */
  readonly letters: number;
}

/**
 * Sends what will never work to the dead-letter queue, the letters of all messages side by side. The last step, because a message that is
 * tried again would bury its letters twice. Fails the messages whose letters were not taken by `deadline` (epoch milliseconds).
 */
export async function bury(
  messages: readonly Opened[],
  sqs: SQSClient,
  deadLetterQueueUrl: string,
  deadline: EpochMs,
): Promise<Buried> {
  const letters = messages.flatMap((opened) => deadLetters(opened).map((letter) => ({ opened, letter })));
  const outgoing = letters.map(({ letter }) => letter);
  const { indexes, cause } = await offerAll(sqs, deadLetterQueueUrl, outgoing, deadline);
  const failed = new Set(letters.filter((_letter, at) => indexes.has(at)).map(({ opened }) => opened));
  for (const { message } of failed) logError('message given back to the queue', cause, { source: message?.source });
  return { ...divide(messages, failed), letters: letters.length - indexes.size };
}

/** Dead letters keep the message's format, with one poisoned event each; the reason travels in attributes. */
function deadLetters({ message, body, poison }: Opened): Outgoing[] {
  // An event with two recipients that are both refused is one dead letter.
  const distinct = [...new Map(poison.map((item) => [item.raw, item])).values()];
  return distinct.map(({ reason, detail, raw }) => ({
    body: message && raw !== undefined ? single(message, raw) : body,
    attributes: {
      [DEAD_LETTER.reason]: reason,
      [DEAD_LETTER.detail]: detail,
      ...(message && { [DEAD_LETTER.source]: message.source }),
    },
  }));
}

function single(message: DeliveryMessage, raw: string): string {
  const { v: _v, events: _events, ...envelope } = message;
  const [body = ''] = packMessages(envelope, [raw]);
  return body;
}
