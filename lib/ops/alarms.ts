import {
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
} from '@aws-sdk/client-cloudwatch';
import { alarmName, SOURCE_ALARMS } from '../../lambda/contract/alarms.ts';
import { CannotKnow } from './errors.ts';
import type { Target } from './target.ts';

/** The alarms of one source that the stack has, and whether they tell anybody. */
export async function alarmsOf(target: Target, source: string): Promise<{ name: string; loud: boolean }[]> {
  const { stage } = target.names;
  if (stage === undefined) throw new CannotKnow('The local stack has no alarms: this works on a deployed stack only.');
  const AlarmNames = SOURCE_ALARMS.map((heading) => alarmName(stage, heading, source));
  const client = await target.clients.cloudwatch();
  const { MetricAlarms = [] } = await client.send(
    new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['MetricAlarm'] }),
  );
  return MetricAlarms.map(({ AlarmName = '', ActionsEnabled }) => ({
    name: AlarmName,
    loud: ActionsEnabled !== false,
  }));
}

export async function setLoud(target: Target, AlarmNames: string[], loud: boolean): Promise<void> {
  const client = await target.clients.cloudwatch();
  await client.send(
    loud ? new EnableAlarmActionsCommand({ AlarmNames }) : new DisableAlarmActionsCommand({ AlarmNames }),
  );
}
