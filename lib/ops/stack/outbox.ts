import { NotSent, sendAll } from '../../../lambda/aws/sqs.ts';
import { MAX_SQS_BYTES } from '../../../lambda/contract/message.ts';
import { CannotKnow } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';

export type Way = 'delivery' | 'acts' | 'feeds';

/** Messages that a queue takes, and how many it never would: one event larger than a message would stop all that follow it. */
export function fitting(bodies: readonly string[]): { readonly fit: readonly string[]; readonly tooLarge: number } {
  const fit = bodies.filter((body) => Buffer.byteLength(body) <= MAX_SQS_BYTES);
  return { fit, tooLarge: bodies.length - fit.length };
}

/** What a queue did not take, as indexes into what was offered, and why. */
interface Refused {
  readonly indexes: ReadonlySet<number>;
  readonly cause?: unknown;
}

/** Offers messages to a queue and says which it did not take. */
export async function offer(target: Target, bodies: readonly string[], way: Way = 'delivery'): Promise<Refused> {
  const url = target.names.queues[way];
  if (url === undefined) throw new CannotKnow(`${target.label} has no ${way} queue: no source of it is fed by one.`);
  const client = await target.clients.sqs();
  try {
    await sendAll(
      client,
      url,
      bodies.map((body) => ({ body })),
    );
    return { indexes: new Set() };
  } catch (error) {
    if (!(error instanceof NotSent)) throw error;
    return { indexes: new Set(error.indexes), cause: error.cause };
  }
}

/**
 * Puts messages on a queue; resolves once it has taken all of them.
 * @throws where it did not: what had gone before is there, and sending it again changes nothing.
 */
export async function enqueue(target: Target, bodies: readonly string[], way: Way = 'delivery'): Promise<void> {
  const { indexes, cause } = await offer(target, bodies, way);
  if (indexes.size > 0) throw notTaken(indexes.size, bodies.length, cause);
}

export function notTaken(refused: number, offered: number, cause: unknown): unknown {
  // The SDK's own error says what is wrong: no rights, nothing reachable.
  if (refused === offered && cause instanceof Error) return cause;
  return new CannotKnow(`The queue did not take ${refused} of ${offered} messages. Run the command again.`);
}
