import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { examine } from '../../../lib/ops/commands/doctor/examine.ts';
import type { Finding } from '../../../lib/ops/commands/doctor/finding.ts';
import { refusalsOf } from '../../../lib/ops/commands/doctor/request-lines.ts';
import type { RateLine, Watch } from '../../../lib/ops/commands/doctor/watch.ts';
import { AwsWatch } from '../../../lib/ops/commands/doctor/watch-aws.ts';
import { eventually, signGeneric } from '../../support/driver.ts';
import { GUIDE_AND_OTHER, type OpsStack, startOpsStack } from '../../support/ops-stack.ts';
import { type Answers, fakeTarget } from '../../support/surroundings/fake-target.ts';

const NOW = Date.parse('2026-05-04T10:00:00Z');
const HOUR = 3_600_000;
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:feedback';

/** A stack on a good day. */
const SOURCES = { guide: { expectEvery: 120 }, aws: { provider: 'ses', options: { topicArns: [TOPIC] } } };
const FINE: Answers = {
  GetSecretValue: () => ({ SecretString: '{"guide":"s"}', VersionId: 'v1' }),
  GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: '0' } }),
  DescribeTable: () => ({ Table: { TableStatus: 'ACTIVE' } }),
  GetEventSourceMapping: () => ({ State: 'Enabled' }),
  GetAlarmMuteRule: () => ({ Status: 'EXPIRED' }),
  DescribeAlarms: () => ({ MetricAlarms: [{ AlarmName: 'quell-prod-silence-guide', ActionsEnabled: true }] }),
  ListSubscriptionsByTopic: ({ TopicArn }: { TopicArn: string }) => ({
    Subscriptions: [
      {
        SubscriptionArn: `${TopicArn}:1`,
        Endpoint: TopicArn === TOPIC ? 'https://hooks.example.com/webhooks/v1/aws' : 'ops@example.com',
        Protocol: TopicArn === TOPIC ? 'https' : 'email',
      },
    ],
  }),
};
const WATCH: Watch = {
  traffic: async () =>
    new Map([
      ['guide', { storedAt: NOW - HOUR }],
      ['aws', { storedAt: NOW - HOUR }],
    ]),
  runs: async () => ({ succeededAt: NOW - 60_000 }),
  heartbeat: async () => NOW - 300_000,
  queueAge: async () => 0,
  rates: async () => [],
  request: async () => [],
  hours: async () => [],
  lastProof: async () => undefined,
};

const faults = async (answers: Answers = {}, watch: Partial<Watch> = {}): Promise<Finding[]> => {
  const target = fakeTarget(SOURCES, { ...FINE, ...answers });
  return (await examine(target, { ...WATCH, ...watch }, NOW)).filter(({ level }) => level !== 'ok');
};
const queued = (waiting: number) => () => ({ Attributes: { ApproximateNumberOfMessages: String(waiting) } });
const pending = { SubscriptionArn: 'PendingConfirmation', Protocol: 'https' };

describe('doctor, on a deployed stack', () => {
  test('finds nothing on a good day', async () => {
    expect(await faults()).toEqual([]);
  });

  test.each<[string, string, string, Answers, Partial<Watch>]>([
    ['secret-missing', 'guide', 'ops secrets set guide', { GetSecretValue: () => ({ SecretString: '{}' }) }, {}],
    [
      'secret-wrong',
      'guide',
      'ops secrets set guide --add',
      {},
      {
        traffic: async () =>
          new Map([
            ['guide', { storedAt: NOW - HOUR, refused: { at: NOW - 1000, reason: 'bad-proof', count: 7 } }],
            ['aws', { storedAt: NOW }],
          ]),
      },
    ],
    [
      'address-not-allowed',
      'guide',
      'allowIps',
      {},
      {
        traffic: async () =>
          new Map([
            ['guide', { refused: { at: NOW - 1000, reason: 'address-not-allowed', count: 1 } }],
            ['aws', { storedAt: NOW }],
          ]),
      },
    ],
    [
      'silent',
      'guide',
      'is the webhook on',
      {},
      {
        traffic: async () =>
          new Map([
            ['guide', { storedAt: NOW - 3 * HOUR }],
            ['aws', { storedAt: NOW }],
          ]),
      },
    ],
    ['silent', 'aws', 'is the webhook on', {}, { traffic: async () => new Map([['guide', { storedAt: NOW }]]) }],
    [
      'queue-stuck',
      'delivery queue',
      'ops resume',
      { GetQueueAttributes: ({ QueueUrl }: { QueueUrl: string }) => queued(QueueUrl.endsWith('delivery') ? 9 : 0)() },
      { queueAge: async () => 3600 },
    ],
    [
      'function-failing',
      'process function',
      'log says why',
      {},
      { runs: async (name) => ({ succeededAt: NOW - HOUR, ...(name === 'process' && { failedAt: NOW - 1000 }) }) },
    ],
    [
      'subscription-pending',
      'aws, topic feedback',
      'request confirmation again',
      {
        ListSubscriptionsByTopic: (input: { TopicArn: string }) =>
          input.TopicArn === TOPIC
            ? { Subscriptions: [{ ...pending, Endpoint: 'https://hooks.example.com/webhooks/v1/aws' }] }
            : { Subscriptions: [{ SubscriptionArn: 'a', Protocol: 'email' }] },
      },
      {},
    ],
    [
      'subscription-missing',
      'aws, topic feedback',
      'subscribe https://hooks.example.com/webhooks/v1/aws',
      {
        ListSubscriptionsByTopic: (input: { TopicArn: string }) =>
          input.TopicArn === TOPIC ? {} : { Subscriptions: [{ SubscriptionArn: 'a', Protocol: 'email' }] },
      },
      {},
    ],
    ['paused', 'processing', 'ops resume', { GetEventSourceMapping: () => ({ State: 'Disabled' }) }, {}],
    ['heartbeat', 'heartbeat', 'public URL', {}, { heartbeat: async () => undefined }],
    [
      'dead-letters',
      'dead-letter queue',
      'ops dlq list',
      { GetQueueAttributes: ({ QueueUrl }: { QueueUrl: string }) => queued(QueueUrl.endsWith('dead') ? 3 : 0)() },
      {},
    ],
  ])('names %s about %s and what mends it', async (code, about, fix, answers, watch) => {
    expect(await faults(answers, watch)).toEqual([
      expect.objectContaining({ level: 'fault', code, about, fix: expect.stringContaining(fix) }),
    ]);
  });

  test('alarms that nobody hears, and tables that are not there', async () => {
    const unheard = await faults({
      ListSubscriptionsByTopic: (input: { TopicArn: string }) =>
        (input.TopicArn === TOPIC ? FINE.ListSubscriptionsByTopic?.(input as never) : {}) as object,
    });
    expect(unheard.map(({ code, about }) => `${code} ${about}`)).toEqual([
      'alarms-unheard page alarms',
      'alarms-unheard ticket alarms',
    ]);
    const gone = await faults({
      DescribeTable: () => {
        throw Object.assign(new Error('no'), { name: 'ResourceNotFoundException' });
      },
    });
    expect(gone.map(({ code }) => code)).toEqual(['table', 'table']);
  });

  test('what it may not see it calls unknown, and goes on', async () => {
    const blind = await faults({ GetSecretValue: undefined as never, DescribeTable: undefined as never });
    expect(blind).toEqual([
      expect.objectContaining({ level: 'unknown', about: 'secrets', says: expect.stringContaining('AccessDenied') }),
      expect.objectContaining({ level: 'unknown', about: 'events table' }),
      expect.objectContaining({ level: 'unknown', about: 'suppression table' }),
    ]);
  });

  test('a key that is wrong at one webhook of two is told, though the other brings events all the time', async () => {
    const refused = { at: NOW - 60_000, reason: 'bad-proof', count: 400 };
    const [found] = await faults(
      {},
      {
        traffic: async () =>
          new Map([
            ['guide', { storedAt: NOW, refused }],
            ['aws', { storedAt: NOW }],
          ]),
      },
    );
    expect(found).toMatchObject({ level: 'fault', code: 'secret-wrong', says: expect.stringContaining('one webhook') });
  });

  test("a few refusals between stored events may be anybody's", async () => {
    const probed = await faults(
      {},
      {
        traffic: async () =>
          new Map([
            ['guide', { storedAt: NOW - HOUR, refused: { at: NOW - 1000, reason: 'bad-proof', count: 2 } }],
            ['aws', { storedAt: NOW }],
          ]),
      },
    );
    expect(probed).toEqual([expect.objectContaining({ level: 'note', code: 'secret-wrong' })]);
  });

  test('a muted source is told of', async () => {
    const muted = await faults({ GetAlarmMuteRule: () => ({ Status: 'ACTIVE' }) });
    expect(muted).toContainEqual(
      expect.objectContaining({ level: 'note', code: 'muted', says: expect.stringContaining('ops mute guide --off') }),
    );
    const silent = await faults({
      DescribeAlarms: () => ({ MetricAlarms: [{ AlarmName: 'a', ActionsEnabled: false }] }),
    });
    expect(silent.map(({ level, code }) => [level, code])).toContainEqual(['note', 'muted']);
  });
});

describe('kinds of events that a source does not send', () => {
  const week = (counts: Readonly<Record<string, RateLine['counts']>>, operator = 'other') => ({
    rates: async () =>
      Object.entries(counts).map(([source, own]): RateLine => ({ day: '2026-05-03', source, operator, counts: own })),
  });

  test('no delivery beside hard bounces is a fault of that source, whatever the others send', async () => {
    const found = await faults({}, week({ aws: { hard: 20 }, guide: { delivered: 90_000, soft: 1, complained: 1 } }));
    expect(found).toEqual([expect.objectContaining({ level: 'fault', code: 'kind-missing', about: 'aws' })]);
    expect(found[0]?.fix).toContain('docs/providers/ses.md');
    expect(await faults({}, week({ aws: { hard: 19 } }))).toEqual([]);
    expect(await faults({}, week({ aws: { hard: 20, delivered: 1 } }))).toEqual([]);
    // What is not known to have deliveries is only told of.
    expect(await faults({}, week({ guide: { hard: 20 } }))).toMatchObject([{ level: 'note', code: 'kind-missing' }]);
  });

  test('among very many deliveries neither a bounce nor a complaint is told of', async () => {
    const says = async (counts: RateLine['counts'], operator?: string) =>
      (await faults({}, week({ aws: counts }, operator))).map((finding) => `${finding.level} ${finding.says}`);
    expect(await says({ delivered: 50_000 })).toEqual([
      expect.stringMatching(/^note 50000 deliveries in 7 days and no bounce/),
      expect.stringMatching(/^note 50000 deliveries in 7 days where complaints are reported, and none/),
    ]);
    expect(await says({ delivered: 50_000, soft: 1 }, 'google')).toEqual([]);
    expect(await says({ delivered: 49_999 })).toEqual([]);
  });

  test('sources of one group are judged together: of the same fact only the first was counted', async () => {
    const target = fakeTarget(
      { old: { provider: 'ses', dedupeGroup: 'ses' }, ses: { provider: 'ses' } },
      { ...FINE, GetSecretValue: () => ({ SecretString: '{}' }) },
    );
    const lines = week({ old: { hard: 25 }, ses: { delivered: 100 } });
    const found = await examine(target, { ...WATCH, ...lines }, NOW);
    expect(found.filter(({ code }) => code.startsWith('kind'))).toMatchObject([
      { level: 'ok', about: 'old', says: 'in 7 days: 100 delivered, 25 bounced, 0 complained' },
      { level: 'ok', about: 'ses' },
    ]);
  });
});

describe('refusals that matter', () => {
  const MINUTE = 60_000;
  const many = (reason: string, minutesAgo: number, count: number) => ({
    reason,
    at: NOW - minutesAgo * MINUTE,
    count,
  });

  test('a stray request after them hides none, whatever it is refused for', () => {
    expect(
      refusalsOf([many('bad-proof', 3, 400), many('bad-proof', 1, 50), many('unreadable', 0, 1)], undefined, NOW),
    ).toEqual(many('bad-proof', 1, 450));
  });

  test.each([
    ['none since the last stored event, and for a quarter of an hour', [many('bad-proof', 16, 400)], 5, undefined],
    [
      'between stored events, of the last quarter of an hour',
      [many('stale', 16, 9), many('stale', 2, 7)],
      0,
      many('stale', 2, 7),
    ],
    ['all since the last stored event', [many('stale', 90, 9), many('stale', 70, 7)], 100, many('stale', 70, 16)],
    ['none', [], undefined, undefined],
  ])('%s', (_what, refused, storedMinutesAgo, expected) => {
    const storedAt = storedMinutesAgo === undefined ? undefined : NOW - storedMinutesAgo * MINUTE;
    expect(refusalsOf(refused, storedAt, NOW)).toEqual(expected);
  });
});

describe('what CloudWatch tells', () => {
  test('last stored, last refused and why, ages and failures', async () => {
    const at = new Date(NOW - HOUR);
    const target = fakeTarget(
      { guide: {}, quiet: {} },
      {
        GetMetricData: ({
          MetricDataQueries,
        }: {
          MetricDataQueries: {
            Id: string;
            MetricStat: { Metric: { MetricName: string; Dimensions?: { Value: string }[] } };
          }[];
        }) => ({
          MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
            const none = Metric.Dimensions?.[0]?.Value === 'quiet' || Metric.MetricName === 'Errors';
            return { Id, Values: none ? [0] : [0, 7], Timestamps: [new Date(NOW), at] };
          }),
        }),
        StartQuery: () => ({ queryId: 'q' }),
        GetQueryResults: () => ({
          status: 'Complete',
          results: [
            [
              { field: 'name', value: 'quiet' },
              { field: 'reason', value: 'bad-proof' },
              { field: 'at', value: '2026-05-04 09:59:00.000' },
              { field: 'n', value: '12' },
            ],
          ],
        }),
      },
    );
    const watch = new AwsWatch(target);
    expect(Object.fromEntries(await watch.traffic(['guide', 'quiet']))).toEqual({
      guide: { storedAt: NOW - HOUR + 300_000 },
      quiet: { refused: { at: NOW - 60_000, reason: 'bad-proof', count: 12 } },
    });
    expect(await watch.runs('receive')).toEqual({ succeededAt: at.getTime() });
    expect(await watch.runs('process')).toEqual({ succeededAt: at.getTime(), failedAt: at.getTime() });
    expect(await watch.queueAge()).toBe(7);
    expect(await watch.heartbeat()).toBe(at.getTime());
    const query = target.calls.find(({ name }) => name === 'StartQuery');
    expect(query?.input.logGroupName).toBe('/quell-prod/receive');
  });
});

describe('doctor --local', () => {
  let stack: OpsStack;
  beforeAll(async () => {
    stack = await startOpsStack(GUIDE_AND_OTHER, { secrets: { guide: 'guide-secret' } });
  }, 60_000);
  afterAll(() => stack?.stop());

  const found = async (): Promise<string[]> => {
    const { json } = await stack.run(['doctor', '--json']);
    return (json() as Finding[]).filter(({ level }) => level === 'fault').map(({ code, about }) => `${code} ${about}`);
  };
  const post = (secret: string) => {
    const body = JSON.stringify({
      event: 'open',
      timestamp: new Date().toISOString(),
      message_id: 'm',
      recipient: 'p@example.com',
    });
    return stack.driver.post('guide', body, signGeneric(body, secret));
  };

  test('names a missing secret, a wrong one, and a queue that does not move', async () => {
    const { code, out } = await stack.run(['doctor']);
    expect([code, out]).toEqual([1, expect.stringContaining('FAULT    other: no secret is stored')]);
    expect(out).toContain('fix: ops secrets set other');
    expect(await found()).toEqual(['secret-missing other']);

    await post('wrong');
    await eventually(async () => expect(await found()).toContain('secret-wrong guide'));
    await post('guide-secret');
    await eventually(async () => expect(await found()).toEqual(['secret-missing other']));

    const { pid } = stack.local.stack.functions.process as { pid: number };
    process.kill(pid, 'SIGSTOP');
    try {
      await post('guide-secret');
      expect(await found()).toContain('queue-stuck delivery queue');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await eventually(async () => expect(await found()).toEqual(['secret-missing other']));
    await stack.driver.nothingUnderWay();
  }, 60_000);

  test('names a function that fails', async () => {
    const { pid } = stack.local.stack.functions.process as { pid: number };
    process.kill(pid, 'SIGSTOP');
    await post('guide-secret');
    await eventually(async () => expect(await stack.driver.inFlight('delivery')).toBeGreaterThan(0));
    // Taken off the queue it is given to the process at once, which answers nothing: whoever is asked now answers later than that.
    await stack.driver.inFlight('delivery');
    process.kill(pid, 'SIGKILL');
    await eventually(async () => expect(await found()).toContain('function-failing process function'));
  }, 60_000);
});
