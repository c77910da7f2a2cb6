import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type CfnQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Access, access } from '../service-function.ts';

/** How often a message is received before SQS itself moves it: for crash loops. Poison is put there by `process`, with its reason. */
const RECEIVES_BEFORE_DEAD_LETTER = 10;
/**
 * ... where the table takes only so much a second: what a burst has too much is received and given back, every three minutes for as long as
 * auto scaling and the backlog need, and none of it is poison. Five hours.
 */
const RECEIVES_AT_A_LIMITED_TABLE = 100;
/** Lines that Firehose did not take are offered to it so often. */
const ARCHIVE_AGAIN_AFTER = Duration.minutes(30);

interface QueuesProps {
  /** The time `process` has for one batch. */
  readonly consumerTimeout: Duration;
  /** SNS topics or EventBridge rules bring events without passing `receive`. */
  readonly feeds: boolean;
  readonly archive: boolean;
  /** The events table has a capacity that a burst can exceed. */
  readonly limited: boolean;
}

/**
 * The delivery queue, the queues beside it, and the dead-letter queue of all. Each way in has a queue of its own, so that `process` knows
 * by the queue who speaks: `receive` on the delivery queue, operators on the acts queue, topics and rules on the feeds queue. All may hold
 * what exists nowhere else, so all outlive the stack: an empty one costs nothing, a full one can still be read. Their logical ids are
 * pinned, because a new id would leave undelivered events behind in a queue that nothing reads.
 */
export class DeliveryQueues extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** What operators do never waits behind a flood of events. */
  readonly acts: Queue;
  /** Read as SNS's and EventBridge's envelopes only; its policy names who may write. */
  readonly feeds: Queue | undefined;
  /** Archive lines that Firehose did not take: the fate of a message does not depend on the archive. */
  readonly unarchived: Queue | undefined;

  constructor(scope: Construct, id: string, { consumerTimeout, feeds, archive, limited }: QueuesProps) {
    super(scope, id);
    this.deadLetters = this.make('DeadLetters', 'DeadLetterQueue', {});
    const consumed: QueueProps = {
      // What Lambda asks for: time for the throttled retries of a whole batch.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      deadLetterQueue: {
        queue: this.deadLetters,
        maxReceiveCount: limited ? RECEIVES_AT_A_LIMITED_TABLE : RECEIVES_BEFORE_DEAD_LETTER,
      },
    };
    this.queue = this.make('Queue', 'DeliveryQueue', consumed);
    this.acts = this.make('Acts', 'ActsQueue', consumed);
    this.feeds = feeds ? this.make('Feeds', 'FeedsQueue', consumed) : undefined;
    this.unarchived = archive ? this.unarchivedQueue() : undefined;
  }

  readonly enqueue = (): Access => access(this.queue.queueUrl, ['sqs:SendMessage'], this.queue.queueArn);

  readonly deadLetter = (): Access => access(this.deadLetters.queueUrl, ['sqs:SendMessage'], this.deadLetters.queueArn);

  private unarchivedQueue(): Queue {
    const queue = this.make('Unarchived', 'UnarchivedQueue', { visibilityTimeout: ARCHIVE_AGAIN_AFTER });
    const reason =
      'Its lines are no events to redrive: they are tried until they are taken, or their 14 days end. An alarm says so.';
    Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason });
    return queue;
  }

  private make(id: string, logicalId: string, props: QueueProps): Queue {
    const queue = new Queue(this, id, {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Not RETAIN: a first deploy that fails may take its own empty queues back.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      ...props,
    });
    (queue.node.defaultChild as CfnQueue).overrideLogicalId(logicalId);
    return queue;
  }
}
