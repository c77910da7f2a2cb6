import { Aws, Stack } from 'aws-cdk-lib';
import { Alarm, type ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Settings } from '../settings/schema.ts';

/** `page`: somebody gets up now. `ticket`: somebody looks at it on a working day. */
export type Severity = 'page' | 'ticket';

export interface AlarmSpec {
  /** Heading of the runbook, and the alarm's name. */
  readonly heading: string;
  /** Which of a family: a source or a function. */
  readonly subject?: string;
  readonly severity: Severity;
  /** What broke, in one sentence. */
  readonly broken: string;
  readonly metric: IMetric;
  readonly comparison: ComparisonOperator;
  readonly threshold: number;
  /** How many of the last `of` periods must be beyond the threshold. */
  readonly periods: number;
  readonly of?: number;
  /** What a period without data means, and why. */
  readonly missing: { readonly means: TreatMissingData; readonly because: string };
}

/** Where alarms go. One topic per severity, so that a team can route them apart; each alarm also says when it is over. */
export class AlarmDesk extends Construct {
  readonly topics: Readonly<Record<Severity, Topic>>;
  readonly #runbook: string;

  constructor(scope: Construct, id: string, { alarmEmails, runbookUrl }: Settings) {
    super(scope, id);
    this.#runbook = runbookUrl ?? 'docs/runbook.md';
    this.topics = { page: this.topic('Page', alarmEmails), ticket: this.topic('Ticket', alarmEmails) };
  }

  watch({ heading, subject, severity, broken, missing, ...spec }: AlarmSpec): Alarm {
    const name = subject ? `${heading}-${subject}` : heading;
    const alarm = new Alarm(this, name, {
      alarmName: `${Stack.of(this).stackName}-${name}`,
      alarmDescription: `${broken} No data: ${missing.because} Runbook: ${this.#runbook}#${heading}`,
      metric: spec.metric,
      comparisonOperator: spec.comparison,
      threshold: spec.threshold,
      evaluationPeriods: spec.of ?? spec.periods,
      datapointsToAlarm: spec.periods,
      treatMissingData: missing.means,
    });
    const action = new SnsAction(this.topics[severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }

  /** Not encrypted with an AWS-managed key: CloudWatch may not use those, and its notices would be lost without a word. */
  private topic(id: string, emails: readonly string[]): Topic {
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
    for (const email of new Set(emails)) topic.addSubscription(new EmailSubscription(email));
    return topic;
  }
}

/** No data is good news, and why. */
export const quiet = (because: string): AlarmSpec['missing'] => ({ means: TreatMissingData.NOT_BREACHING, because });
