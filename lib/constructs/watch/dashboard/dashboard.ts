import { Duration, Stack } from 'aws-cdk-lib';
import { Dashboard as CloudWatchDashboard, CustomWidget, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Alarms } from '../alarms/alarms.ts';
import type { ConsoleFunction } from '../console.ts';
import { charged } from './cost.ts';
import { alive, late, lost, mail, rates, refused, type Shown } from './rows.ts';

interface DashboardProps extends Shown {
  readonly alarms: Alarms;
  readonly console: ConsoleFunction | undefined;
}

/** One page, in the order in which an operator asks. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { alarms, console, ...shown }: DashboardProps) {
    super(scope, id);
    const questions: [string, IWidget[]][] = shown.settings.dashboard ? this.questions(shown, alarms) : [];
    new CloudWatchDashboard(this, 'Board', {
      dashboardName: Stack.of(this).stackName,
      defaultInterval: Duration.days(1),
      widgets: [
        ...(console ? [[consoleWidget(console)]] : []),
        ...questions.flatMap(([question, widgets]) => [
          [new TextWidget({ markdown: `## ${question}`, width: 24, height: 1 })],
          widgets,
        ]),
      ],
    });
  }

  private questions(shown: Shown, alarms: Alarms): [string, IWidget[]][] {
    return [
      ['Is it alive?', alive(shown, [...alarms.desk.alarms.values()])],
      ['Is anything lost?', lost(shown)],
      ['Is anyone being refused?', refused(shown)],
      ['How late are we?', late(shown)],
      ['What do events look like?', mail(shown)],
      ['Who takes our mail?', rates(shown)],
      ['What does it cost?', charged(shown)],
    ];
  }
}

/** CloudWatch shows it only after whoever looks has allowed it once. What it shows does not depend on the widget's size or on the dashboard's time. */
const consoleWidget = ({ console }: ConsoleFunction): IWidget =>
  new CustomWidget({
    title: 'Quell',
    functionArn: console.function.functionArn,
    width: 24,
    height: 18,
    updateOnRefresh: true,
    updateOnResize: false,
    updateOnTimeRangeChange: false,
  });
