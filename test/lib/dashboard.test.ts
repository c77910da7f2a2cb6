import { expect, test } from '@jest/globals';
import { METRICS, namespaceOf } from '../../lambda/contract/metrics.ts';
import { rateFacts } from '../../lib/ops/commands/doctor/rate-lines.ts';
import { show, synthesize, VARIANTS } from '../support/template.ts';

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
