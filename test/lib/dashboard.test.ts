import { expect, test } from '@jest/globals';
import { METRICS, namespaceOf } from '../../lambda/contract/metrics.ts';
import { show, synthesize, VARIANTS } from '../support/template.ts';

const body = JSON.parse(show(synthesize(VARIANTS.everything).first('AWS::CloudWatch::Dashboard').DashboardBody)) as {
  widgets: { type: string; properties: { markdown?: string; metrics?: unknown[][]; title?: string } }[];
};

test('answers in the order in which an operator asks', () => {
  expect(body.widgets.flatMap(({ properties: { markdown } }) => markdown ?? [])).toEqual([
    '## Is it alive?',
    '## Is anything lost?',
    '## Is anyone being refused?',
    '## How late are we?',
    '## What do events look like?',
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
