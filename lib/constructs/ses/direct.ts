import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Settings } from '../../settings/schema.ts';
import type { DeliveryQueue } from '../delivery/queue.ts';
import { SES_DETAIL_TYPES, sesInput } from './direct-input.ts';
import { type SesTopics, topicsOf } from './topics.ts';

/** What EventBridge does at most for one event. */
const RETRY = { maxEventAge: Duration.hours(24), retryAttempts: 185 };

/** Events that SES published and that did not reach the delivery queue. */
export interface Undelivered {
  readonly source: string;
  readonly undelivered: Queue;
}

/**
 * SES sources that need no public endpoint: EventBridge or SNS puts their events on the delivery queue. Their proof of origin is the
 * queue's policy, which names the rule or the topic.
 */
export class SesDirect extends Construct {
  readonly undelivered: readonly Undelivered[];

  constructor(scope: Construct, id: string, sources: Settings['sources'], delivery: DeliveryQueue, topics: SesTopics) {
    super(scope, id);
    this.undelivered = Object.entries(sources).flatMap(([source, settings]) => {
      const received = topicsOf(settings);
      if (received?.via === 'eventbridge') return [this.rule(source, settings.options.configurationSets, delivery)];
      return received?.via === 'sns-queue' ? this.subscriptions(source, received.named, delivery, topics) : [];
    });
  }

  private rule(source: string, configurationSets: unknown, { queue }: DeliveryQueue): Undelivered {
    const undelivered = this.undeliveredQueue(source);
    new Rule(this, `${source}-rule`, {
      description: `Puts what SES says of the source ${source} on the delivery queue of ${Stack.of(this).stackName}.`,
      eventPattern: patternOf(configurationSets as readonly string[] | undefined),
      targets: [new SqsQueue(queue, { ...RETRY, message: sesInput(source), deadLetterQueue: undelivered })],
    });
    return { source, undelivered };
  }

  /** Topics that the settings name are subscribed too. Raw delivery stays off: the envelope says which topic spoke. */
  private subscriptions(
    source: string,
    named: readonly string[],
    { queue }: DeliveryQueue,
    topics: SesTopics,
  ): Undelivered[] {
    const made = topics.made.find((topic) => topic.source === source);
    const undelivered = made?.undelivered ?? this.undeliveredQueue(source);
    const others = named.map((arn, index) => Topic.fromTopicArn(this, `${source}-topic-${index + 1}`, arn));
    for (const topic of [...(made ? [made.topic] : []), ...others])
      topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: false, deadLetterQueue: undelivered }));
    return made ? [] : [{ source, undelivered }];
  }

  private undeliveredQueue(source: string): Queue {
    const queue = new Queue(this, `${source}-undelivered`, {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const reason = 'It is itself the dead-letter queue of a rule or a subscription.';
    Validations.of(queue).acknowledge({ id: 'AwsSolutions-SQS3', reason });
    return queue;
  }
}

const patternOf = (configurationSets: readonly string[] | undefined): EventPattern => ({
  source: ['aws.ses'],
  detailType: [...SES_DETAIL_TYPES],
  ...(configurationSets && { detail: { mail: { tags: { 'ses:configuration-set': [...configurationSets] } } } }),
});
