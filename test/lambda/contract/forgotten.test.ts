import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';

/**
 * Whoever adds a word to the vocabulary is told by the compiler where it is not thought of yet. Shown on a copy of the sources, to which words
 * are added and nothing else; all in one, because the compiler takes many seconds of a machine each time, and names the word it means.
 */

/** By night all of `lib`; by day of it what judges, counts or tells events: the compiler takes three times as long for the whole. */
const INCLUDED = process.env.NIGHTLY
  ? ['lambda', 'lib']
  : ['lambda', 'lib/ops/commands/timeline/message-story.ts', 'lib/ops/words/story.ts'];

interface Mistake {
  readonly file: string;
  readonly text: string;
}
let mistakes: readonly Mistake[];

beforeAll(async () => {
  const copy = mkdtempSync(join(tmpdir(), 'quell-forgotten-'));
  const change = (file: string, from: string, to: string): void => {
    const path = join(copy, file);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };
  for (const folder of ['lambda', 'lib']) cpSync(folder, join(copy, folder), { recursive: true });
  cpSync('package.json', join(copy, 'package.json'));
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  const config = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as object;
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ ...config, include: INCLUDED }));

  change('lambda/contract/event/types.ts', "'inbound',", "'inbound', 'forwarded',");
  change('lambda/contract/event/types.ts', "'duplicate',", "'duplicate', 'held',");
  for (const [name, field] of Object.entries({
    endless: "{ is: 'text' }",
    unexplained: "{ is: 'text', most: 64 }",
    strange: "{ is: 'date' }",
  }))
    change('lambda/contract/event/fields.ts', '  subject: {', `  ${name}: ${field},\n  subject: {`);
  mistakes = await compiled(copy);
  rmSync(copy, { recursive: true });
}, 120_000);

async function compiled(cwd: string): Promise<Mistake[]> {
  const told = await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit'], {
    cwd,
  }).catch(({ stdout }: { stdout: string }) => ({ stdout }));
  return [...told.stdout.matchAll(/^(\S+)\(\d+,\d+\): error (.*(?:\n .*)*)/gm)].map(([, file = '', text = '']) => ({
    file,
    text,
  }));
}

/** Files in which the compiler misses something, and how often; of one word where it is given. */
const told = (word = /./): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(mistakes, ({ file }) => file)].flatMap(([file, all]) => {
      const own = all.filter(({ text }) => word.test(text));
      return own.length > 0 ? [[file, own.length]] : [];
    }),
  );

describe('what is forgotten is named by the compiler', () => {
  test('a new type of event: where it is judged, counted and told', () => {
    expect(Object.keys(told(/['"]forwarded['"]/)).sort()).toEqual([
      'lambda/domain/event/record.ts',
      'lambda/domain/suppression/history.ts',
      'lambda/domain/suppression/policy.ts',
      'lambda/handlers/process/tally.ts',
      'lib/ops/commands/timeline/message-story.ts',
      'lib/ops/words/story.ts',
    ]);
  });

  test('a new reason of a drop: where it is judged and told', () => {
    expect(told(/'held'/)).toEqual({ 'lambda/domain/suppression/policy.ts': 1, 'lib/ops/words/story.ts': 1 });
  });

  test('a new member: its greatest length, its meaning, a kind that all know', () => {
    expect(told()).toMatchObject({ 'lambda/contract/event/fields.ts': 2, 'lambda/contract/event/meanings.ts': 1 });
  });

  test('and nothing else is a mistake', () => {
    expect(Object.keys(told()).sort()).toEqual([
      'lambda/contract/event/fields.ts',
      'lambda/contract/event/meanings.ts',
      'lambda/domain/event/normalised.ts',
      'lambda/domain/event/record.ts',
      'lambda/domain/suppression/history.ts',
      'lambda/domain/suppression/policy.ts',
      'lambda/handlers/process/tally.ts',
      'lib/ops/commands/timeline/message-story.ts',
      'lib/ops/words/story.ts',
    ]);
  });
});
