import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../lambda/contract/event/types.ts';
import { BATCH_FACTS, blockedFact, FACTS, LOG } from '../../lambda/contract/logs.ts';
import { METRICS } from '../../lambda/contract/metrics.ts';
import { UNSUBSCRIBE_SOURCE } from '../../lambda/contract/unsubscribe.ts';
import { MAILBOX_OPERATORS } from '../../lambda/domain/mailbox-operators.ts';
import { QUERIES } from '../../lib/constructs/watch/queries/queries.ts';
import { VARIANTS } from '../support/stack/settings.ts';
import { show, synthesize } from '../support/template.ts';

/** The runbook's queries: saved in the account as they stand there, and about fields that functions write. */

const runbook = readFileSync('docs/runbook.md', 'utf8');
const written = Object.entries(QUERIES);

/** Everything that a line of a function can have, by who says so. */
const CONTRACT = new Set<string>([
  ...Object.values(METRICS),
  ...Object.values(FACTS),
  ...Object.values(BATCH_FACTS),
  ...MAILBOX_OPERATORS.map(({ name }) => blockedFact(name)),
  // A line of a batch counts its new events by type.
  ...EVENT_TYPES,
  '@timestamp',
  '@logStream',
]);
/** What Lambda's own logger writes, of a function that crashed too. */
const LAMBDA = new Set(['level', 'message', 'errorType', 'type']);
const WORDS = new Set(
  'fields filter stats sort limit by as desc asc in or and not bin count sum avg max ispresent coalesce count_distinct'.split(
    ' ',
  ),
);

/** Names of fields in a query, without those that it makes itself. */
function fieldsOf(text: string): string[] {
  const bare = text.replace(/"[^"]*"/g, '').replace(/\bbin\(\w+\)/g, '');
  const made = new Set([...bare.matchAll(/\bas (\w+)/g)].map(([, name]) => name));
  return [...bare.matchAll(/[@A-Za-z_]\w*/g)]
    .map(([name]) => name)
    .filter((name) => !made.has(name) && !WORDS.has(name));
}

describe.each(written)('%s', (heading, { of, lines }) => {
  const chapter = runbook.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';

  test('stands in the runbook, with the log groups that it asks', () => {
    expect(chapter).toContain(`\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n`);
    const groups = [...(chapter.split('```')[0]?.matchAll(/`\/quell-prod\/(\w+)`/g) ?? [])].map(([, name]) => name);
    expect(groups).toEqual(of);
  });

  test('asks for fields that these functions write', () => {
    const fields = fieldsOf(lines.join('\n'));
    expect(fields).not.toEqual([]);
    const code = globSync([...of.map((name) => `lambda/handlers/${name}/**/*.ts`), 'lambda/aws/telemetry.ts'])
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const unknown = fields.filter(
      (name) => !CONTRACT.has(name) && !LAMBDA.has(name) && !new RegExp(`[{,] ?${name}\\b`).test(code),
    );
    expect(unknown).toEqual([]);
  });
});

test('texts that a query looks for are words of the contract, or levels of the logger', () => {
  const known = new Set<string>([...Object.values(LOG), UNSUBSCRIBE_SOURCE, 'WARN', 'ERROR', 'FATAL']);
  const texts = written.flatMap(([heading, { lines }]) =>
    [...lines.join('\n').matchAll(/"([^"]*)"/g)].map(([, text = '']) => ({ heading, text })),
  );
  expect(texts.filter(({ text }) => !known.has(text))).toEqual([]);
  expect(texts.map(({ text }) => text)).toEqual(expect.arrayContaining([LOG.notEnqueued, UNSUBSCRIBE_SOURCE]));
});

test('what is asked of each mailbox operator is asked of every one', () => {
  const asked = QUERIES['mailbox-blocks']?.lines.join('\n') ?? '';
  expect(fieldsOf(asked).filter((name) => name.startsWith('blocked_'))).toEqual(
    MAILBOX_OPERATORS.map(({ name }) => blockedFact(name)),
  );
});

test('no query of the runbook is forgotten', () => {
  const chapters = runbook
    .split(/^## /m)
    .slice(1)
    .filter((part) => /\n```\n(fields|filter|stats) /.test(part));
  expect(chapters.map((part) => part.split('\n')[0]).sort()).toEqual(Object.keys(QUERIES).sort());
});

describe('saved in the account', () => {
  const { ofType } = synthesize(VARIANTS.everything);
  const saved = ofType('AWS::Logs::QueryDefinition').map(([, { Properties }]) => Properties);
  const groups = ofType('AWS::Logs::LogGroup').map(([id]) => id);

  test('one for each alarm that has a query, in the folder of the stack', () => {
    const alarms = [...ofType('AWS::CloudWatch::Alarm'), ...ofType('AWS::CloudWatch::CompositeAlarm')];
    const headings = alarms.map(
      ([, { Properties }]) => /#([a-z-]+)$/.exec(String(Properties.AlarmDescription))?.[1] ?? '',
    );
    const expected = [...new Set(headings)].filter((heading) => heading in QUERIES);
    expect(saved.map(({ Name }) => Name).sort()).toEqual(expected.map((heading) => `quell-test/${heading}`).sort());
    expect(expected.length).toBeGreaterThan(25);
  });

  test('each asks log groups that the stack has, word for word as the runbook', () => {
    for (const { Name, QueryString, LogGroupNames } of saved) {
      const { lines } = QUERIES[String(Name).replace('quell-test/', '')] ?? {};
      expect(QueryString).toBe(lines?.join('\n'));
      expect((LogGroupNames as unknown[]).length).toBeGreaterThan(0);
      for (const group of LogGroupNames as unknown[]) expect(groups).toContain(show(group));
    }
  });
});
