import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmSpec, quiet } from './desk.ts';
import type { AlarmTopics, Severity } from './topics.ts';

const hour = { period: Duration.hours(1), statistic: 'Sum' };
const OTHER: Readonly<Record<Severity, Severity>> = { page: 'ticket', ticket: 'page' };

/**
 * An alarm that reached nobody: an address that was never confirmed, a target that is gone. The other topic carries it, because this one
 * reaches nobody; where both are deaf it shows in the console and in `ops doctor`, and is sent as soon as somebody confirms.
 */
export const unheardAlarms = (topics: AlarmTopics): AlarmSpec[] =>
  (['page', 'ticket'] as const).map((severity) => ({
    heading: 'alarms-unheard',
    subject: severity,
    severity: OTHER[severity],
    broken: `An alarm was sent to the topic of ${severity}s within an hour, and reached nobody.`,
    metric: new MathExpression({
      expression: 'IF(FILL(published, 0) > 0 AND FILL(delivered, 0) < 1, 1, 0)',
      usingMetrics: {
        published: topics[severity].metricNumberOfMessagesPublished(hour),
        delivered: topics[severity].metricNumberOfNotificationsDelivered(hour),
      },
      period: hour.period,
      label: 'unheard',
    }),
    comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    periods: 1,
    missing: quiet('without an alarm there is nobody to hear it.'),
  }));
