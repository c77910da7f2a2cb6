import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { METRICS, namespaceOf } from '../../../lambda/contract/metrics.ts';
import { type Datum, evaluate } from '../../support/alarms/evaluator.ts';
import { holds } from '../../support/alarms/rule.ts';
import { functionOf, idOf, viewOf } from '../../support/relations/view.ts';
import { VARIANTS } from '../../support/stack/settings.ts';
import { show } from '../../support/template.ts';

/**
 * Where each alarm's limit lies: the last value that is quiet, the first that is told, in how many of the last periods, and what no data
 * means; as the runbook says it, with the numbers of the settings.
 */

const view = viewOf(VARIANTS.everything);
const { alarms: limits, sources } = VARIANTS.everything;
const alarmOf = (name: string) =>
  [...view.ofType('AWS::CloudWatch::Alarm'), ...view.ofType('AWS::CloudWatch::CompositeAlarm')].find(
    ([, { Properties }]) => Properties.AlarmName === `quell-test-${name}`,
  )?.[1].Properties ?? {};
const chapters = new Map(
  readFileSync('docs/runbook.md', 'utf8')
    .split(/^## /m)
    .map((chapter) => [chapter.split('\n')[0] ?? '', chapter.replace(/\s+/g, ' ')]),
);

type Metric = Pick<Datum, 'namespace' | 'name' | 'dimensions'>;
/** What is posted within one period. */
type Dose = readonly (readonly [Metric, ...number[]])[];

const own = (name: string, source?: string): Metric => ({
  namespace: namespaceOf('test'),
  name,
  dimensions: source === undefined ? '' : `source=${source}`,
});
const ofApi = (name: string): Metric => ({ namespace: 'AWS/ApiGateway', name, dimensions: 'ApiId=WebhookApi' });
const ofFunction = (fn: 'receive' | 'process' | 'publish', name: string): Metric => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: `FunctionName=${functionOf(view, fn)[0]}`,
});
const ofQueue = (id: string, name: string): Metric => ({
  namespace: 'AWS/SQS',
  name,
  dimensions: `QueueName=${id}.QueueName`,
});
const ofTopic = (severity: 'Page' | 'Ticket', name: string): Metric => ({
  namespace: 'AWS/SNS',
  name,
  dimensions: `TopicName=${idOf(view, 'AWS::SNS::Topic', `AlarmsDeskTopics${severity}`)}.TopicName`,
});

interface Limit {
  readonly quiet: Dose;
  readonly told: Dose;
}
/** In halves: what only looks for the greatest does not see the sum. */
const halves = (value: number): number[] => (value < 2 ? [value] : [Math.floor(value / 2), Math.ceil(value / 2)]);
const atLeast = (metric: Metric, limit: number): Limit => ({
  quiet: [[metric, ...halves(limit - 1)]],
  told: [[metric, ...halves(limit)]],
});
const above = (metric: Metric, limit: number): Limit => atLeast(metric, limit + 1);
/** Twice: what adds up sees more than there is. */
const greatest = (metric: Metric, limit: number): Limit => ({
  quiet: [[metric, limit, limit]],
  told: [[metric, limit + 1]],
});
const none = (metric: Metric): Limit => ({ quiet: [[metric, 1]], told: [[metric, 0]] });
const share = (part: Metric, whole: Metric, of: number, last: number): Limit => ({
  quiet: [
    [part, last],
    [whole, of],
  ],
  told: [
    [part, last + 1],
    [whole, of],
  ],
});

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const OLDEST = 'ApproximateAgeOfOldestMessage';
const WAITING = 'ApproximateNumberOfMessagesVisible';
const undelivered = idOf(view, 'AWS::SQS::Queue', 'Undelivered');
const hour = { seconds: HOUR };
const day = { seconds: DAY };

/** @param of how many of the last periods count; `needed` of them must be beyond the limit, one unless told otherwise */
interface Times {
  readonly seconds?: number;
  readonly needed?: number;
  readonly of?: number;
  /** No data at all is told. */
  readonly missing?: true;
  /** The limit is learnt from periods before. */
  readonly learnt?: true;
}
type Row = readonly [name: string, runbook: string, Limit, Times];

const { delivered, hardBounces, newSuppressions, unsubscribes } = METRICS;
const engaged = (metric: string): Limit => ({
  quiet: [
    [own(delivered), 300],
    [own(metric), 90],
  ],
  told: [[own(delivered), 300]],
});

const ROWS: readonly Row[] = [
  [
    'api-server-errors',
    'More than 5 % of requests were answered with a 5xx, in three of the last four five-minute periods',
    {
      quiet: [
        [ofApi('Count'), 100],
        [ofApi('5xx'), 6],
        [own(METRICS.refused5xx), 1],
      ],
      told: [
        [ofApi('Count'), 100],
        [ofApi('5xx'), 7],
        [own(METRICS.refused5xx), 1],
      ],
    },
    { needed: 3, of: 4 },
  ],
  [
    'api-client-errors',
    'within 15 minutes, twice in a row',
    atLeast(ofApi('4xx'), limits.clientErrors),
    { seconds: 15 * MINUTE, needed: 2, of: 2 },
  ],
  [
    'not-enqueued',
    'in two of the last five five-minute periods',
    atLeast(own(METRICS.notEnqueued), 1),
    { needed: 2, of: 5 },
  ],
  [
    'stale-signatures',
    'within 15 minutes',
    atLeast(own(METRICS.staleSignatures), limits.refusedRequests),
    { seconds: 15 * MINUTE },
  ],
  ...(['receive', 'process'] as const).map(
    (fn): Row => [
      `function-errors-${fn}`,
      'in two of the last five five-minute periods',
      atLeast(ofFunction(fn, 'Errors'), 1),
      { needed: 2, of: 5 },
    ],
  ),
  // Answered 500: no error to Lambda, and as bad.
  ['function-errors-receive', '`Failed`', atLeast(own(METRICS.failed), 1), { needed: 2, of: 5 }],
  [
    'function-throttles-receive',
    'in two of the last five five-minute periods',
    atLeast(ofFunction('receive', 'Throttles'), 1),
    { needed: 2, of: 5 },
  ],
  [
    'slow-answers',
    'For 15 minutes one in a hundred requests took the `receive` function over 2 seconds',
    greatest(ofFunction('receive', 'Duration'), 2000),
    { needed: 3, of: 3 },
  ],
  ...[
    ['queue-age', 'DeliveryQueue'],
    ['queue-age-acts', 'ActsQueue'],
  ].map(
    ([name = '', queue = '']): Row => [
      name,
      'more than 15 minutes, for ten minutes',
      greatest(ofQueue(queue, OLDEST), limits.queueMinutes * MINUTE),
      { needed: 2, of: 2 },
    ],
  ),
  ...[
    ['dead-letters', 'DeadLetterQueue', 'kept for 14 days'],
    ['unpublished-changes', 'UnpublishedQueue', 'for 14 days'],
    ['undelivered-notifications-ses-main', undelivered, 'kept for 14 days'],
  ].map(
    ([name = '', queue = '', words = '']): Row => [
      name,
      words,
      { quiet: [[ofQueue(queue, WAITING), 0, 0]], told: [[ofQueue(queue, WAITING), 1]] },
      { of: 3 },
    ],
  ),
  ...[
    ['dead-letters-expire', 'DeadLetterQueue'],
    ['unpublished-expire', 'UnpublishedQueue'],
    ['unarchived-expire', 'UnarchivedQueue'],
    ['undelivered-expire-ses-main', undelivered],
  ].map(
    ([name = '', queue = '']): Row => [
      name,
      'over ten days',
      greatest(ofQueue(queue, OLDEST), 10 * DAY),
      { needed: 3, of: 3 },
    ],
  ),
  ['buried-events', 'within the last hour', atLeast(own(METRICS.deadLettered), 1), hour],
  [
    'table-failures',
    'In each of three five-minute periods a table throttled or failed 100 or more requests',
    atLeast(own(METRICS.tableFailures), 100),
    { needed: 3, of: 3 },
  ],
  [
    'publish-dead',
    'In two of the last twelve hours',
    {
      quiet: [
        [own(METRICS.suppressionChanges), 1],
        [ofFunction('publish', 'Invocations'), 1],
      ],
      told: [[own(METRICS.suppressionChanges), 1]],
    },
    { ...hour, needed: 2, of: 12 },
  ],
  [
    'publish-late',
    'more than 15 minutes',
    greatest(ofFunction('publish', 'IteratorAge'), 15 * MINUTE * 1000),
    { needed: 2, of: 2 },
  ],
  [
    'archive-late',
    'for over an hour',
    greatest(
      {
        namespace: 'AWS/Firehose',
        name: 'DeliveryToS3.DataFreshness',
        dimensions: 'DeliveryStreamName=quell-test-archive',
      },
      HOUR,
    ),
    { needed: 2, of: 2 },
  ],
  [
    'archive-behind',
    'for over two hours',
    greatest(ofQueue('UnarchivedQueue', OLDEST), 2 * HOUR),
    { needed: 3, of: 3 },
  ],
  [
    'heartbeat',
    'For 15 minutes',
    greatest(own(METRICS.heartbeat), limits.heartbeatSeconds * 1000),
    { needed: 3, of: 3, missing: true },
  ],
  ['bounce-rate-warning', 'more than 2 % (`warning`)', share(own(hardBounces), own(delivered), 4900, 100), day],
  ['bounce-rate-critical', '5 % (`critical`)', share(own(hardBounces), own(delivered), 1900, 100), day],
  [
    'bounce-rate-critical',
    'from 1,000 delivered mails on',
    {
      quiet: [
        [own(hardBounces), 900],
        [own(delivered), 999],
      ],
      told: [
        [own(hardBounces), 900],
        [own(delivered), 1000],
      ],
    },
    day,
  ],
  [
    'complaint-rate-warning',
    'more than 0.1 % (`warning`)',
    share(own(METRICS.complaints), own(METRICS.deliveredReporting), 3000, 3),
    day,
  ],
  [
    'complaint-rate-critical',
    '0.3 % (`critical`)',
    share(own(METRICS.complaints), own(METRICS.deliveredReporting), 1000, 3),
    day,
  ],
  ['mailbox-blocks', 'Fifty or more mails', atLeast(own(METRICS.mailboxBlocks), limits.mailboxBlocks), hour],
  [
    'new-suppressions',
    'Within an hour 1,000 or more people',
    share(own(newSuppressions), own(delivered), 100_000, 999),
    hour,
  ],
  ['new-suppressions', 'from 100 people on', atLeast(own(newSuppressions), 100), hour],
  [
    'new-suppressions',
    'more than 10 % of those mailed',
    {
      quiet: [
        [own(newSuppressions), 100],
        [own(delivered), 900],
      ],
      told: [
        [own(newSuppressions), 100],
        [own(delivered), 899],
      ],
    },
    hour,
  ],
  ['unknown-events', '', atLeast(own(METRICS.unknownEvents), 1), hour],
  [
    'missing-kinds',
    'In 24 hours came twenty or more hard bounces and not one delivery',
    atLeast(own(hardBounces), 20),
    day,
  ],
  [
    'missing-kinds',
    'fifty times `alarms.minimumDelivered` deliveries',
    atLeast(own(delivered), 50 * limits.minimumDelivered),
    day,
  ],
  ['click-surge', 'within an hour', above(own(METRICS.clicks), limits.clickSurge ?? 0), hour],
  [
    'engagement-drop',
    'For twelve hours',
    engaged(METRICS.opens),
    { seconds: 6 * HOUR, needed: 2, of: 2, learnt: true },
  ],
  [
    'engagement-drop-clicks',
    'For twelve hours',
    engaged(METRICS.clicks),
    { seconds: 6 * HOUR, needed: 2, of: 2, learnt: true },
  ],
  [
    'unsubscribe-failing',
    'in two of the last six five-minute periods',
    atLeast(own(METRICS.unverifiable, 'quell-unsubscribe'), 1),
    { needed: 2, of: 6 },
  ],
  ['unsubscribe-rate', 'than 2 % of the delivered mails', share(own(unsubscribes), own(delivered), 5000, 100), day],
  ['unsubscribe-rate', 'Where no deliveries are reported: 1,000 people or more', atLeast(own(unsubscribes), 1000), day],
  [
    'lost-by-webhook',
    '',
    { quiet: [[own(METRICS.lostByWebhook), 0, 0]], told: [[own(METRICS.lostByWebhook), 1]] },
    day,
  ],
  ['reconcile-failing', 'twice in a row', none(own(METRICS.reconciled)), { ...day, needed: 2, of: 2 }],
  ...(['Page', 'Ticket'] as const).map((severity): Row => {
    const published: Dose = [[ofTopic(severity, 'NumberOfMessagesPublished'), 1]];
    const heard: Dose = [...published, [ofTopic(severity, 'NumberOfNotificationsDelivered'), 1]];
    return [
      `alarms-unheard-${severity.toLowerCase()}`,
      'within an hour, and reached nobody',
      { quiet: heard, told: published },
      hour,
    ];
  }),
  ...Object.keys(sources).flatMap((source): Row[] => [
    [
      `silence-${source}`,
      'for its whole `expectEvery`',
      none(own(METRICS.stored, source)),
      { seconds: 15 * MINUTE, needed: 96, of: 96 },
    ],
    [
      `refused-proofs-${source}`,
      'Five or more requests',
      atLeast(own(METRICS.refused, source), limits.refusedRequests),
      { seconds: 15 * MINUTE },
    ],
    [
      `unreadable-${source}`,
      'Five or more requests',
      atLeast(own(METRICS.unreadable, source), limits.refusedRequests),
      { seconds: 15 * MINUTE },
    ],
    [
      `unverifiable-${source}`,
      'in two of the last six five-minute periods',
      atLeast(own(METRICS.unverifiable, source), 1),
      { needed: 2, of: 6 },
    ],
    [`traffic-surge-${source}`, 'within an hour', above(own(METRICS.stored, source), limits.trafficSurge ?? 0), hour],
  ]),
  [
    'trickle-ses-main',
    '',
    {
      quiet: [
        [own(METRICS.heartbeat), ...Array<number>(288).fill(900)],
        [own(METRICS.stored, 'ses-main'), 50, 50],
      ],
      told: [
        [own(METRICS.heartbeat), ...Array<number>(288).fill(900)],
        [own(METRICS.stored, 'ses-main'), 50, 49],
      ],
    },
    day,
  ],
];

const END = Date.UTC(2026, 4, 4, 12);

/** The state when the periods so far back are beyond the limit, and all others just within it. */
function stateOf(
  name: string,
  { quiet, told }: Limit,
  { seconds = 5 * MINUTE, learnt }: Times,
  back: readonly number[],
) {
  const many = Math.max(...back, 0) + 2 + (learnt ? 56 : 0);
  const data = Array.from({ length: many }, (_none, at) =>
    (back.includes(at) ? told : quiet).flatMap(([metric, ...values]) =>
      values.map((value, n) => ({ ...metric, value, at: END - at * seconds * 1000 - 1000 * (n + 1) })),
    ),
  ).flat();
  return evaluate(
    alarmOf(name),
    data.sort((a, b) => a.at - b.at),
    END,
    show,
  );
}

const first = (count: number): number[] => Array.from({ length: count }, (_none, at) => at);

describe.each(ROWS.map((row) => [row[0], row] as const))('%s', (_, [name, words, limit, times]) => {
  const { needed = 1, of = 1, missing } = times;

  test(`is told when ${needed} of ${of} periods are beyond its limit, and not before`, () => {
    const recent = first(needed - 1);
    expect(stateOf(name, limit, times, [])).toBe('OK');
    expect(stateOf(name, limit, times, [...recent, of - 1])).toBe('ALARM');
    expect(stateOf(name, limit, times, [...recent, of])).toBe('OK');
  });

  test('no data is what its description says', () => {
    expect(evaluate(alarmOf(name), [], END, show)).toBe(missing ? 'ALARM' : 'OK');
    expect(alarmOf(name).TreatMissingData).toBe(missing ? 'breaching' : 'notBreaching');
  });

  test('the runbook says so', () => {
    const [, chapter = ''] =
      [...chapters].find(([heading]) => name === heading || name.startsWith(`${heading}-`)) ?? [];
    expect(chapter).toContain(words);
  });
});

test('every alarm is above', () => {
  const names = view.ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties.AlarmName);
  expect([...new Set(ROWS.map(([name]) => `quell-test-${name}`))].sort()).toEqual(names.sort());
});

test('a drop of engagement is so many deviations wide', () => {
  for (const name of ['engagement-drop', 'engagement-drop-clicks'])
    expect(JSON.stringify(alarmOf(name).Metrics)).toContain(`, ${limits.engagementDrop})`);
});

describe('the joint alarm', () => {
  const state = (...on: readonly string[]): boolean =>
    holds(show(alarmOf('endpoint-failing').AlarmRule), (name) => on.includes(name.replace('quell-test-', '')));
  const ofReceive = ['not-enqueued', 'function-errors-receive', 'function-throttles-receive'];
  const unverifiable = Object.keys(sources).map((source) => `unverifiable-${source}`);

  test.each([
    ['api-server-errors', [...ofReceive, ...unverifiable], ['function-errors-process']],
    ['heartbeat', [...ofReceive, 'function-errors-process'], unverifiable],
  ])('%s is told of, unless a cause of its own is on', (follower, causes, others) => {
    expect(state(follower)).toBe(true);
    expect(causes.filter((cause) => state(follower, cause))).toEqual([]);
    expect(others.filter((other) => !state(follower, other))).toEqual([]);
    expect(state(...causes)).toBe(false);
  });
});
