import { randomUUID } from 'node:crypto';
import { ACCOUNT, REGION } from '../emulators/aws-json.ts';
import { LocalError } from '../error.ts';
import type { StackView } from '../template/stack-view.ts';

interface RuleProperties {
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly Targets?: readonly { readonly Arn: string; readonly Input?: string }[];
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Invokes what the template's rules schedule, at their rate times `timeScale`. Returns what stops it. */
export function startSchedules(
  stack: StackView,
  timeScale: number,
  invoke: (functionArn: string, event: object) => Promise<unknown>,
): () => void {
  const timers = stack.ofType<RuleProperties>('AWS::Events::Rule').flatMap(({ id, place, properties }) => {
    const { ScheduleExpression: expression, State = 'ENABLED', Targets = [] } = properties;
    // A rule over events, not over time: nothing of AWS puts events on a bus here.
    if (expression === undefined) return [];
    const every = rateMs(expression, id) * timeScale;
    if (State !== 'ENABLED') return [];
    return Targets.map(({ Arn, Input }) => {
      const given = Input === undefined ? undefined : (JSON.parse(Input) as object);
      return setInterval(() => {
        // What went wrong is in the function's log.
        invoke(Arn, given ?? scheduledEvent(place.attributes.Arn ?? id)).catch(() => undefined);
      }, every);
    });
  });
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** @throws LocalError for a cron expression: only rates are known here. */
function rateMs(expression: string, id: string): number {
  const [, count, unit = ''] = expression.match(/^rate\((\d+) (minute|hour|day)s?\)$/) ?? [];
  const length = UNITS[unit];
  if (!length) throw new LocalError(`the schedule of ${id} is "${expression}": the local run knows rate(...) only`);
  return Number(count) * length;
}

const scheduledEvent = (ruleArn: string): object => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: ACCOUNT,
  time: new Date().toISOString(),
  region: REGION,
  resources: [ruleArn],
  detail: {},
});
