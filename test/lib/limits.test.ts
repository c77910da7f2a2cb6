import { describe, expect, test } from '@jest/globals';
import { limitsMet, mostThatFits, templateOf } from '../../lib/constructs/limits.ts';
import { globals, type Settings } from '../../lib/settings/schema.ts';
import { checkSize } from '../../lib/stack.ts';
import { EVERYTHING, manySources } from '../support/many-sources.ts';
import { settingsOf } from '../support/stack/settings.ts';
import { show, stackOf, synthesize } from '../support/template.ts';

/** Many sources with everything on: what AWS takes is synthesized, what it would refuse is refused here, with the number that fits. */

/** Without what makes resources of its own for no source: more sources fit beside it. */
const USUAL = {
  alarmEmails: ['ops@example.com'],
  alarms: EVERYTHING.alarms,
  dashboard: true,
  archive: {},
  accessLog: true,
  byMessageIndex: true,
};
const many = (count: number, source: object = { provider: 'sendgrid' }, stage = 'test'): Settings => ({
  ...settingsOf({
    ...USUAL,
    sources: Object.fromEntries(Array.from({ length: count }, (_, n) => [`source-${n}`.padEnd(40, 'x'), source])),
  }),
  stage,
});
const LONG_STAGE = 's'.repeat(32);
const met = (settings: Settings) => limitsMet(templateOf(stackOf(settings)));
const refusal = (settings: Settings): string => {
  try {
    checkSize(stackOf(settings), settings);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};
/** The number that a refusal allows. */
const allowed = (text: string) => Number(/the first (\d+) of them/.exec(text)?.[1]);

test('everything is what the schema can switch on, but for what makes nothing more, or takes something away', () => {
  const numbers = ['retention', 'policy', 'throttling', 'concurrency'];
  const onAnyway = ['heartbeat', 'byHourIndex', 'publish'];
  const instead = ['publicUrl', ...Object.keys(globals.entries).filter((key) => key.startsWith('existing'))];
  expect([...Object.keys(EVERYTHING), ...numbers, ...onAnyway, ...instead].sort()).toEqual(
    Object.keys(globals.entries).sort(),
  );
});

test('with everything on 42 sources fit, as docs/settings.md says, and 52 only by the number of resources do not', () => {
  expect(met(manySources(42))).toEqual([]);
  expect(met(manySources(52))).toEqual([expect.stringMatching(/^resources: \d+, allowed: 500$/)]);
});

describe('sources that post', () => {
  test.each(process.env.NIGHTLY ? [1, 26, 52] : [1, 52])(
    '%i of them fit, with the usual options and the longest names',
    (count) => {
      expect(met(many(count, { provider: 'sendgrid' }, LONG_STAGE))).toEqual([]);
    },
  );

  test('100 of them do not, and the refusal names the number that does: that many fit, one more does not', () => {
    const text = refusal(many(100));
    expect(text).toContain('100 sources are too many for one stack');
    expect(text).toMatch(/resources: \d+, allowed: 500/);
    const fit = allowed(text);
    expect(fit).toBeGreaterThan(52);
    expect(met(many(fit))).toEqual([]);
    expect(met(many(fit + 1))).toHaveLength(1);
  });
});

describe('sources that rules and topics feed', () => {
  // Of two or more each must say which mail is its own.
  const RULE = { provider: 'ses', via: 'eventbridge', configurationSets: ['news'] };
  const TOPIC = { provider: 'ses', via: 'sns-queue', createTopic: true };

  test.each(Object.entries({ RULE, TOPIC }))('twenty and more of %s need no more than two statements', (_, source) => {
    expect(met(many(24, source)).filter((limit) => limit.includes('a queue'))).toEqual([]);
  });

  test.each(Object.entries({ RULE, TOPIC }))('too many of %s are refused for what they exceed', (_, source) => {
    const text = refusal(many(60, source, LONG_STAGE));
    const fit = allowed(text);
    expect(text).toMatch(/allowed: (500|8192|6144|4096)/);
    expect(met(many(fit, source, LONG_STAGE))).toEqual([]);
    expect(met(many(fit + 1, source, LONG_STAGE))).not.toEqual([]);
  });
});

test('the longest rule of the joint alarm fits, and CloudFormation makes its alarms first', () => {
  const { first, ofType, resources } = synthesize(many(56, { provider: 'sendgrid' }, LONG_STAGE));
  const rule = show(first('AWS::CloudWatch::CompositeAlarm').AlarmRule);
  expect(rule.length).toBeLessThan(10_240);
  const [[, joint] = ['', undefined]] = ofType('AWS::CloudWatch::CompositeAlarm');
  const before = joint?.DependsOn?.map((id) => String(resources[id]?.Properties.AlarmName)) ?? [];
  const named = [...rule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => String(name));
  expect(named.length).toBeGreaterThan(50);
  expect([...before].sort()).toEqual([...new Set(named)].sort());
});

test('no widget of the dashboard holds more than a hundred alarms, and together they hold all', () => {
  const { first, ofType } = synthesize(many(56, { provider: 'sendgrid' }, LONG_STAGE));
  const { widgets } = JSON.parse(show(first('AWS::CloudWatch::Dashboard').DashboardBody)) as {
    widgets: { type: string; properties: { alarms?: string[] } }[];
  };
  const shown = widgets.flatMap(({ properties: { alarms } }) => (alarms ? [alarms] : []));
  expect(Math.max(...shown.map((alarms) => alarms.length))).toBeLessThanOrEqual(100);
  expect(shown.flat()).toHaveLength(ofType('AWS::CloudWatch::Alarm').length + 1);
});

test('the most that fits is found whatever grows how, and of what grows evenly in a few tries', () => {
  const search = (count: number, fullWith: (count: number) => number) => {
    const tried: number[] = [];
    // Another limit is nearly met from the first on, and never.
    const shares = (n: number) => new Map(Object.entries({ constant: 0.97, met: fullWith(n) }));
    const fit = mostThatFits(count, shares(count), (n) => {
      tried.push(n);
      return shares(n);
    });
    return { fit, tries: tried.length };
  };
  for (let most = 0; most < 100; most++) {
    const [even, step, steep] = [
      search(100, (n) => (200 + 5 * n) / (202 + 5 * most)),
      search(100, (n) => (n <= most ? 0.1 : 1.1)),
      search(100, (n) => (n <= most ? 0.99 : n + 1)),
    ];
    expect([even.fit, step.fit, steep.fit]).toEqual([most, most, most]);
    expect(even.tries).toBeLessThanOrEqual(4);
    expect(Math.max(step.tries, steep.tries)).toBeLessThanOrEqual(13);
  }
});

test.each<[string, object, string]>([
  ['a policy of 21 statements', queuePolicy(21, 'x'), '21 statements, allowed: 20'],
  ['a policy of 9,000 bytes', queuePolicy(1, 'x'.repeat(9000)), 'bytes, allowed: 8192'],
  [
    'an environment over 4 KB',
    resource('AWS::Lambda::Function', { Environment: { Variables: { A: 'x'.repeat(4096) } } }),
    'bytes, allowed: 4096',
  ],
  [
    'a managed policy over its size',
    resource('AWS::IAM::ManagedPolicy', { PolicyDocument: 'x'.repeat(6145) }),
    '6145 characters, allowed: 6144',
  ],
  [
    'a rule over its size',
    resource('AWS::CloudWatch::CompositeAlarm', { AlarmRule: 'x'.repeat(10_241) }),
    '10241 characters, allowed: 10240',
  ],
  [
    'too many routes',
    Object.fromEntries(Array.from({ length: 301 }, (_, n) => [`R${n}`, { Type: 'AWS::ApiGatewayV2::Route' }])),
    'routes of the API: 301, allowed: 300',
  ],
  [
    'a template over its size',
    resource('AWS::CloudWatch::Dashboard', { DashboardBody: 'x'.repeat(1_000_000) }),
    'bytes of the template: 1000',
  ],
])('%s is noticed', (_, Resources, sentence) => {
  expect(limitsMet({ Resources: Resources as never }).join()).toContain(sentence);
});

test('too many outputs are noticed', () => {
  const Outputs = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`O${n}`, { Value: 'x' }]));
  expect(limitsMet({ Outputs })).toEqual(['outputs: 201, allowed: 200']);
});

function resource(Type: string, Properties: object): object {
  return { X: { Type, Properties } };
}
function queuePolicy(count: number, text: string): object {
  const Statement = Array.from({ length: count }, () => ({ Sid: text }));
  return resource('AWS::SQS::QueuePolicy', { PolicyDocument: { Statement } });
}
