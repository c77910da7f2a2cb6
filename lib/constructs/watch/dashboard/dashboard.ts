import { Duration, Stack } from 'aws-cdk-lib';
import { Dashboard as CloudWatchDashboard, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Alarms } from '../alarms/alarms.ts';
import { charged } from './cost.ts';
import { alive, late, lost, mail, rates, refused, type Shown } from './rows.ts';

export interface DashboardProps extends Shown {
  readonly alarms: Alarms;
}

/** One page, in the order in which an operator asks. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { alarms, ...shown }: DashboardProps) {
    super(scope, id);
    const questions: [string, IWidget[]][] = [
      ['Is it alive?', alive(shown, [...alarms.desk.alarms.values()])],
      ['Is anything lost?', lost(shown)],
      ['Is anyone being refused?', refused(shown)],
      ['How late are we?', late(shown)],
      ['What do events look like?', mail(shown)],
      ['Who takes our mail?', rates(shown)],
      ['What does it cost?', charged(shown)],
    ];
    new CloudWatchDashboard(this, 'Board', {
      dashboardName: Stack.of(this).stackName,
      defaultInterval: Duration.days(1),
      widgets: questions.flatMap(([question, widgets]) => [
        [new TextWidget({ markdown: `## ${question}`, width: 24, height: 1 })],
        widgets,
      ]),
    });
  }
}
