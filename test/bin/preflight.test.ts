import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';

/** The one file that every way to start goes through, run by a Node that says it is older than it is. */

const OLD =
  'data:text/javascript,for (const [k, v] of [["version", "v20.20.2"], ["versions", { ...process.versions, node: "20.20.2" }]]) ' +
  'Object.defineProperty(process, k, { value: v })';
const folders: string[] = [];
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'quell-preflight-'));
  folders.push(project);
  mkdirSync(join(project, 'bin'));
  copyFileSync('bin/preflight.mjs', join(project, 'bin/preflight.mjs'));
  write(
    'entry.ts',
    `const told: string[] = [process.version, ...process.argv.slice(2)];\nconsole.log(told.join(' '));\n`,
  );
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string) => writeFileSync(join(project, name), text);
const command = (entry: string, ...rest: string[]) => ['--import', OLD, 'bin/preflight.mjs', entry, ...rest];

function run(entry: string, env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, command(entry, '--stage', 'prod'), {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

function install(into: string = join(project, 'node_modules/node/bin')): void {
  mkdirSync(into, { recursive: true });
  symlinkSync(process.execPath, join(into, 'node'));
}

describe('on an older Node', () => {
  test('the installed one takes over, with the same arguments', () => {
    install();
    expect(run('entry.ts')).toEqual({ status: 0, stdout: `${process.version} --stage prod\n`, stderr: '' });
  });

  test('it ends as what it runs ends', () => {
    install();
    write('fails.ts', 'process.exit(7);\n');
    expect(run('fails.ts').status).toBe(7);
  });

  test('a signal to it reaches what it runs', async () => {
    install();
    write(
      'waits.ts',
      `process.on('SIGTERM', () => process.exit(5));\nsetInterval(() => {}, 1000);\nconsole.log('up');\n`,
    );
    const child = spawn(process.execPath, command('waits.ts'), { cwd: project });
    const ended = new Promise((done) => child.once('exit', done));
    await new Promise((done) => child.stdout.once('data', done));
    child.kill('SIGTERM');
    expect(await ended).toBe(5);
  });

  test('where install scripts are off, the one that brings Node is run, with a word about it', () => {
    const tools = join(project, 'tools');
    install(join(project, 'elsewhere'));
    mkdirSync(tools);
    mkdirSync(join(project, 'node_modules/node'), { recursive: true });
    // Only with these words does npm run an install script against the settings.
    const npm = `[ "$*" = "rebuild node --ignore-scripts=false" ] && [ "$PWD" = "$(cd ${project} && pwd -P)" ] && mv elsewhere node_modules/node/bin`;
    writeFileSync(join(tools, 'npm'), `#!/bin/sh\n${npm}\n`);
    chmodSync(join(tools, 'npm'), 0o755);
    const { status, stdout, stderr } = run('entry.ts', { PATH: `${tools}${delimiter}${process.env.PATH}` });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${process.version} --stage prod\n` });
    expect(stderr).toMatch(/^Install scripts were off.+npm rebuild node --ignore-scripts=false\n$/);
    expect(run('entry.ts').stderr).toBe('');
  });

  test('before "npm ci" a sentence says what to do', () => {
    const { status, stderr } = run('entry.ts');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'Quell runs on Node 24, this is v20.20.2. Run "npm ci" first: it brings Node 24 along.\n',
    });
  });
});
