import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '../../lambda/contract/metrics.ts';
import type { Lines } from './model.ts';
import { PRICES } from './prices.ts';

/** What the template makes that costs money whether or not an event comes. */
export interface Fixed {
  readonly alarms: number;
  readonly dashboards: number;
  readonly secrets: number;
  /** Heartbeats a month. */
  readonly heartbeats: number;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const MONTH_SECONDS = 30 * 86_400;
/** Pollers that stay up while a maximum concurrency is set, and how long each waits for a message. */
const POLLERS = 5;
const LONG_POLL_SECONDS = 20;
export function fixedOf(assembly: string): Fixed {
  const file = readdirSync(assembly).find((name) => name.endsWith('.template.json')) ?? '';
  const { Resources } = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as {
    Resources: Record<string, Resource>;
  };
  const count = (...types: string[]) => Object.values(Resources).filter(({ Type }) => types.includes(Type)).length;
  return {
    alarms: count('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    secrets: count('AWS::SecretsManager::Secret'),
    heartbeats: Object.values(Resources).reduce((sum, resource) => sum + timesAMonth(resource), 0),
  };
}

/** How often a schedule in minutes fires. */
function timesAMonth({ Properties }: Resource): number {
  const minutes = /^rate\((\d+) minutes?\)$/.exec(String(Properties?.ScheduleExpression ?? ''))?.[1];
  return minutes === undefined ? 0 : MONTH_SECONDS / 60 / Number(minutes);
}

/** A heartbeat is a request, three invocations, three queue requests and one write. */
const HEARTBEAT = PRICES.httpRequest + 3 * PRICES.lambdaRequest + 3 * PRICES.sqsRequest + PRICES.writeUnit;

/** Dollars a month; a metric costs only in the months in which something is counted in it. */
export const idle = ({ alarms, dashboards, secrets, heartbeats }: Fixed): Lines => ({
  [`${alarms} alarms`]: alarms * PRICES.alarm,
  [`${secrets} secret`]: secrets * PRICES.secret,
  'polling an empty queue': (MONTH_SECONDS / LONG_POLL_SECONDS) * POLLERS * PRICES.sqsRequest,
  ...(heartbeats > 0 && { [`${heartbeats} heartbeats`]: heartbeats * HEARTBEAT }),
  ...(dashboards > 0 && { [`${dashboards} dashboard`]: dashboards * PRICES.dashboard }),
});

/** Dollars a month for the metrics of a source, at most: where every one of them counts something. */
export const METRICS_AT_MOST = Object.keys(METRICS).length * PRICES.metric;
