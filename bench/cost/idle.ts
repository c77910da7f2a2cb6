import { readFileSync } from 'node:fs';
import { ASSUMED, type Lines, total } from './model.ts';
import { PRICES } from './prices.ts';

/** What a stack costs whether or not an event comes, read off its template: the one place that says so, for every page. */

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const MONTH_SECONDS = 30 * 86_400;
/** Pollers of a queue that stay up while its event source has a maximum concurrency, and how long each waits for a message. */
const POLLERS = 5;
const LONG_POLL_SECONDS = 20;

/**
 * A heartbeat: a request, invocations of `pulse`, `receive` and `process`, three queue requests, an insert and a delete, about eight looks
 * at the table, and the time that `pulse` waits for it.
 */
const HEARTBEAT =
  PRICES.httpRequest +
  3 * PRICES.lambdaRequest +
  3 * PRICES.sqsRequest +
  2 * PRICES.writeUnit +
  8 * PRICES.readUnit +
  1 * ASSUMED.memoryGb * PRICES.lambdaGbSecond;

/** Two for each way a target can scale. */
const ALARMS_OF_SCALING = 4;

interface Throughput {
  readonly ProvisionedThroughput?: { readonly ReadCapacityUnits: number; readonly WriteCapacityUnits: number };
}

/** Of tables and their indexes, as the template begins with them: the least there ever is. */
const provisionedOf = (tables: readonly Resource[]): number =>
  tables
    .flatMap(({ Properties = {} }) => [Properties, ...((Properties.GlobalSecondaryIndexes ?? []) as Throughput[])])
    .reduce((sum: number, { ProvisionedThroughput: units }: Throughput) => {
      const hourly = units
        ? units.WriteCapacityUnits * PRICES.writeUnitHour + units.ReadCapacityUnits * PRICES.readUnitHour
        : 0;
      return sum + (hourly * MONTH_SECONDS) / 3600;
    }, 0);

/** Dollars a month, line by line. @param resources of the template @param alwaysWritten metrics that pulse writes with every run */
export function idle(resources: Readonly<Record<string, Resource>>, alwaysWritten: number): Lines {
  const ofType = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);
  const watched = ofType('AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + metricsOf(alarm), 0);
  const polled = ofType('AWS::Lambda::EventSourceMapping').filter(({ Properties }) => Properties?.ScalingConfig).length;
  const beats = ofType('AWS::Events::Rule').reduce((sum, rule) => sum + timesAMonth(rule), 0);
  const count = (type: string) => ofType(type).length;
  const lines: [string, number][] = [
    [`alarms, on ${watched} metrics`, watched * PRICES.alarm],
    ['the alarm that mutes followers', count('AWS::CloudWatch::CompositeAlarm') * PRICES.compositeAlarm],
    [`metrics that are always written: ${alwaysWritten}`, alwaysWritten * PRICES.metric],
    [`secrets: ${count('AWS::SecretsManager::Secret')}`, count('AWS::SecretsManager::Secret') * PRICES.secret],
    [
      `waiting at ${polled} queues, with ${POLLERS} pollers each`,
      (MONTH_SECONDS / LONG_POLL_SECONDS) * POLLERS * polled * PRICES.sqsRequest,
    ],
    [`runs of pulse with its heartbeat: ${beats.toLocaleString('en-US')}`, beats * HEARTBEAT],
    [`writes and reads a second that are there at least`, provisionedOf(ofType('AWS::DynamoDB::Table'))],
    [
      `alarms of auto scaling: ${count('AWS::ApplicationAutoScaling::ScalableTarget') * ALARMS_OF_SCALING}`,
      count('AWS::ApplicationAutoScaling::ScalableTarget') * ALARMS_OF_SCALING * PRICES.alarm,
    ],
    ['dashboard', count('AWS::CloudWatch::Dashboard') * PRICES.dashboard],
  ];
  return Object.fromEntries(lines.filter(([, dollars]) => dollars > 0));
}

/** An alarm is billed for each metric that it reads, an alarm on a band for its two bounds as well. */
function metricsOf({ Properties }: Resource): number {
  const queries = (Properties?.Metrics as { MetricStat?: object; Expression?: string }[] | undefined) ?? [
    { MetricStat: {} },
  ];
  const band = queries.some(({ Expression = '' }) => Expression.startsWith('ANOMALY_DETECTION_BAND'));
  return queries.filter(({ MetricStat }) => MetricStat).length + (band ? 2 : 0);
}

/** How often a schedule in minutes fires. */
function timesAMonth({ Properties }: Resource): number {
  const minutes = /^rate\((\d+) minutes?\)$/.exec(String(Properties?.ScheduleExpression ?? ''))?.[1];
  return minutes === undefined ? 0 : MONTH_SECONDS / 60 / Number(minutes);
}

/** The table that docs/settings.md and docs/cost.md both hold. */
export const idleTable = (lines: Lines): string =>
  [
    '| | $ a month |',
    '|---|---:|',
    ...Object.entries(lines).map(([name, dollars]) => `| ${name} | ${dollars.toFixed(2)} |`),
    `| **total** | **${total(lines).toFixed(2)}** |`,
  ].join('\n');

const MARKED = /(?<=<!-- idle -->\n)[\s\S]*?(?=\n<!-- end -->)/;

/** A page with the table as it must be. */
export const withIdle = (page: string, lines: Lines): string => page.replace(MARKED, idleTable(lines));

/** The table as docs/settings.md has it, which a test holds to the template. */
export const idleOfDocs = (): string => MARKED.exec(readFileSync('docs/settings.md', 'utf8'))?.[0] ?? '';
