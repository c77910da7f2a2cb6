import { Aws, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BackoffFunction, type Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { topicName } from '../../../lambda/contract/topics.ts';

/** Fifty tries in a little under the hour that SNS allows at most; then the notification goes to the dead-letter queue. */
const RETRIES = {
  numRetries: 50,
  minDelayTarget: Duration.seconds(20),
  maxDelayTarget: Duration.seconds(120),
  backoffFunction: BackoffFunction.LINEAR,
};

/** Every event SES can publish. */
const SES_EVENTS = [
  'SEND',
  'REJECT',
  'BOUNCE',
  'COMPLAINT',
  'DELIVERY',
  'OPEN',
  'CLICK',
  'RENDERING_FAILURE',
  'DELIVERY_DELAY',
  'SUBSCRIPTION',
];

/** A topic that SES publishes one source's events to. The account's own SES may, and nobody else's. */
export class SesTopic extends Construct {
  readonly source: string;
  readonly topic: Topic;
  /** Notifications that could not be delivered for an hour. */
  readonly undelivered: Queue;

  constructor(scope: Construct, source: string) {
    super(scope, source);
    this.source = source;
    this.topic = new Topic(this, 'Topic', {
      topicName: topicName(Stack.of(this).stackName, source),
      // SHA-256 instead of SHA-1.
      signatureVersion: '2',
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowSesOfThisAccount',
        principals: [new ServicePrincipal('ses.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    this.undelivered = new Queue(this, 'Undelivered', {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    Validations.of(this.undelivered).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself the dead-letter queue of an SNS subscription.',
    });
  }

  subscribe(url: string): Subscription {
    return this.topic.addSubscription(
      new UrlSubscription(url, {
        protocol: SubscriptionProtocol.HTTPS,
        rawMessageDelivery: false,
        deadLetterQueue: this.undelivered,
        deliveryPolicy: { healthyRetryPolicy: RETRIES },
      }),
    );
  }

  /** Ready to run: makes SES publish to this topic. With a configuration set first, for a whole identity second. */
  sesCommands(): string {
    const destination = Stack.of(this).toJsonString({
      Enabled: true,
      MatchingEventTypes: SES_EVENTS,
      SnsDestination: { TopicArn: this.topic.topicArn },
    });
    return [
      `aws sesv2 create-configuration-set-event-destination --configuration-set-name YOUR_SET --event-destination-name quell --event-destination '${destination}'`,
      ...['Bounce', 'Complaint', 'Delivery'].map(
        (type) =>
          `aws ses set-identity-notification-topic --identity YOUR_DOMAIN --notification-type ${type} --sns-topic ${this.topic.topicArn}`,
      ),
    ].join(' # or, for each kind: ');
  }
}
