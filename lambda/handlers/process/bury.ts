import type { SQSClient } from '@aws-sdk/client-sqs';
import { sendAll } from '../../aws/sqs.ts';
import { confirmSubscription } from '../../aws/subscription.ts';
import { logError } from '../../aws/telemetry.ts';
import { PoisonEvent } from '../../domain/errors.ts';
import { deadLetters } from './dead-letters.ts';
import type { Opened } from './opened.ts';
import type { Tally } from './tally.ts';

/**
 * The last step before a message is acknowledged: does what it asks for, then buries what will never work. Poison is buried last,
 * because a message that is tried again would bury it twice.
 */
export async function finish(opened: Opened, sqs: SQSClient, deadLetterQueueUrl: string, tally: Tally): Promise<void> {
  try {
    await obey(opened);
    if (opened.poison.length === 0) return;
    const letters = deadLetters(opened);
    await sendAll(sqs, deadLetterQueueUrl, letters);
    tally.deadLettered(letters.length);
  } catch (error) {
    logError('message given back to the queue', error, { source: opened.message?.source });
    opened.failed = true;
  }
}

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
