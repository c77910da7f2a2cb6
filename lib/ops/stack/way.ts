import { readMessage } from '../../../lambda/domain/message.ts';
import type { Target } from '../target/target.ts';
import type { Way } from './outbox.ts';

/**
 * The queue that a message belongs on: `process` takes what operators do from the acts queue only, and SNS's own envelopes from the feeds
 * queue only.
 */
export function wayOf(target: Target, body: string): Way {
  try {
    return readMessage(body).channel === 'operator' ? 'acts' : 'delivery';
  } catch {
    return target.names.queues.feeds === undefined ? 'delivery' : 'feeds';
  }
}
