import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import type { Archive } from '../feeds/archive.ts';
import { plain, ServiceFunction } from '../service-function.ts';
import type { Secrets } from '../storage/secrets.ts';
import type { Storage } from '../storage/tables.ts';
import type { DeliveryQueue } from './queue.ts';

/** The time `process` has for one batch. */
export const PROCESS_TIMEOUT = Duration.seconds(30);

export interface ProcessorProps {
  readonly config: RuntimeConfig;
  readonly logRetentionDays: number;
  readonly delivery: DeliveryQueue;
  readonly secrets: Secrets;
  readonly storage: Storage;
  /** SNS topics whose subscription it confirms. */
  readonly topicArns: readonly string[];
  /** JSON map from source to the SNS topic made for it. */
  readonly madeTopics: string;
  readonly archive: Archive | undefined;
  /** Most batches at a time. A burst waits in the queue and takes no other function's concurrency. */
  readonly concurrency: number;
}

/** Takes events from the delivery queue: records, suppresses, and buries what will never work. */
export class Processor extends Construct {
  readonly process: ServiceFunction<'process'>;
  /** What hands it the queue; switched off to pause. */
  readonly deliveries: EventSourceMapping;

  constructor(scope: Construct, id: string, props: ProcessorProps) {
    super(scope, id);
    const { archive, delivery, secrets, storage } = props;
    const resources = [...props.topicArns];
    this.process = new ServiceFunction(this, 'Process', {
      name: 'process',
      uses: {
        EVENTS_TABLE: storage.record(archive !== undefined),
        SUPPRESSION_TABLE: storage.suppress(),
        OWN_KEYS_ARN: secrets.read(),
        DEAD_LETTER_QUEUE_URL: delivery.deadLetter(),
        ACTS_QUEUE_ARN: plain(delivery.queue.queueArn),
        FEEDS_QUEUE_ARN: plain(delivery.queue.queueArn),
        UNARCHIVED_QUEUE_URL: plain('none'),
        UNARCHIVED_QUEUE_ARN: plain('none'),
        TOPIC_ARNS: plain(props.madeTopics),
      },
      alsoMay: [
        delivery.consume(),
        ...(archive ? [archive.put()] : []),
        ...(resources.length > 0 ? [new PolicyStatement({ actions: ['sns:ConfirmSubscription'], resources })] : []),
      ],
      config: props.config,
      timeout: PROCESS_TIMEOUT,
      logRetentionDays: props.logRetentionDays,
    });
    // Not SqsEventSource: it also grants what Lambda does not use.
    this.deliveries = new EventSourceMapping(this, 'Deliveries', {
      target: this.process.function,
      eventSourceArn: delivery.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency: props.concurrency,
    });
  }
}
