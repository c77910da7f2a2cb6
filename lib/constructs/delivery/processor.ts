import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import type { Archive } from '../feeds/archive.ts';
import { access, plain, ServiceFunction } from '../service-function.ts';
import type { KeptSecret } from '../storage/secrets.ts';
import type { Storage } from '../storage/tables.ts';
import type { DeliveryQueues } from './queue.ts';

const NONE = 'none';

/** The time `process` has for one batch. */
export const PROCESS_TIMEOUT = Duration.seconds(30);

interface ProcessorProps {
  readonly config: RuntimeConfig;
  readonly logRetentionDays: number;
  readonly delivery: DeliveryQueues;
  readonly ownKeys: KeptSecret;
  readonly storage: Storage;
  /** SNS topics whose subscription it confirms. */
  readonly topicArns: readonly string[];
  /** JSON map from source to the SNS topic made for it. */
  readonly madeTopics: string;
  readonly archive: Archive | undefined;
  /** Most batches at a time. A burst waits in the queue and takes no other function's concurrency. */
  readonly concurrency: number;
}

/** Operators' acts and archive lines are few: as little of the account's concurrency as an event source can take. */
const FEW_AT_A_TIME = 2;

/** Takes events from the delivery queue and those beside it: records, suppresses, and buries what will never work. */
export class Processor extends Construct {
  readonly process: ServiceFunction<'process'>;
  /** What hands it events and acts; switched off to pause. */
  readonly mappings: {
    readonly deliveries: EventSourceMapping;
    readonly acts: EventSourceMapping;
    readonly feeds: EventSourceMapping | undefined;
  };

  constructor(scope: Construct, id: string, props: ProcessorProps) {
    super(scope, id);
    const { archive, delivery, ownKeys, storage, concurrency } = props;
    const { unarchived } = delivery;
    const resources = [...props.topicArns];
    this.process = new ServiceFunction(this, 'Process', {
      name: 'process',
      uses: {
        EVENTS_TABLE: storage.record(archive !== undefined),
        SUPPRESSION_TABLE: storage.suppress(),
        OWN_KEYS_ARN: ownKeys.read(),
        DEAD_LETTER_QUEUE_URL: delivery.deadLetter(),
        ACTS_QUEUE_ARN: plain(delivery.acts.queueArn),
        FEEDS_QUEUE_ARN: plain(delivery.feeds?.queueArn ?? NONE),
        UNARCHIVED_QUEUE_URL: unarchived
          ? access(unarchived.queueUrl, ['sqs:SendMessage'], unarchived.queueArn)
          : plain(NONE),
        UNARCHIVED_QUEUE_ARN: plain(unarchived?.queueArn ?? NONE),
        TOPIC_ARNS: plain(props.madeTopics),
      },
      alsoMay: [
        consume([delivery.queue, delivery.acts, delivery.feeds, unarchived].flatMap((queue) => queue ?? [])),
        ...(archive ? [archive.put()] : []),
        ...(resources.length > 0 ? [new PolicyStatement({ actions: ['sns:ConfirmSubscription'], resources })] : []),
      ],
      config: props.config,
      timeout: PROCESS_TIMEOUT,
      logRetentionDays: props.logRetentionDays,
    });
    this.mappings = {
      deliveries: this.consumer('Deliveries', delivery.queue, concurrency),
      acts: this.consumer('Acts', delivery.acts, FEW_AT_A_TIME),
      feeds: delivery.feeds && this.consumer('Feeds', delivery.feeds, concurrency),
    };
    if (unarchived) this.consumer('Unarchived', unarchived, FEW_AT_A_TIME);
  }

  /** Not SqsEventSource: it also grants what Lambda does not use. */
  private consumer(id: string, queue: Queue, maxConcurrency: number): EventSourceMapping {
    return new EventSourceMapping(this, id, {
      target: this.process.function,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency,
    });
  }
}

/** What Lambda's poller does in the name of the function it calls. */
const consume = (queues: readonly Queue[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: queues.map(({ queueArn }) => queueArn),
  });
