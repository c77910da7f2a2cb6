import { Duration } from 'aws-cdk-lib';
import {
  type AlarmBase,
  AlarmStatusWidget,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
} from 'aws-cdk-lib/aws-cloudwatch';
import { EVENT_TYPES, type EventType } from '../../../../lambda/contract/event/types.ts';
import { BATCH_FACTS } from '../../../../lambda/contract/logs.ts';
import { METRICS, type MetricName, namespaceOf, SOURCE_DIMENSION } from '../../../../lambda/contract/metrics.ts';
import { bounceRateLines, complaintRateLines } from '../../../reports/rate-lines.ts';
import type { Settings } from '../../../settings/schema.ts';
import type { Processor } from '../../delivery/processor.ts';
import type { DeliveryQueues } from '../../delivery/queue.ts';
import type { Ingress } from '../../ingress/ingress.ts';
import type { Storage } from '../../storage/tables.ts';
import { countOf } from '../metrics.ts';

export interface Shown {
  readonly settings: Settings;
  readonly ingress: Ingress;
  readonly delivery: DeliveryQueues;
  readonly processor: Processor;
  readonly storage: Storage;
}

const PERIOD = Duration.minutes(5);
export const graph = (title: string, left: IMetric[], width = 8): IWidget =>
  new GraphWidget({ title, left, width, height: 6 });

/** One metric of every source, without naming them: a new source needs no new line. */
const bySource = (stage: string, metric: MetricName): MathExpression =>
  new MathExpression({
    expression: `SEARCH('{${namespaceOf(stage)},${SOURCE_DIMENSION}} MetricName="${metric}"', 'Sum', ${PERIOD.toSeconds()})`,
    label: '',
    period: PERIOD,
  });

/** A widget shows at most so many alarms; with more of them the whole dashboard is refused. */
const MOST_ALARMS = 100;
const chunks = (alarms: readonly AlarmBase[]): AlarmBase[][] =>
  Array.from({ length: Math.ceil(alarms.length / MOST_ALARMS) }, (_, at) =>
    alarms.slice(at * MOST_ALARMS, (at + 1) * MOST_ALARMS),
  );

export const alive = ({ settings }: Shown, alarms: AlarmBase[]): IWidget[] => [
  ...chunks(alarms).map(
    (some, at) =>
      new AlarmStatusWidget({ title: at === 0 ? 'Alarms' : 'Alarms, continued', alarms: some, width: 8, height: 6 }),
  ),
  graph('Heartbeat: milliseconds from post to table', [
    countOf(settings.stage, METRICS.heartbeat, PERIOD).with({ statistic: 'Maximum' }),
  ]),
  graph('New events, by source', [bySource(settings.stage, METRICS.stored)]),
];

export const lost = ({
  settings: { stage, reconcile },
  delivery: { queue, deadLetters, unarchived },
}: Shown): IWidget[] => [
  graph('Waiting for a person', [deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD })]),
  graph('Buried, given back to the queue, not enqueued, archived late', [
    countOf(stage, METRICS.deadLettered, PERIOD),
    countOf(stage, METRICS.failedMessages, PERIOD),
    countOf(stage, METRICS.notEnqueued, PERIOD),
    countOf(stage, METRICS.tableFailures, PERIOD),
    ...(unarchived ? [countOf(stage, METRICS.archiveRefused, PERIOD)] : []),
  ]),
  graph('Queue', [
    queue.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
    queue.metricApproximateNumberOfMessagesNotVisible({ period: PERIOD }),
  ]),
  ...(reconcile === undefined
    ? []
    : [
        graph('Known to the ESPs and not to us, at each comparison', [
          countOf(stage, METRICS.lostByWebhook, Duration.hours(reconcile)).with({ statistic: 'Maximum' }),
        ]),
      ]),
];

export const refused = ({ settings: { stage }, ingress: { api } }: Shown): IWidget[] => [
  graph('Refused, by source', [bySource(stage, METRICS.refused), countOf(stage, METRICS.staleSignatures, PERIOD)]),
  graph('Cannot be checked or read, by source', [
    bySource(stage, METRICS.unverifiable),
    bySource(stage, METRICS.unreadable),
  ]),
  graph('Answers', [
    api.metricCount({ period: PERIOD, statistic: 'Sum' }),
    api.metricClientError({ period: PERIOD, statistic: 'Sum' }),
    api.metricServerError({ period: PERIOD, statistic: 'Sum' }),
    countOf(stage, METRICS.failed, PERIOD),
  ]),
];

/** Delays of events are facts of the batch lines and no metrics: the logs are asked, at $0.005 per GB read. */
export const late = ({ ingress, delivery, processor }: Shown): IWidget[] => [
  graph('Acknowledged after, p99', [
    ingress.api.metricLatency({ period: PERIOD, statistic: 'p99' }),
    ingress.receive.function.metricDuration({ period: PERIOD, statistic: 'p99' }),
  ]),
  graph(
    "Oldest in the queues, seconds: events, operators' acts, what SNS and EventBridge bring, archive lines",
    [delivery.queue, delivery.acts, delivery.feeds, delivery.unarchived].flatMap(
      (queue) => queue?.metricApproximateAgeOfOldestMessage({ period: PERIOD }) ?? [],
    ),
  ),
  new LogQueryWidget({
    title: "Slowest event: the ESP's delay, received to stored (ms)",
    logGroupNames: [processor.process.function.logGroup.logGroupName],
    queryLines: [
      `filter ispresent(${BATCH_FACTS.slowestStoredMs})`,
      `stats max(${BATCH_FACTS.slowestEspMs}), max(${BATCH_FACTS.slowestStoredMs}) by bin(15m)`,
    ],
    view: LogQueryVisualizationType.LINE,
    width: 8,
    height: 6,
  }),
];

/** Acts of operators are no mail, and `process` counts none. */
const isMail = (type: EventType): boolean => type !== 'suppressed' && type !== 'lifted';

/** By mailbox operator, with the limits of the alarms, which look at all operators together. Facts of the batch lines, as above. */
export const rates = ({ settings: { alarms }, processor }: Shown): IWidget[] =>
  (
    [
      ['Hard bounces, percent, by mailbox operator', bounceRateLines(alarms.bounceRate)],
      ['Complaints, percent, by mailbox operator that reports them', complaintRateLines(alarms.complaintRate)],
    ] as const
  ).map(
    ([title, queryLines]) =>
      new LogQueryWidget({
        title,
        logGroupNames: [processor.process.function.logGroup.logGroupName],
        queryLines: [...queryLines],
        view: LogQueryVisualizationType.LINE,
        width: 12,
        height: 6,
      }),
  );

export const mail = ({ settings: { stage }, processor }: Shown): IWidget[] => [
  graph('Delivered and not', [
    countOf(stage, METRICS.delivered, PERIOD),
    countOf(stage, METRICS.hardBounces, PERIOD),
    countOf(stage, METRICS.complaints, PERIOD),
    countOf(stage, METRICS.mailboxBlocks, PERIOD),
  ]),
  graph('People suppressed, entries changed, repeated and unknown events', [
    countOf(stage, METRICS.newSuppressions, PERIOD),
    countOf(stage, METRICS.suppressionChanges, PERIOD),
    countOf(stage, METRICS.duplicates, PERIOD),
    countOf(stage, METRICS.unknownEvents, PERIOD),
  ]),
  new LogQueryWidget({
    title: 'New events by type',
    logGroupNames: [processor.process.function.logGroup.logGroupName],
    queryLines: [
      `filter ispresent(${BATCH_FACTS.slowestStoredMs})`,
      `stats ${EVENT_TYPES.filter(isMail)
        .map((type) => `sum(${type})`)
        .join(', ')} by bin(1h)`,
    ],
    view: LogQueryVisualizationType.STACKEDAREA,
    width: 8,
    height: 6,
  }),
];
