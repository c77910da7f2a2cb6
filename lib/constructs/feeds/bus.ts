import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { type CfnQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { busName } from '../../../lambda/contract/bus.ts';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import { SURGES } from '../../../lambda/contract/surges.ts';
import { EVENTS } from '../../../lambda/contract/tables.ts';
import { access, ServiceFunction } from '../service-function.ts';
import type { Storage } from '../storage/tables.ts';

/** A change that crashes the function is given up after so long; one that the bus refuses, by the function itself, much sooner. */
const LONGEST_WAIT = Duration.hours(2);
const WRITTEN = ['INSERT', 'MODIFY'];

interface BusProps {
  readonly config: RuntimeConfig;
  readonly logRetentionDays: number;
  readonly storage: Storage;
  readonly types: readonly string[];
  /** Whether `process` leaves surges of clicks in the events table. */
  readonly surges: boolean;
}

/** The event bus, and the function that puts on it what changes in the tables. */
export class Bus extends Construct {
  readonly bus: EventBus;
  readonly publish: ServiceFunction<'publish'>;
  /** Changes that the bus did not take. */
  readonly unpublished: Queue;

  constructor(scope: Construct, id: string, { config, logRetentionDays, storage, types, surges }: BusProps) {
    super(scope, id);
    // No description: CloudFormation does not take one in GovCloud.
    this.bus = new EventBus(this, 'Bus', { eventBusName: busName(config.stage) });
    this.unpublished = this.unpublishedQueue();
    const sources = [
      { name: 'Suppression', table: storage.suppression, filters: [{ eventName: WRITTEN }] },
      {
        name: 'Events',
        table: storage.events,
        filters: [...(types.length > 0 ? [eventFilter(types)] : []), ...(surges ? [SURGE_FILTER] : [])],
      },
    ].filter(({ filters }) => filters.length > 0);
    const streams = sources.map(({ table }) => table.tableStreamArn ?? '');

    this.publish = new ServiceFunction(this, 'Publish', {
      name: 'publish',
      uses: {
        EVENT_BUS: access(this.bus.eventBusName, ['events:PutEvents'], this.bus.eventBusArn),
        UNPUBLISHED_QUEUE_URL: access(this.unpublished.queueUrl, ['sqs:SendMessage'], this.unpublished.queueArn),
      },
      alsoMay: [readStreams(streams)],
      config,
      timeout: Duration.seconds(30),
      logRetentionDays,
    });
    for (const { name, table, filters } of sources) this.read(name, table.tableStreamArn ?? '', filters);
  }

  /** In order per item; a record that makes the function fail is separated from its neighbours by halving the batch. */
  private read(name: string, eventSourceArn: string, filters: readonly Record<string, unknown>[]): void {
    new EventSourceMapping(this, `${name}Changes`, {
      target: this.publish.function,
      eventSourceArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: filters.map((filter) => FilterCriteria.filter(filter)),
      batchSize: 100,
      // Nothing else bounds how many run at once, and a new account has ten for all its functions: one a shard leaves the others theirs.
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      maxRecordAge: LONGEST_WAIT,
      onFailure: { bind: () => ({ destination: this.unpublished.queueArn }) },
    });
  }

  private unpublishedQueue(): Queue {
    const queue = new Queue(this, 'Unpublished', {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    (queue.node.defaultChild as CfnQueue).overrideLogicalId('UnpublishedQueue');
    const reason = 'It is itself where the publish function leaves what it cannot publish.';
    Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason });
    return queue;
  }
}

/** Others cost no invocation. */
const eventFilter = (types: readonly string[]) => ({
  eventName: WRITTEN,
  dynamodb: { NewImage: { type: { S: types } } },
});

const SURGE_FILTER = { eventName: WRITTEN, dynamodb: { Keys: { [EVENTS.sortKey]: { S: [SURGES.announcedKey] } } } };

/** What Lambda's poller does in the name of the function it calls. */
const readStreams = (resources: string[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
    resources,
  });
