import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EVENT_TYPES } from '../../lambda/contract/event/types.ts';
import { BATCH_FACTS, blockedFact, FACTS } from '../../lambda/contract/logs.ts';
import { METRICS } from '../../lambda/contract/metrics.ts';
import { MAILBOX_OPERATORS } from '../../lambda/domain/mailbox-operators.ts';
import { QUERIES } from '../../lib/constructs/watch/queries/queries.ts';
import { ownRunbookPage, runbookPage } from '../../lib/settings/runbook-url.ts';
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

describe("the runbook's address, by the repository", () => {
  const GITHUB = 'https://github.com/example-org/quell/blob/HEAD/docs/runbook.md';
  test.each([
    ['https://github.com/example-org/quell.git', GITHUB],
    ['https://github.com/example-org/quell\n', GITHUB],
    ['git@github.com:example-org/quell.git', GITHUB],
    ['ssh://git@github.com/example-org/quell.git', GITHUB],
    ['ssh://git@github.com:22/example-org/quell.git', GITHUB],
    ['https://someone:ghp_hushhush@github.com/example-org/quell.git', GITHUB],
    ['git@gitlab.com:group/sub/quell.git', 'https://gitlab.com/group/sub/quell/-/blob/HEAD/docs/runbook.md'],
    ['https://bitbucket.org/team/quell.git', 'https://bitbucket.org/team/quell/src/HEAD/docs/runbook.md'],
    ['git@git.example.com:team/quell.git', undefined],
    ['/srv/git/quell.git', undefined],
    ['../quell', undefined],
    ['https://github.com/', undefined],
    ['https://github.com/a/b"><script>', undefined],
    ['', undefined],
  ])('%j', (remote, page) => {
    expect(runbookPage(remote)).toBe(page);
  });

  test('where there is no repository there is none', () => {
    expect(ownRunbookPage('/')).toBeUndefined();
  });
});
