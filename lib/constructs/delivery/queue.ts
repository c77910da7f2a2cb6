import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type CfnQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type Access, access } from '../service-function.ts';

/** How often a message is received before SQS itself moves it: for crash loops. Poison is put there by `process`, with its reason. */
const RECEIVES_BEFORE_DEAD_LETTER = 10;

/**
 * The delivery queue and its dead-letter queue. Both may hold events that exist nowhere else, so both outlive the stack: an empty
 * one costs nothing, a full one can still be read. Their logical ids are pinned, because a new id would leave undelivered events
 * behind in a queue that nothing reads.
 */
export class DeliveryQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  /** @param consumerTimeout the time `process` has for one batch */
  constructor(scope: Construct, id: string, consumerTimeout: Duration) {
    super(scope, id);
    const common = {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Not RETAIN: a first deploy that fails may take its own empty queues back.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    };
    this.deadLetters = new Queue(this, 'DeadLetters', common);
    this.queue = new Queue(this, 'Queue', {
      ...common,
      // What Lambda asks for: time for the throttled retries of a whole batch.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: RECEIVES_BEFORE_DEAD_LETTER },
    });
    (this.queue.node.defaultChild as CfnQueue).overrideLogicalId('DeliveryQueue');
    (this.deadLetters.node.defaultChild as CfnQueue).overrideLogicalId('DeadLetterQueue');
  }

  readonly enqueue = (): Access => access(this.queue.queueUrl, ['sqs:SendMessage'], this.queue.queueArn);

  readonly deadLetter = (): Access => access(this.deadLetters.queueUrl, ['sqs:SendMessage'], this.deadLetters.queueArn);

  /** What Lambda's poller does in the name of the function it calls. */
  readonly consume = (): PolicyStatement =>
    new PolicyStatement({
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resources: [this.queue.queueArn],
    });
}
