import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Settings } from '../../../../settings/schema.ts';

/** `page`: somebody gets up now. `ticket`: somebody looks at it on a working day. */
export type Severity = 'page' | 'ticket';

/** Where alarms go: one topic per severity, so that a team can route them apart. */
export class AlarmTopics extends Construct implements Readonly<Record<Severity, Topic>> {
  readonly page: Topic;
  readonly ticket: Topic;

  constructor(scope: Construct, id: string, settings: Pick<Settings, 'alarmEmails' | 'alarmTargets'>) {
    super(scope, id);
    this.page = this.#topic('Page', settings);
    this.ticket = this.#topic('Ticket', settings);
  }

  /** Not encrypted with an AWS-managed key: CloudWatch may not use those, and its notices would be lost without a word. */
  #topic(id: string, { alarmEmails, alarmTargets }: Pick<Settings, 'alarmEmails' | 'alarmTargets'>): Topic {
    const topic = new Topic(this, id, { enforceSSL: true, signatureVersion: '2' });
    // A policy of its own replaces the one that lets the whole account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AllowAlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    for (const email of new Set(alarmEmails)) topic.addSubscription(new EmailSubscription(email));
    for (const [at, target] of [...new Set(alarmTargets)].entries()) {
      const isFunction = target.startsWith('arn:');
      new Subscription(this, `${id}Target${at + 1}`, {
        topic,
        endpoint: target,
        protocol: isFunction ? SubscriptionProtocol.LAMBDA : SubscriptionProtocol.HTTPS,
      });
      if (!isFunction) continue;
      new CfnPermission(this, `${id}Target${at + 1}Permission`, {
        action: 'lambda:InvokeFunction',
        functionName: target,
        principal: 'sns.amazonaws.com',
        sourceArn: topic.topicArn,
      });
    }
    return topic;
  }
}
