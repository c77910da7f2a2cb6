import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

/**
 * Whoever adds a word to the vocabulary is told by the compiler where it is not thought of yet. Shown on a copy of the sources, to which a
 * word is added and nothing else.
 */

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'quell-forgotten-'));
  for (const folder of ['lambda', 'lib']) cpSync(folder, join(copy, folder), { recursive: true });
  cpSync('package.json', join(copy, 'package.json'));
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  const config = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as object;
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ ...config, include: ['lambda', 'lib'] }));
});
afterEach(() => rmSync(copy, { recursive: true }));

function change(file: string, from: string, to: string): void {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

/** Files in which the compiler finds mistakes, and how many. */
async function mistakes(): Promise<Record<string, number>> {
  const compile = promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit'], { cwd: copy });
  const told = await compile.then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
  const files = told.split('\n').flatMap((line) => /^(\S+)\(\d+,\d+\): error/.exec(line)?.[1] ?? []);
  return Object.fromEntries([...Map.groupBy(files, (file) => file)].map(([file, lines]) => [file, lines.length]));
}

describe('what is forgotten is named by the compiler', () => {
  test('a new type of event: where it is judged, counted and told', async () => {
    change('lambda/contract/event/types.ts', "'inbound',", "'inbound', 'forwarded',");
    expect(Object.keys(await mistakes()).sort()).toEqual([
      'lambda/domain/event/record.ts',
      'lambda/domain/suppression/history.ts',
      'lambda/domain/suppression/policy.ts',
      'lambda/handlers/process/tally.ts',
      'lib/ops/commands/timeline/message-story.ts',
      'lib/ops/words/story.ts',
    ]);
  }, 60_000);

  test('a new reason of a drop: where it is told. A new member: its greatest length, its meaning, a kind that all know', async () => {
    change('lambda/contract/event/types.ts', "'duplicate',", "'duplicate', 'held',");
    for (const [name, field] of Object.entries({
      endless: "{ is: 'text' }",
      unexplained: "{ is: 'text', most: 64 }",
      strange: "{ is: 'date' }",
    }))
      change('lambda/contract/event/fields.ts', '  subject: {', `  ${name}: ${field},\n  subject: {`);
    expect(await mistakes()).toMatchObject({
      'lambda/contract/event/fields.ts': 2,
      'lambda/contract/event/meanings.ts': 1,
      'lib/ops/words/story.ts': 1,
    });
  }, 60_000);
});
