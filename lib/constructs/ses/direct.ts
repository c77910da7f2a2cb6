import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type EventPattern, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Settings, SourceSettings } from '../../settings/schema.ts';
import type { DeliveryQueues } from '../delivery/queue.ts';
import { SES_DETAIL_TYPES, sesInput } from './direct-input.ts';
import { type SesTopics, topicsOf } from './topics.ts';

/** What EventBridge does at most for one event. */
const RETRY = { maxEventAge: Duration.hours(24), retryAttempts: 185 };

/** Whether a source's events come by a queue of the stack, and not by its URL. */
export function isFed(settings: SourceSettings): boolean {
  const via = topicsOf(settings)?.via;
  return via === 'eventbridge' || via === 'sns-queue';
}

/** Events that SES published and that did not reach the feeds queue. */
export interface Undelivered {
  readonly source: string;
  readonly undelivered: Queue;
}

/**
 * SES sources whose events take no public way: EventBridge or SNS puts them on the feeds queue. Their proof of origin is the queue's
 * policy, which names the rules and the topics in two statements: a policy holds twenty.
 */
export class SesDirect extends Construct {
  readonly undelivered: readonly Undelivered[];

  readonly #rules: string[] = [];
  readonly #topics = new Set<string>();

  constructor(scope: Construct, id: string, sources: Settings['sources'], delivery: DeliveryQueues, topics: SesTopics) {
    super(scope, id);
    const { feeds } = delivery;
    this.undelivered = Object.entries(sources).flatMap(([source, settings]) => {
      const received = topicsOf(settings);
      if (!feeds || !received || !isFed(settings)) return [];
      return received.via === 'eventbridge'
        ? [this.rule(source, settings.options.configurationSets, feeds)]
        : this.subscriptions(source, received.named, feeds, topics);
    });
    if (this.#rules.length > 0) feeds?.addToResourcePolicy(mayWrite(feeds, 'events.amazonaws.com', this.#rules));
    if (this.#topics.size > 0) feeds?.addToResourcePolicy(mayWrite(feeds, 'sns.amazonaws.com', [...this.#topics]));
  }

  private rule(source: string, configurationSets: unknown, feeds: Queue): Undelivered {
    const undelivered = this.undeliveredQueue(source);
    const rule = new Rule(this, `${source}-rule`, {
      description: `Puts what SES says of the source ${source} on the feeds queue of ${Stack.of(this).stackName}.`,
      eventPattern: patternOf(configurationSets as readonly string[] | undefined),
      targets: [toQueue(feeds, undelivered, source)],
    });
    undelivered.addToResourcePolicy(mayWrite(undelivered, 'events.amazonaws.com', [rule.ruleArn]));
    this.#rules.push(rule.ruleArn);
    return { source, undelivered };
  }

  /** Topics that the settings name are subscribed too. Raw delivery stays off: the envelope says which topic spoke. */
  private subscriptions(source: string, named: readonly string[], feeds: Queue, topics: SesTopics): Undelivered[] {
    const made = topics.made.find((topic) => topic.source === source);
    const undelivered = made?.undelivered ?? this.undeliveredQueue(source);
    const others = named.map((arn, index) => Topic.fromTopicArn(this, `${source}-topic-${index + 1}`, arn));
    for (const [index, topic] of [...(made ? [made.topic] : []), ...others].entries()) {
      new Subscription(this, `${source}-subscription-${index + 1}`, {
        topic,
        endpoint: feeds.queueArn,
        protocol: SubscriptionProtocol.SQS,
        rawMessageDelivery: false,
        deadLetterQueue: undelivered,
      });
      this.#topics.add(topic.topicArn);
    }
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

/** Not the CDK's own target: it gives the queue's policy a statement for each rule. */
const toQueue = (feeds: IQueue, undelivered: IQueue, source: string): IRuleTarget => ({
  bind: () => ({
    arn: feeds.queueArn,
    input: sesInput(source),
    retryPolicy: {
      maximumEventAgeInSeconds: RETRY.maxEventAge.toSeconds(),
      maximumRetryAttempts: RETRY.retryAttempts,
    },
    deadLetterConfig: { arn: undelivered.queueArn },
  }),
});

/** Whoever owns a rule or a topic that is not named here cannot write. @param service whose rules or topics `sources` are, by ARN */
const mayWrite = (queue: IQueue, service: 'events.amazonaws.com' | 'sns.amazonaws.com', sources: string[]) =>
  new PolicyStatement({
    principals: [new ServicePrincipal(service)],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': sources } },
  });
