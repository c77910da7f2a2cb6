import {
  DeleteAlarmMuteRuleCommand,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  PutAlarmMuteRuleCommand,
} from '@aws-sdk/client-cloudwatch';
import { alarmName, muteRuleName, SOURCE_ALARMS } from '../../../lambda/contract/alarms.ts';
import type { EpochMs } from '../../../lambda/contract/units.ts';
import { CannotKnow } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';
import type { Span } from '../words/time.ts';

const MINUTE = 60_000;
/** For the order to arrive before the rule begins. */
const AHEAD = 5_000;

/** The alarms of one source that the stack has, and whether they would notify anybody if no rule mutes them. */
export async function alarmsOf(target: Target, source: string): Promise<{ name: string; loud: boolean }[]> {
  const stage = stageOf(target);
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

/** Mutes alarms from the next minute on; CloudWatch itself ends it. Takes the place of the source's rule, where there is one. */
export async function mute(
  target: Target,
  source: string,
  { names, span, now = Date.now() }: { names: readonly string[]; span: Span; now?: EpochMs },
): Promise<{ readonly from: Date; readonly until: Date }> {
  const from = new Date(Math.ceil((now + AHEAD) / MINUTE) * MINUTE);
  const until = new Date(from.getTime() + span.ms);
  const client = await target.clients.cloudwatch();
  await client.send(
    new PutAlarmMuteRuleCommand({
      Name: muteRuleName(stageOf(target), source),
      Description: `Quell: ops mute ${source}`,
      Rule: {
        Schedule: { Expression: `at(${from.toISOString().slice(0, 16)})`, Duration: span.iso, Timezone: 'UTC' },
      },
      MuteTargets: { AlarmNames: [...names] },
      // After the end, when alarms that are still on notify; a rule without one would never count as over.
      ExpireDate: new Date(until.getTime() + MINUTE),
    }),
  );
  return { from, until };
}

/** Ends it now; nothing where there is no rule. */
export async function unmute(target: Target, source: string): Promise<void> {
  const AlarmMuteRuleName = muteRuleName(stageOf(target), source);
  const client = await target.clients.cloudwatch();
  await unlessMissing(client.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName })));
}

/** Whether a rule mutes the source's alarms, or is about to. */
export async function isMuted(target: Target, source: string): Promise<boolean> {
  const AlarmMuteRuleName = muteRuleName(stageOf(target), source);
  const client = await target.clients.cloudwatch();
  const rule = await unlessMissing(client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName })));
  return rule !== undefined && rule.Status !== 'EXPIRED';
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('ResourceNotFound')) return undefined;
    throw error;
  }
}

function stageOf({ names: { stage } }: Target): string {
  if (stage !== undefined) return stage;
  throw new CannotKnow('The local stack has no alarms: this works on a deployed stack only.');
}
