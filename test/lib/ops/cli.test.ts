import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../../lib/ops/cli/cli.ts';
import { ops, project, spawnOps, stackFile } from '../../support/ops.ts';

const SECRET = 'hunter2-hunter2-hunter2';

describe('ops: the command line', () => {
  test.each([...COMMANDS.keys()])('%s explains itself with an example and its exit codes', async (name) => {
    for (const args of [
      [name, '--help'],
      ['help', name],
      [name, '-h'],
    ]) {
      const { code, out, err } = await ops(args);
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain(`npm run --silent ops -- ${name} `);
      expect(out).toMatch(/Example:\n {2}npm run --silent ops -- \w+/);
      expect(out).toContain('Exit codes: 0');
    }
  });

  test('--version is that of this checkout', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await ops(['--version'])).toMatchObject({ code: 0, out: `${version}\n`, err: '' });
  });

  test('the overview lists every command: asked for on standard output, else as a mistake', async () => {
    const asked = await ops(['--help']);
    const bare = await ops([]);
    expect([asked.code, asked.err, bare.code, bare.out]).toEqual([0, '', 2, '']);
    for (const name of COMMANDS.keys()) {
      expect(asked.out).toContain(name);
      expect(bare.err).toContain(name);
    }
  });

  test('what stands in a list of the help is told apart from what it is', async () => {
    const words = new RegExp(`^  (?:${[...COMMANDS.keys()].join('|')})( +)\\S`);
    const overview = (await ops(['--help'])).out.split('\n').filter((line) => line.startsWith('  '));
    expect(overview).toHaveLength(COMMANDS.size);
    const glued = overview.filter((line) => (words.exec(line)?.[1]?.length ?? 0) < 2);
    for (const name of COMMANDS.keys()) {
      const { out } = await ops([name, '--help']);
      const options = (out.split('\nOptions:\n')[1] ?? '').split('\n\n')[0]?.split('\n') ?? [];
      expect(options.length).toBeGreaterThan(1);
      glued.push(...options.filter((line) => !/^ {2}--\S+(?: \S+)? {2,}\S/.test(line)));
    }
    expect(glued).toEqual([]);
  });

  test.each([
    [['chek', 'ada@example.com'], 'Did you mean "check"?'],
    [['norm'], 'Did you mean "normalize"?'],
    [['constructor'], 'no such command'],
    [['__proto__'], 'no such command'],
    [['check'], 'the address is missing'],
    [['check', 'ada@example.com', '--scop', 'x'], 'Did you mean "--scope"?'],
    [['check', 'no address', '--local'], 'not an e-mail address'],
    [['check', 'ada@example.com', '--scope', 'a', '--transactional'], 'never stops transactional mail'],
    [['check', 'ada@example.com', '--scope'], 'argument missing'],
    [['check', 'ada@example.com', '--local', '--stage', 'prod'], 'choose one'],
    [['timeline', 'ada@example.com', '--limit', '0'], 'whole number'],
    [['normalize', 'sendgird'], 'Did you mean "sendgrid"?'],
    [['normalize', 'constructor'], 'no such provider'],
    [['normalize', 'sendgrid', '--at', 'yesterday'], 'not a time'],
    [['normalize', 'sendgrid', '--options', '{"x":1}'], 'does not fit sendgrid: x'],
    [['send', 'sendgrid', '--type', 'bounce'], 'Did you mean "bounced"?'],
    [['send', 'sendgrid', '--all', '--type', 'bounced'], 'exclude each other'],
    [['secrets', 'lst'], 'Did you mean "list"?'],
    [['verify', 'sendgrid'], '--headers and --body'],
  ])('%j is wrong usage and says how to do better', async (args, hint) => {
    const { code, out, err } = await ops(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(hint);
    expect(err).toContain('--help');
  });

  test('a secret in the wrong place is refused and not repeated', async () => {
    for (const args of [
      ['secrets', 'set', 'sendgrid', SECRET],
      ['secrets', 'set', 'sendgrid', `--value=${SECRET}`],
      ['verify', 'sendgrid', '--headers', 'h', '--body', 'b', '--secret', SECRET],
      [SECRET],
    ]) {
      const { code, out, err } = await ops(args);
      expect(code).toBe(2);
      expect(out + err).not.toContain(SECRET);
    }
  });

  test('without a running stack the answer is unknown, never "no"', async () => {
    const { root, remove } = project();
    const none = await ops(['check', 'ada@example.com', '--local'], { root });
    expect([none.code, none.err]).toEqual([3, expect.stringContaining('npm start')]);
    remove();
    const stopped = project({ '.local/stack.json': stackFile() });
    const dead = await ops(['check', 'ada@example.com', '--local'], { root: stopped.root });
    expect([dead.code, dead.out, dead.err]).toEqual([3, '', expect.stringContaining('ECONNREFUSED')]);
    stopped.remove();
  });

  test.each(['', '{"url": "http://127', 'null', '[]', '{}', '"gone"', '{"url":1,"sources":[]}'])(
    'a file of the local stack that holds %j is no fault of the program',
    async (content) => {
      const { root, remove } = project();
      writeFileSync(join(root, '.local/stack.json'), content);
      for (const args of [['check', 'ada@example.com'], ['doctor'], ['send', 'sendgrid']]) {
        const { code, out, err } = await ops([...args, '--local'], { root });
        expect([code, out, err]).toEqual([3, '', expect.stringMatching(/stack\.json is not readable.*npm start/)]);
      }
      remove();
    },
  );

  test('a reader that leaves early is no failure', async () => {
    // Far more than a pipe holds.
    const body = JSON.stringify(
      Array.from({ length: 3_000 }, (_, n) => ({
        event: 'open',
        email: `p${n}@example.com`,
        timestamp: 1777888800 + n,
      })),
    );
    const child = spawn(process.execPath, ['bin/ops.ts', 'normalize', 'sendgrid']);
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    child.stdin.on('error', () => undefined).end(body);
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect([code, err]).toEqual([0, '']);
  });

  test('as a program it answers with its exit code and keeps standard error clean', async () => {
    const help = await spawnOps(['--help']);
    expect([help.code, help.err]).toEqual([0, '']);
    const wrong = await spawnOps(['chek']);
    expect([wrong.code, wrong.out]).toEqual([2, '']);
  });
});

describe('docs/cli.md', () => {
  const page = readFileSync('docs/cli.md', 'utf8');

  test.each([...COMMANDS])('has a section for %s that names its options', async (name, { load }) => {
    const section = page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
    expect(section).not.toBe('');
    const shared = page.split(/^## /m)[1] ?? '';
    const { options } = (await load()).command;
    for (const option of Object.keys(options)) expect(section + shared).toContain(`--${option}`);
  });

  test('says of each command that asks a stack which rights it needs: in the table, or in its section', async () => {
    const table = /^\| command +\| rights .*\n(?:\|.*\n)+/m.exec(page)?.[0] ?? '';
    const first = [...table.matchAll(/^\|([^|]*)\|/gm)].map(([, cell]) => cell).join();
    const all = await Promise.all([...COMMANDS].map(async ([name, { load }]) => ({ name, ...(await load()).command })));
    const silent = all.filter(({ name, options }) => {
      const section = page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
      return 'stage' in options && !new RegExp(`\`${name}\\b`).test(first) && !/\bRights:\s/.test(section);
    });
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
