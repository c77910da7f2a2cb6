import { describe, expect, test } from '@jest/globals';
import { METRICS, namespaceOf } from '../../lambda/contract/metrics.ts';
import { rateFacts } from '../../lib/ops/commands/doctor/rate-lines.ts';
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
