import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { METRICS, namespaceOf, SOURCE_DIMENSION } from '../../lambda/contract/metrics.ts';
import { silenceWindow } from '../../lib/constructs/silence.ts';
import { LONGEST_WINDOW, SHORTEST_WINDOW } from '../../lib/settings/values.ts';
import { settingsOf, show, synthesize, VARIANTS, withSource } from '../support/template.ts';

const everything = synthesize(VARIANTS.everything);
const sources = Object.keys(VARIANTS.everything.sources);
const alarms = everything.ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const headings = [...readFileSync('docs/runbook.md', 'utf8').matchAll(/^## (.+)$/gm)].map(
  ([, heading = '']) => heading,
);
const HOUR = 3600;
const DAY = 24 * HOUR;

/** A family's members end in a source or a function. */
const SUBJECTS = [...sources, 'receive', 'process', 'pulse'];

function headingOf(alarmName: unknown): string {
  const name = String(alarmName).replace(/^quell-test-/, '');
  const subject = SUBJECTS.find((candidate) => name.endsWith(`-${candidate}`));
  return headings.includes(name) || !subject ? name : name.slice(0, -subject.length - 1);
}

const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `quell-test-${name}`) ?? {};

describe('the runbook', () => {
  test('has one heading for every alarm or family of alarms, and no other', () => {
    expect([...new Set(alarms.map(({ AlarmName }) => headingOf(AlarmName)))].sort()).toEqual([...headings].sort());
  });

  test.each(headings)('%s: says what it means, where to look, what to do and how to see that it worked', (heading) => {
    const text =
      readFileSync('docs/runbook.md', 'utf8')
        .split(/^## /m)
        .find((part) => part.startsWith(`${heading}\n`)) ?? '';
    const parts = [...text.matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Means', 'Look', 'Do', 'Worked']);
    expect(text).toContain('```');
  });
});

describe.each(alarms.map((alarm) => [String(alarm.AlarmName), alarm] as const))('%s', (_, alarm) => {
  test('tells one topic when it starts and when it ends', () => {
    expect(alarm.AlarmActions).toHaveLength(1);
    expect(alarm.OKActions).toEqual(alarm.AlarmActions);
  });

  test('says what broke, what no data means, and links to its heading', () => {
    expect(alarm.AlarmDescription).toContain(`https://wiki.example.com/quell#${headingOf(alarm.AlarmName)}`);
    expect(String(alarm.AlarmDescription).length).toBeLessThanOrEqual(1024);
    expect(alarm.AlarmDescription).toMatch(/^[A-Z][^.]+.* No data: [^.]+\. Runbook: \S+$/);
    expect(['breaching', 'notBreaching']).toContain(alarm.TreatMissingData);
  });
});

describe('who is woken', () => {
  const topicOf = (name: string) => show((named(name).AlarmActions as unknown[])[0]);

  test('lost or endangered events page, the rest are tickets', () => {
    const paged = alarms.filter(
      ({ AlarmActions }) => show((AlarmActions as unknown[])[0]) === topicOf('pulse-missing'),
    );
    expect([...new Set(paged.map(({ AlarmName }) => headingOf(AlarmName)))].sort()).toEqual([
      ...['api-server-errors', 'function-errors', 'function-throttles', 'not-enqueued', 'pulse-missing'],
      ...['queue-age', 'silence', 'unverifiable'],
    ]);
    expect(topicOf('dead-letters')).not.toBe(topicOf('pulse-missing'));
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
});

describe('silence', () => {
  test('is a full window of counted zeros: a fresh deploy is quiet, and so is one whose pulse stopped', () => {
    const alarm = named('silence-sendgrid');
    expect(alarm).toMatchObject({
      Namespace: namespaceOf('test'),
      MetricName: METRICS.accepted,
      Dimensions: [{ Name: SOURCE_DIMENSION, Value: 'sendgrid' }],
      Statistic: 'Sum',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(alarm.DatapointsToAlarm).toBe(alarm.EvaluationPeriods);
    expect(Number(alarm.Period) * Number(alarm.EvaluationPeriods)).toBe(DAY);
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

test('a pulse that is not counted is an alarm', () => {
  expect(named('pulse-missing')).toMatchObject({ MetricName: METRICS.pulse, TreatMissingData: 'breaching' });
  expect(named('pulse-missing')).not.toHaveProperty('Dimensions');
});

test('looking at the dead letters, which hides them for a while, does not end the alarm', () => {
  expect(JSON.stringify(named('dead-letters').Metrics)).toContain('visible + inFlight');
});
