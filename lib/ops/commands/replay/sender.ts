import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { pacer } from '../../../../lambda/aws/effort.ts';
import { enqueue } from '../../stack/outbox.ts';
import { wayOf } from '../../stack/way.ts';
import type { Target } from '../../target/target.ts';

/** Live events wait behind what is on the queue: a replay never puts more there than is worked off in seconds. */
const MOST_WAITING = 500;
const LOOK_EVERY = 100;

/** Sends at a bounded rate, and stops while the queue is long. */
export class Sender {
  readonly #target: Target;
  readonly #pace: ReturnType<typeof pacer>;
  #messages = 0;

  constructor(target: Target, eventsPerSecond: number) {
    this.#target = target;
    this.#pace = pacer(eventsPerSecond);
  }

  async send(bodies: readonly string[], events: number): Promise<void> {
    if (Math.floor((this.#messages + bodies.length) / LOOK_EVERY) > Math.floor(this.#messages / LOOK_EVERY))
      while ((await this.#waiting()) > MOST_WAITING) await pause(1000);
    await this.#pace(events);
    for (const [way, some] of Map.groupBy(bodies, (body) => wayOf(this.#target, body)))
      await enqueue(this.#target, some, way);
    this.#messages += bodies.length;
  }

  async #waiting(): Promise<number> {
    const client = await this.#target.clients.sqs();
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.#target.names.queues.delivery,
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  }
}
