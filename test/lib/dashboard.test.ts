import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { METRICS, namespaceOf } from '../../lambda/contract/metrics.ts';
import type { NormalisedEvent } from '../../lambda/domain/event/event.ts';
import { type Outcome, tallyOf } from '../../lambda/handlers/process/tally.ts';
import { rateFacts, rateLines } from '../../lib/ops/commands/doctor/rate-lines.ts';
import { ratesBy } from '../../lib/ops/commands/rates/rates.ts';
import { ask } from '../../lib/ops/commands/report/local.ts';
import { DUCKDB } from '../../lib/reports/dialect.ts';
import type { Report } from '../../lib/reports/report.ts';
import { reportOf, sqlOf } from '../../lib/reports/reports.ts';
import { evaluate } from '../support/alarms/evaluator.ts';
import { settingsOf, VARIANTS } from '../support/stack/settings.ts';
import { show, synthesize } from '../support/template.ts';

const body = JSON.parse(show(synthesize(VARIANTS.everything).first('AWS::CloudWatch::Dashboard').DashboardBody)) as {
  widgets: { type: string; properties: { markdown?: string; metrics?: unknown[][]; title?: string; query?: string } }[];
};

test('answers in the order in which an operator asks', () => {
  expect(body.widgets.flatMap(({ properties: { markdown } }) => markdown ?? [])).toEqual([
    '## Is it alive?',
    '## Is anything lost?',
    '## Is anyone being refused?',
    '## How late are we?',
    '## What do events look like?',
    '## Who takes our mail?',
    '## What does it cost?',
  ]);
});

test('shows metrics that the functions write, by the names of the contract', () => {
  const text = JSON.stringify(body);
  const direct = body.widgets.flatMap(({ properties: { metrics = [] } }) =>
    metrics.filter(([namespace]) => namespace === namespaceOf('test')).map(([, name]) => String(name)),
  );
  const searched = [...text.matchAll(/MetricName=\\+"(\w+)/g)].map(([, name = '']) => name);
  expect(direct.length + searched.length).toBeGreaterThan(15);
  expect(Object.values(METRICS)).toEqual(expect.arrayContaining([...direct, ...searched]));
});

test('is made only where it is wanted: it has its price', () => {
  expect(synthesize(VARIANTS.smallest).ofType('AWS::CloudWatch::Dashboard')).toEqual([]);
});

test('draws rates by mailbox operator beside the limits of the alarms, from facts that `process` writes', () => {
  const queries = body.widgets.flatMap(({ properties: { query } }) => query ?? []);
  const [bounces, complaints] = ['hard', 'complained'].map((kind) =>
    queries.find((query) => query.includes(` ${kind}_`) || query.includes(`(${kind}_`)),
  );
  expect(bounces).toMatch(/2 as _warning, 5 as _critical/);
  expect(complaints).toMatch(/0\.1 as _warning, 0\.3 as _critical/);
  const facts = (query = '') => [...query.matchAll(/coalesce\((\w+), 0\)/g)].map(([, name]) => name);
  for (const query of [bounces, complaints]) expect(rateFacts()).toEqual(expect.arrayContaining(facts(query)));
  expect(facts(bounces)).toHaveLength(14);
  // Where nobody can complain, no line pretends that nobody does.
  expect(facts(complaints).join()).not.toMatch(/google|apple/);
});

describe('one meaning of each rate', () => {
  const times = (count: number, event: Partial<NormalisedEvent>): Partial<NormalisedEvent>[] =>
    Array.from({ length: count }, () => event);
  const at = (domain: string): Pick<NormalisedEvent, 'recipient'> => ({ recipient: `ada@${domain}` });
  const bounce = (bounceClass: 'hard' | 'soft' | 'block', domain: string) =>
    ({ type: 'bounced', bounceClass, ...at(domain) }) as const;
  const events = [
    ...times(900, { type: 'delivered', ...at('gmail.com') }),
    ...times(700, { type: 'delivered', ...at('yahoo.com') }),
    ...times(23, bounce('hard', 'gmail.com')),
    ...times(31, bounce('hard', 'yahoo.com')),
    ...times(400, bounce('block', 'yahoo.com')),
    ...times(70, bounce('soft', 'gmail.com')),
    ...times(5, { ...bounce('hard', 'gmail.com'), echo: true }),
    ...times(4, { type: 'complained', ...at('yahoo.com') }),
    ...times(2, { type: 'complained', ...at('yahoo.com'), echo: true }),
    // One complaint of one of three people.
    ...times(3, { type: 'complained', ...at('yahoo.com'), candidates: 3 }),
  ].map((event, n) => ({
    fingerprint: String(n),
    source: 'shop',
    receivedAt: '2026-05-04T10:00:00.000Z',
    occurredAt: '2026-05-04T09:59:00.000Z',
    ...event,
  }));
  const { overall, bySource } = tallyOf(
    {
      stored: {
        at: Date.parse('2026-05-04T10:00:01Z'),
        events: events.map((event) => ({
          message: { message: { origin: 'live', source: 'shop' } },
          event,
          outcome: 'new',
        })) as unknown as Outcome['stored']['events'],
      },
      forged: new Map(),
      folded: { changed: 0, suppressed: new Set(), unjudged: 0 },
      unarchived: 0,
      deadLetters: 0,
      failedMessages: 0,
      tableFailures: { throttled: 0, other: 0 },
    },
    { sources: {} },
  );
  const facts = bySource.get('shop')?.facts ?? {};
  const lines = rateLines('2026-05-04', 'shop', facts);
  const [all] = ratesBy(lines, 'source');

  test('what `ops rates` says of all operators is what the alarms compare', () => {
    expect(all).toMatchObject({ hard: 54, hardPercent: 3.26, complained: 5, complainedPercent: 0.71 });
    const now = Date.parse('2026-05-04T12:00:00Z');
    const data = Object.entries(overall).map(([name, value]) => ({
      ...{ namespace: namespaceOf('test'), name, dimensions: '', at: now, value },
    }));
    const stateAt = (name: string, Threshold: number) => {
      const alarms = synthesize(VARIANTS.everything).ofType('AWS::CloudWatch::Alarm');
      const found = alarms.find(([, { Properties }]) => Properties.AlarmName === `quell-test-${name}-critical`);
      return evaluate({ ...found?.[1].Properties, Threshold }, data, now, String);
    };
    for (const [name, percent] of [
      ['bounce-rate', all?.hardPercent ?? 0],
      ['complaint-rate', all?.complainedPercent ?? 0],
    ] as const)
      expect([stateAt(name, percent - 0.01), stateAt(name, percent + 0.01)]).toEqual(['ALARM', 'OK']);
  });

  test('and of one operator what the dashboard draws, and what the report answers', async () => {
    const queries = body.widgets.flatMap(({ properties: { query } }) => query ?? []);
    const drawn = (operator: string, kind: string): number => {
      const query = queries.find((one) => one.includes(`coalesce(${kind}_yahoo, 0)`)) ?? '';
      const [, expression = ''] = new RegExp(`(100 \\* [^,]*) as ${operator}\\b`).exec(query) ?? [];
      const numbers = expression.replace(/sum\(_(\w+)\)/g, (_, fact: string) => String(facts[fact] ?? 0));
      if (!/^[\d\s()+*/.]+$/.test(numbers)) throw new Error(`no arithmetic: ${numbers}`);
      return Math.round(100 * (new Function(`return ${numbers}`)() as number)) / 100;
    };
    const folder = mkdtempSync(join(tmpdir(), 'quell-rates-'));
    mkdirSync(join(folder, 'day=2026-05-04'));
    const line = { receivedAt: '2026-05-04T10:00:00.000Z', source: 'shop', origin: 'live', events };
    writeFileSync(join(folder, 'day=2026-05-04/a.gz'), gzipSync(`${JSON.stringify(line)}\n`));
    const { columns, rows } = await ask(folder, sqlOf(reportOf('rates') as Report, DUCKDB, { from: '2026-05-01' }));
    rmSync(folder, { recursive: true });
    const reported = rows.map((row) => Object.fromEntries(row.map((value, n) => [columns[n], value])));
    const rates = ratesBy(lines, 'operator');
    expect(rates.map(({ name }) => name)).toEqual(['yahoo', 'google']);
    for (const { name, hardPercent, bouncedPercent, complainedPercent, complained, block } of rates) {
      expect(drawn(name, 'hard')).toBe(hardPercent);
      expect(reported.find(({ operator }) => operator === name)).toMatchObject({
        hard_percent: hardPercent,
        bounced_percent: bouncedPercent,
        complained_percent: complainedPercent,
        complained,
        blocked: block,
      });
    }
    expect(drawn('yahoo', 'complained')).toBe(rates[0]?.complainedPercent);
  });
});

describe('the console as a widget', () => {
  const { resources, first } = synthesize(settingsOf({ console: true }));
  const viewer = resources.ViewerPolicy?.Properties as {
    Roles?: unknown[];
    PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] };
  };
  const [functionId = ''] =
    Object.entries(resources).find(([id]) => /^ConsoleFunction|^Console.*Function/.test(id)) ?? [];

  test('is the dashboard alone where no other was asked for, and calls one function', () => {
    const { widgets } = JSON.parse(show(first('AWS::CloudWatch::Dashboard').DashboardBody)) as {
      widgets: { type: string; properties: { endpoint: string } }[];
    };
    expect(widgets).toEqual([
      expect.objectContaining({
        type: 'custom',
        properties: {
          title: 'Quell',
          endpoint: `${functionId}.Arn`,
          updateOn: { refresh: true, resize: false, timeRange: false },
        },
      }),
    ]);
  });

  test('has the rights of a viewer, and beside them only that of writing its own log', () => {
    const role = show(resources[functionId]?.Properties.Role).replace('.Arn', '');
    expect(viewer.Roles?.map(show)).toEqual([role]);
    expect(resources[role]?.Properties).not.toHaveProperty('ManagedPolicyArns');
    const own = Object.values(resources).filter(
      ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && (Properties.Roles as unknown[]).map(show).includes(role),
    );
    const actions = own.flatMap(({ Properties }) =>
      (Properties.PolicyDocument as { Statement: { Action: string | string[] }[] }).Statement.flatMap(
        ({ Action }) => Action,
      ),
    );
    expect(actions.sort()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  test('may be called by viewers, who gain nothing else by it', () => {
    const without = synthesize(settingsOf()).resources.ViewerPolicy?.Properties as typeof viewer;
    const statements = ({ PolicyDocument }: typeof viewer) =>
      PolicyDocument.Statement.map(({ Action, Resource }) => `${[Action].flat()} on ${[Resource].flat().map(show)}`);
    const before = new Set(statements(without));
    expect(statements(viewer).filter((one) => !before.has(one))).toEqual([
      `lambda:InvokeFunction on ${functionId}.Arn`,
      expect.stringMatching(/^cloudwatch:GetDashboard on arn:\S+:dashboard\/quell-test$/),
    ]);
    expect(without).not.toHaveProperty('Roles');
  });

  test('is told of its stack within the 4 KB that a function may be told, however many sources there are', () => {
    const sources = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`source-${n}`, { provider: 'sendgrid' }]));
    const many = synthesize(settingsOf({ archive: {}, unsubscribe: {}, console: true, sources }));
    const [, found] = many.ofType('AWS::Lambda::Function').find(([id]) => id === functionId) ?? [];
    const environment = found?.Properties.Environment as { Variables: Record<string, unknown> } | undefined;
    const told = environment?.Variables.STACK_OUTPUTS as { 'Fn::Join': [string, unknown[]] } | undefined;
    const [, parts] = told?.['Fn::Join'] ?? ['', []];
    // What is known only once it is deployed: a queue's URL is the longest, of about a hundred characters.
    const length = parts.reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length : 120), 0);
    expect(length).toBeGreaterThan(500);
    expect(length).toBeLessThan(4096 - 200);
  });
});
