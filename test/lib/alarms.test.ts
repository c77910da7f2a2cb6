import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { alarmName, SOURCE_ALARMS } from '../../lambda/contract/alarms.ts';
import { METRICS, namespaceOf, SOURCE_DIMENSION } from '../../lambda/contract/metrics.ts';
import { silenceWindow } from '../../lib/constructs/watch/alarms/source/silence.ts';
import { LONGEST_WINDOW, SHORTEST_WINDOW } from '../../lib/settings/values.ts';
import { evaluate } from '../support/alarms/evaluator.ts';
import { settingsOf, VARIANTS, withSource } from '../support/stack/settings.ts';
import { show, synthesize } from '../support/template.ts';

const everything = synthesize(VARIANTS.everything);
const sources = Object.keys(VARIANTS.everything.sources);
const alarms = everything.ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const joint = everything.ofType('AWS::CloudWatch::CompositeAlarm').map(([, { Properties }]) => Properties);
/** Told by the joint alarm alone. */
const FOLLOWERS = ['api-server-errors', 'heartbeat'];
/** The pulse has an alarm of its own only where no heartbeat shows that it runs. */
const withoutHeartbeat = synthesize(settingsOf({ heartbeat: false }));
const runbook = readFileSync('docs/runbook.md', 'utf8');
const chapters = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
/** An alarm's name has no capital; what is to be done on other days has. */
const headings = chapters.filter((heading) => /^[a-z-]+$/.test(heading));
const HOUR = 3600;
const DAY = 24 * HOUR;

/** A family's members end in a source or a function. */
const SUBJECTS = [...sources, 'receive', 'process', 'warning', 'critical', 'acts', 'feeds', 'page', 'ticket'];

function headingOf(alarmName: unknown): string {
  const name = String(alarmName).replace(/^quell-test-/, '');
  const subject = SUBJECTS.find((candidate) => name.endsWith(`-${candidate}`));
  return subject ? name.slice(0, -subject.length - 1) : name;
}

const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `quell-test-${name}`) ?? {};

describe('the runbook', () => {
  test('has one heading for every alarm or family of alarms, and no other', () => {
    const every = [
      ...alarms,
      ...joint,
      ...withoutHeartbeat.ofType('AWS::CloudWatch::Alarm').map(([, a]) => a.Properties),
    ];
    expect([...new Set(every.map(({ AlarmName }) => headingOf(AlarmName)))].sort()).toEqual([...headings].sort());
  });

  test('has a chapter for what no alarm tells', () => {
    expect(chapters.filter((heading) => !headings.includes(heading))).toEqual([
      'Roll back a deploy',
      'Restore a table',
      'An ESP disabled our endpoint',
      'Events were lost in an outage',
      'A leaked secret',
      'A wrong mass suppression',
      'A wrong import',
    ]);
  });

  test.each(headings)('%s: says what it means, where to look, what to do and how to see that it worked', (heading) => {
    const text = runbook.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
    const parts = [...text.matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Means', 'Look', 'Do', 'Worked']);
    expect(text).toContain('```');
  });
});

describe.each([...alarms, ...joint].map((alarm) => [String(alarm.AlarmName), alarm] as const))('%s', (_, alarm) => {
  test('tells one topic when it starts and when it ends', () => {
    if (FOLLOWERS.includes(headingOf(alarm.AlarmName))) {
      expect(alarm).not.toHaveProperty('AlarmActions');
      return;
    }
    expect(alarm.AlarmActions).toHaveLength(1);
    expect(alarm.OKActions).toEqual(alarm.AlarmActions);
  });

  test('says what broke, what no data means, and links to its heading', () => {
    expect(alarm.AlarmDescription).toContain(`https://wiki.example.com/quell#${headingOf(alarm.AlarmName)}`);
    expect(String(alarm.AlarmDescription).length).toBeLessThanOrEqual(1024);
    // One command to paste, whole.
    expect(alarm.AlarmDescription).toContain(' Run: npm run --silent ops -- doctor --stage test No data: ');
    expect(alarm.AlarmDescription).toMatch(/^[A-Z\d][^.]+.* No data: [^.]+\. Runbook: \S+$/);
    if (alarm.AlarmRule === undefined) expect(['breaching', 'notBreaching']).toContain(alarm.TreatMissingData);
  });
});

describe('who is woken', () => {
  const topicOf = (name: string) => show((named(name).AlarmActions as unknown[])[0]);

  test('lost or endangered events page, the rest are tickets', () => {
    const page = topicOf('queue-age');
    const paged = [...alarms, ...joint].filter(
      ({ AlarmActions }) => AlarmActions && show((AlarmActions as unknown[])[0]) === page,
    );
    expect([...new Set(paged.map(({ AlarmName }) => headingOf(AlarmName)))].sort()).toEqual([
      ...['alarms-unheard', 'archive-late', 'bounce-rate', 'complaint-rate', 'dead-letters-expire', 'endpoint-failing'],
      ...[
        'function-errors',
        'function-throttles',
        'new-suppressions',
        'not-enqueued',
        'publish-dead',
        'queue-age',
        'silence',
      ],
      ...['unarchived-expire', 'undelivered-expire', 'unpublished-expire', 'unsubscribe-failing', 'unverifiable'],
    ]);
    expect(topicOf('dead-letters')).not.toBe(page);
    expect(topicOf('bounce-rate-warning')).toBe(topicOf('dead-letters'));
    expect(topicOf('bounce-rate-critical')).toBe(page);
  });

  test('every address hears of both topics; CloudWatch may publish to them, and nothing encrypts them with a key it may not use', () => {
    const topics = everything.ofType('AWS::SNS::Topic').filter(([id]) => id.startsWith('Alarms'));
    const emails = everything
      .ofType('AWS::SNS::Subscription')
      .filter(([, { Properties }]) => Properties.Protocol === 'email');
    expect(topics).toHaveLength(2);
    expect(emails).toHaveLength(4);
    const policies = JSON.stringify(
      everything.ofType('AWS::SNS::TopicPolicy').filter(([id]) => id.startsWith('Alarms')),
    );
    expect(policies.match(/cloudwatch\.amazonaws\.com/g)).toHaveLength(2);
    for (const [, { Properties }] of topics) expect(Properties).not.toHaveProperty('KmsMasterKeyId');
  });

  test('other targets hear of both topics too; a function lets them call it', () => {
    const protocols = everything
      .ofType('AWS::SNS::Subscription')
      .filter(([id]) => id.startsWith('Alarms'))
      .map(([, { Properties }]) => Properties.Protocol);
    expect(protocols.filter((protocol) => protocol === 'https' || protocol === 'lambda')).toHaveLength(4);
    const permissions = everything
      .ofType('AWS::Lambda::Permission')
      .filter(([, { Properties }]) => Properties.Principal === 'sns.amazonaws.com');
    expect(permissions).toHaveLength(2);
  });
});

describe('silence', () => {
  test('is a full window of counted zeros: a fresh deploy is quiet, and so is one whose pulse stopped', () => {
    const alarm = named('silence-sendgrid');
    expect(alarm).toMatchObject({
      Namespace: namespaceOf('test'),
      MetricName: METRICS.stored,
      Dimensions: [{ Name: SOURCE_DIMENSION, Value: 'sendgrid' }],
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(alarm.DatapointsToAlarm).toBe(alarm.EvaluationPeriods);
    expect(Number(alarm.Period) * Number(alarm.EvaluationPeriods)).toBe(DAY);
  });

  test('a source of which nothing is expected has no alarm on silence, and all others', () => {
    const settings = settingsOf({ sources: { rare: { provider: 'sendgrid', expectEvery: false } } });
    const names = synthesize(settings)
      .ofType('AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => String(Properties.AlarmName))
      .filter((name) => name.endsWith('-rare'));
    expect(names.sort()).toEqual(
      ['refused-proofs', 'unreadable', 'unverifiable'].map((name) => `quell-test-${name}-rare`),
    );
  });

  test('each source has its own window', () => {
    const settings = withSource(settingsOf(), 'rare', { expectEvery: 7 * 24 * 60 });
    const [rare] = synthesize(settings)
      .ofType('AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties.AlarmName === 'quell-test-silence-rare');
    expect(rare?.[1].Properties).toMatchObject({ Period: HOUR, EvaluationPeriods: 168 });
  });

  test('any window stays within what CloudWatch watches, and is never cut short nor longer by a period', () => {
    fc.assert(
      fc.property(fc.integer({ min: SHORTEST_WINDOW, max: LONGEST_WINDOW }), (minutes) => {
        const { period, periods } = silenceWindow(minutes);
        const window = period.toSeconds() * periods;
        expect(window).toBeLessThanOrEqual(period.toSeconds() < HOUR ? DAY : 7 * DAY);
        expect(window).toBeGreaterThanOrEqual(minutes * 60);
        expect(window - minutes * 60).toBeLessThan(period.toSeconds());
        expect(period.toMinutes()).toBeGreaterThanOrEqual(15);
      }),
    );
  });
});

describe('a trickle', () => {
  const alarm = (document: object) => {
    const settings = settingsOf({ sources: { busy: { provider: 'sendgrid', expectAtLeast: 1000 } }, ...document });
    const found = synthesize(settings)
      .ofType('AWS::CloudWatch::Alarm')
      .find(([, { Properties }]) => Properties.AlarmName === 'quell-test-trickle-busy');
    return found?.[1].Properties ?? {};
  };
  const at = Date.parse('2026-05-04T12:00:00Z');
  /** A stack that is `hours` old, with a pulse every five minutes and so many events in all. */
  const data = (hours: number, events: number, beat: string) => [
    ...Array.from({ length: hours * 12 }, (_none, n) => ({
      ...{ namespace: namespaceOf('test'), name: beat, dimensions: '', at: at - n * 300_000, value: 1 },
    })),
    ...[{ namespace: namespaceOf('test'), name: METRICS.stored, dimensions: 'source=busy', at, value: events }],
  ];

  test.each([
    ['5 % of what is expected', 24, 50, 'ALARM'],
    ['as much as is expected', 24, 1000, 'OK'],
    ['a stack of two hours has not seen a day', 2, 50, 'OK'],
    ['a day with some pulses lost', 22, 50, 'ALARM'],
  ])('%s', (_name, hours, events, state) => {
    expect(evaluate(alarm({}), data(hours, events, METRICS.heartbeat), at, String)).toBe(state);
    expect(evaluate(alarm({ heartbeat: false }), data(hours, events, METRICS.pulse), at, String)).toBe(state);
  });
});

describe('kinds of events that are not switched on', () => {
  test.each([
    ['bounces and not one delivery', 0, 20, 'ALARM'],
    ['a few bounces of a small sender', 0, 19, 'OK'],
    ['deliveries and not one bounce', 50_000, 0, 'ALARM'],
    ['few deliveries and no bounce', 49_999, 0, 'OK'],
    ['both', 50_000, 1, 'OK'],
  ])('%s', (_name, delivered, bounced, state) => {
    const at = Date.parse('2026-05-04T12:00:00Z');
    const datum = (name: string, value: number) => ({
      namespace: namespaceOf('test'),
      name,
      dimensions: '',
      at,
      value,
    });
    const both = [datum(METRICS.delivered, delivered), datum(METRICS.hardBounces, bounced)].filter(
      ({ value }) => value > 0,
    );
    expect(evaluate(named('missing-kinds'), both, at, String)).toBe(state);
  });
});

test('who does not hear one topic is told of by the other', () => {
  const topicOf = (name: string) => show((named(name).AlarmActions as unknown[])[0]);
  expect(topicOf('alarms-unheard-page')).toBe(topicOf('dead-letters'));
  expect(topicOf('alarms-unheard-ticket')).toBe(topicOf('queue-age'));
});

describe('every way to fail that docs/architecture.md names', () => {
  const [, table = ''] =
    /<!-- failures -->\n([\s\S]*?)<!-- end -->/.exec(readFileSync('docs/architecture.md', 'utf8')) ?? [];
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const known = new Set(headings);
  const alarmsIn = (cell = '') =>
    [...cell.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name).filter((name) => known.has(name));

  test.each(rows.map((row) => [row[0] ?? '', row] as const))('%s: somebody notices', (_, [, who = '', after = '']) => {
    expect(alarmsIn(who)).not.toEqual([]);
    expect(after).not.toBe('');
  });

  test('no alarm is without a failure that it is for', () => {
    expect([...new Set(rows.flatMap((row) => alarmsIn(row[1])))].sort()).toEqual([...headings].sort());
  });
});

test('every other alarm stays within the windows of CloudWatch too', () => {
  for (const alarm of alarms) {
    const metrics = (alarm.Metrics ?? []) as { MetricStat?: { Period: number } }[];
    const periods = [alarm.Period, ...metrics.map(({ MetricStat }) => MetricStat?.Period)].filter(
      (p) => p !== undefined,
    );
    const period = Math.max(...periods.map(Number));
    expect(period * Number(alarm.EvaluationPeriods)).toBeLessThanOrEqual(period < HOUR ? DAY : 7 * DAY);
  }
});

test('a pulse that is not counted is an alarm, with a heartbeat and without', () => {
  expect(named('heartbeat')).toMatchObject({ MetricName: METRICS.heartbeat, TreatMissingData: 'breaching' });
  const [missing] = withoutHeartbeat
    .ofType('AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => Properties.AlarmName === 'quell-test-pulse-missing');
  expect(missing?.[1].Properties).toMatchObject({ MetricName: METRICS.pulse, TreatMissingData: 'breaching' });
  for (const alarm of [named('heartbeat'), missing?.[1].Properties]) expect(alarm).not.toHaveProperty('Dimensions');
});

test('looking at the dead letters, which hides them for half a minute, does not end the alarm', () => {
  expect(named('dead-letters')).toMatchObject({
    Statistic: 'Maximum',
    Period: 300,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 1,
  });
});

test('the alarms of a source are those that the contract names for muting', () => {
  const ofSes = alarms.filter(({ AlarmName }) => String(AlarmName).endsWith('-ses-main'));
  expect(ofSes.map(({ AlarmName }) => headingOf(AlarmName)).sort()).toEqual([...SOURCE_ALARMS].sort());
  expect(ofSes.map(({ AlarmName }) => AlarmName)).toContain(alarmName('test', 'silence', 'ses-main'));
});

describe('the complaint rate is measured where complaints are reported', () => {
  /** State of both alarms on a day of so many deliveries, a share of them at Google, and so many complaints. */
  const states = (delivered: number, google: number, complaints: number) => {
    const at = Date.parse('2026-05-04T12:00:00Z');
    const datum = (name: string, value: number) => ({
      namespace: namespaceOf('test'),
      name,
      dimensions: '',
      at,
      value,
    });
    const data = [
      datum(METRICS.delivered, delivered),
      datum(METRICS.deliveredReporting, delivered - google),
      datum(METRICS.complaints, complaints),
    ];
    return (['warning', 'critical'] as const).map((degree) =>
      evaluate(named(`complaint-rate-${degree}`), data, at, String),
    );
  };

  test.each([
    ['60 % at Google, 0.30 % elsewhere: at the limit of critical', 10_000, 6_000, 12, ['ALARM', 'OK']],
    ['60 % at Google, 0.325 % elsewhere', 10_000, 6_000, 13, ['ALARM', 'ALARM']],
    ['70 % at Google, 0.83 % elsewhere', 10_000, 7_000, 25, ['ALARM', 'ALARM']],
    ['90 % at Google, 0.80 % elsewhere', 10_000, 9_000, 8, ['ALARM', 'ALARM']],
    ['90 % at Google, 0.05 % elsewhere', 100_000, 90_000, 5, ['OK', 'OK']],
    ['all at Google', 10_000, 10_000, 8, ['OK', 'OK']],
    ['too few mails to speak of a rate', 900, 850, 8, ['OK', 'OK']],
    ['two complaints are chance', 10_000, 9_000, 2, ['OK', 'OK']],
  ])('%s', (_name, delivered, google, complaints, expected) => {
    expect(states(delivered, google, complaints)).toEqual(expected);
  });
});
