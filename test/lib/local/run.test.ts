import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { compileCache } from '../../../lib/local/compile-cache.ts';
import type { StackFile } from '../../../lib/local/home.ts';
import { progress } from '../../../lib/local/progress.ts';
import { isRunning, temporaryFolder, until } from '../../support/local-toy.ts';

const folder = temporaryFolder();
const STACK = join(folder, '.local/stack.json');
/** Synthesizing takes two seconds, on a busy machine many more. */
const PATIENCE = 60_000;
const children: ChildProcess[] = [];

beforeAll(() => {
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ sources: { sendgrid: { provider: 'sendgrid' } } }));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

function run(args: string[] = ['--settings', 'settings.json'], port = '0'): Run {
  const env = { PATH: process.env.PATH, PORT: port, ...compileCache() };
  const child = spawn(process.execPath, [resolve('bin/local.ts'), ...args], { cwd: folder, env });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      said += text;
    });
  }
  return { child, said: () => said, ended: new Promise((done) => child.once('close', done)) };
}

async function ready(): Promise<StackFile> {
  await until(() => existsSync(STACK), PATIENCE);
  return JSON.parse(readFileSync(STACK, 'utf8')) as StackFile;
}

/** Whether anything answers there. */
const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

async function nothingIsLeft({ url, endpoints, functions }: StackFile): Promise<void> {
  const pids = Object.values(functions).map(({ pid }) => pid);
  await until(async () => !pids.some(isRunning));
  await until(async () => !(await Promise.all([url, ...Object.values(endpoints)].map(answers))).includes(true));
}

describe('a run', () => {
  test(
    'answers, keeps a second one out, and leaves nothing behind when it is told to stop, twice',
    async () => {
      const { child, ended, said } = run();
      const stack = await ready();
      const response = await fetch(stack.sources.sendgrid?.url ?? '', { method: 'POST', body: '[]' });
      expect(response.status).toBe(401);
      await until(() => said().includes('Quell is running'), PATIENCE);

      const second = run();
      expect(await second.ended).toBe(1);
      expect(second.said().trim().split('\n')).toHaveLength(1);
      expect(second.said()).toContain('another local run');

      child.kill('SIGTERM');
      child.kill('SIGINT');
      expect(await ended).toBe(0);
      await nothingIsLeft(stack);
      expect(existsSync(STACK)).toBe(false);
    },
    PATIENCE,
  );

  test(
    'that is killed outright leaves no process behind, and the next one starts in its place',
    async () => {
      const { child } = run(['--settings', 'settings.json', '--data', 'data']);
      const stack = await ready();
      for (const name of ['dynamodb.sqlite', 'fauxqs.db'])
        expect(statSync(join(folder, 'data', name)).mode & 0o777).toBe(0o600);
      child.kill('SIGKILL');
      await nothingIsLeft(stack);

      const next = run();
      await until(() => /starting the emulators +done/.test(next.said()), PATIENCE);
      next.child.kill('SIGINT');
      expect(await next.ended).toBe(0);
      expect(next.said()).toContain('Stopping...');
    },
    PATIENCE,
  );
});

test('--help explains and starts nothing', async () => {
  const { ended, said } = run(['--help']);
  expect(await ended).toBe(0);
  expect(said()).toMatch(/^Usage: npm start -- \[options\][\s\S]+--data DIR +keep/);
  expect(existsSync(STACK)).toBe(false);
});

test('each step is announced before it begins, and a long one gives a sign of life', async () => {
  const lines: string[] = [];
  jest.useFakeTimers();
  const { step } = progress((line) => void lines.push(line.replace(/ {2,}/g, ' ').trim()));
  let finish = () => {};
  const work = step(
    'thinking',
    () =>
      new Promise<void>((done) => {
        finish = done;
      }),
  );
  expect(lines).toEqual(['thinking ...']);
  jest.advanceTimersByTime(11_000);
  expect(lines.slice(1)).toEqual(['thinking still at it, 5 s', 'thinking still at it, 10 s']);
  finish();
  await work;
  jest.useRealTimers();
  expect(lines.at(-1)).toMatch(/^thinking done, 11\.0 s$/);
  expect(lines).toHaveLength(4);
});

describe('what goes wrong at start is said in one line', () => {
  let busy: Server;
  let taken: string;
  beforeAll(async () => {
    busy = createServer();
    await new Promise<void>((done) => busy.listen(0, '127.0.0.1', done));
    taken = String((busy.address() as AddressInfo).port);
  });
  afterAll(() => new Promise((done) => busy.close(done)));

  test.each<[string, string[], () => string, RegExp]>([
    ['a port in use', [], () => taken, /^Cannot start: port \d+ is in use.*PORT=0/],
    ['a port that is none', [], () => 'http', /^Cannot start: PORT is "http"/],
    ['an unknown option', ['--sectrets', 'x'], () => '0', /^Cannot start: Unknown option '--sectrets'/],
    [
      'a secret file that is not there',
      ['--secrets', 'none.json'],
      () => '0',
      /^Cannot start: none.json cannot be read/,
    ],
  ])('%s', async (_what, args, port, message) => {
    const { ended, said } = run(args, port());
    expect(await ended).toBe(1);
    expect(said().trim()).toMatch(message);
    expect(said().trim().split('\n')).toHaveLength(1);
  });
});
