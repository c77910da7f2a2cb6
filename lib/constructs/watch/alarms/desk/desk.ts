import { Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  AnomalyDetectionAlarm,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmRule,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { alarmName } from '../../../../../lambda/contract/alarms.ts';
import { RUNBOOK } from '../../../../settings/runbook-url.ts';
import type { Settings } from '../../../../settings/schema.ts';
import { AlarmTopics, type Severity } from './topics.ts';

interface About {
  /** Heading of the runbook, and the alarm's name. */
  readonly heading: string;
  readonly severity: Severity;
  /** What broke, in one sentence. */
  readonly broken: string;
}

/** Beyond a number, or above the band that CloudWatch expects after the last two weeks, so many standard deviations wide. */
type Limit = { readonly comparison: ComparisonOperator; readonly threshold: number } | { readonly deviations: number };

interface Watched extends About {
  /** Which of a family: a source, a function, a degree. */
  readonly subject?: string;
  readonly metric: IMetric;
  /** How many of the last `of` periods must be beyond the threshold. */
  readonly periods: number;
  readonly of?: number;
  /** What a period without data means, and why. */
  readonly missing: { readonly means: TreatMissingData; readonly because: string };
  /** Notifies nobody by itself: a joint alarm does, where no known cause explains it. */
  readonly follower?: true;
}

export type AlarmSpec = Watched & Limit;

/** Followers that notify only while none of their causes is on. All by alarm name without the stage. */
export interface JointSpec extends About {
  readonly followers: readonly { readonly name: string; readonly causes: readonly string[] }[];
}

const DOCTOR = 'npm run --silent ops -- doctor';

/** Makes every alarm: one way to name it, to notify people and to find its page in the runbook. */
export class AlarmDesk extends Construct {
  readonly topics: AlarmTopics;
  readonly alarms = new Map<string, AlarmBase>();
  /** Of the runbook, for which this stack has an alarm. */
  readonly headings = new Set<string>();
  readonly #stage: string;
  readonly #runbook: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.#stage = settings.stage;
    this.#runbook = settings.runbookUrl ?? RUNBOOK;
    this.topics = new AlarmTopics(this, 'Topics', settings);
  }

  watch({ heading, subject, severity, broken, missing, follower, ...spec }: AlarmSpec): void {
    const name = subject ? `${heading}-${subject}` : heading;
    const common = {
      alarmName: alarmName(this.#stage, heading, subject),
      alarmDescription: this.#describe(heading, broken, missing.because),
      metric: spec.metric,
      evaluationPeriods: spec.of ?? spec.periods,
      datapointsToAlarm: spec.periods,
      treatMissingData: missing.means,
    };
    const alarm =
      'deviations' in spec
        ? new AnomalyDetectionAlarm(this, name, {
            ...common,
            stdDevs: spec.deviations,
            comparisonOperator: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
          })
        : new Alarm(this, name, { ...common, comparisonOperator: spec.comparison, threshold: spec.threshold });
    this.alarms.set(name, alarm);
    if (!follower) this.#notify(alarm, severity);
  }

  join({ heading, severity, broken, followers }: JointSpec): void {
    const members = new Set<AlarmBase>();
    const inAlarm = (name: string): IAlarmRule => {
      const alarm = this.alarms.get(name);
      if (!alarm) throw new Error(`${Stack.of(this).stackName}: no alarm is named ${name}`);
      members.add(alarm);
      // By name: a rule holds 10,240 characters, which fifty ARNs can be.
      return { renderAlarmRule: () => `ALARM("${alarmName(this.#stage, name)}")` };
    };
    const unexplained = followers.map(({ name, causes }) =>
      AlarmRule.allOf(inAlarm(name), AlarmRule.not(AlarmRule.anyOf(...causes.map(inAlarm)))),
    );
    const alarm = new CompositeAlarm(this, heading, {
      compositeAlarmName: alarmName(this.#stage, heading),
      alarmDescription: this.#describe(heading, broken, 'its followers decide.'),
      alarmRule: AlarmRule.anyOf(...unexplained),
    });
    // A name gives CloudFormation no order, and a rule over alarms that are not there yet is refused.
    alarm.node.addDependency(...members);
    this.alarms.set(heading, alarm);
    this.#notify(alarm, severity);
  }

  /** What somebody reads at three in the morning: what broke, the one command to run, and where all the rest stands. */
  #describe(heading: string, broken: string, because: string): string {
    this.headings.add(heading);
    return `${broken} Run: ${DOCTOR} --stage ${this.#stage} No data: ${because} Runbook: ${this.#runbook}#${heading}`;
  }

  /** Also when it is over. */
  #notify(alarm: AlarmBase, severity: Severity): void {
    const action = new SnsAction(this.topics[severity]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

/** No data is good news, and why. */
export const quiet = (because: string): AlarmSpec['missing'] => ({ means: TreatMissingData.NOT_BREACHING, because });
