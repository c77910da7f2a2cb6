import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

/** The four steps of docs/new-provider.md, carried out word for word in a copy of the project. */

const run = promisify(execFile);
const STEPS = readFileSync('docs/new-provider.md', 'utf8');
const COPIED = [
  'bin',
  'lib',
  'lambda',
  'test',
  'bench',
  'docs',
  'settings',
  'package.json',
  'tsconfig.json',
  'cdk.json',
  'biome.json',
  'jest.config.mjs',
];
const PROVIDER = 'lambda/providers/acme-mail/index.ts';
const ACME_TEST = 'test/lambda/providers/acme-mail.test.ts';
let copy: string;

/** Code of the step under this heading. */
function blockOf(heading: string, language: string): string {
  const section = STEPS.split(/^## (?=\d\.)/m).find((text) => text.startsWith(heading)) ?? '';
  const block = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(section)?.[1];
  if (block === undefined) throw new Error(`no ${language} under "${heading}"`);
  return block;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text);
}

const node = async (...args: string[]): Promise<string> => {
  const { stdout } = await run(process.execPath, args, { cwd: copy, maxBuffer: 1 << 24 });
  return stdout;
};
/** What these files hold and import. */
async function typecheck(...include: readonly string[]): Promise<string> {
  await write('tsconfig.some.json', JSON.stringify({ extends: './tsconfig.json', include }));
  return node('node_modules/typescript/bin/tsc', '--noEmit', '--project', 'tsconfig.some.json');
}

beforeAll(async () => {
  copy = mkdtempSync(join(realpathSync(tmpdir()), 'quell-provider-'));
  for (const name of COPIED) cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));

  await write(PROVIDER, blockOf('1.', 'ts'));
  const [, line = '', name = ''] = /^(import .*)$[\s\S]*^( *\w+,)$/m.exec(blockOf('2.', 'ts')) ?? [];
  const registry = readFileSync('lambda/providers/index.ts', 'utf8');
  await write(
    'lambda/providers/index.ts',
    registry.replace(/^import /m, `${line}\nimport `).replace(/^( *)generic,$/m, `${name}\n$&`),
  );
  await write(ACME_TEST, blockOf('3.', 'ts'));
  await write('docs/providers/acme-mail.md', blockOf('4.', 'markdown'));
  for (const step of ['3.', '4.']) {
    const [, script = ''] = blockOf(step, 'sh').trim().split(' -- ');
    await node(script);
  }
}, 120_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test('compiles, and facts that are forgotten do not, and are named', async () => {
  const facts = ['keys', 'proof', 'emits', 'clearList'];
  // One look of the compiler at both: it takes seconds for what they import.
  const forgotten = PROVIDER.replace('index.ts', 'forgotten.ts');
  await write(forgotten, blockOf('1.', 'ts').replace(new RegExp(`^  (?:${facts.join('|')}): .*\\n`, 'gm'), ''));
  // By day what the steps write, and what reads the registry of providers; by night everything, which is twenty seconds of a machine.
  const all = process.env.NIGHTLY ? ['bin', 'lib', 'lambda', 'test', 'bench'] : ['lambda', ACME_TEST];
  const stdout = await typecheck(...all).catch((error: { stdout: string }) => error.stdout);
  rmSync(join(copy, forgotten));
  for (const fact of facts) expect(stdout).toContain(fact);
  const files = [...stdout.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map(([, file]) => file);
  expect([...new Set(files)]).toEqual([forgotten]);
}, 300_000);

test('is written as the house writes', async () => {
  const files = [PROVIDER, 'lambda/providers/index.ts', ACME_TEST];
  // By night what `npm run lint` asks as well, which reads the whole project first.
  const ask = process.env.NIGHTLY ? 'check' : 'format';
  const { stdout, stderr } = await run('node_modules/.bin/biome', [ask, '--colors=off', ...files], { cwd: copy }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  expect(stdout + stderr).toMatch(/^Checked 3 files in \S+ No fixes applied\.\n$/);
}, 120_000);

test('passes the contract and the rules of the house, and stands in the tables', async () => {
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--silent'];
  const ofAll = ['shared/given-body.test.ts', 'fingerprints.test.ts'].map((name) => `test/lambda/providers/${name}`);
  await node(...jest, ACME_TEST, ...ofAll, 'test/rules.test.ts');
  const tables = readFileSync(join(copy, 'docs/providers.md'), 'utf8');
  expect(tables).toContain('| [Acme Mail](providers/acme-mail.md) | `acme-mail` | **whole body** | HMAC | the ESP |');
}, 300_000);

test('is known to the settings, the local run and the command line, with nothing else touched', async () => {
  // By day the template alone: eight bundles are most of a synthesis.
  const cdk = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: object };
  const context = { ...cdk.context, ...(!process.env.NIGHTLY && { 'aws:cdk:bundling-stacks': [] }) };
  await write('cdk.json', JSON.stringify({ ...cdk, context }));
  await write(
    'try.ts',
    `import { openHome } from './lib/local/home.ts';
    import { synthesize } from './lib/local/template/synth.ts';
    const home = await openHome('.local');
    await synthesize(home, { watch() {} } as never, {} as never);`,
  );
  await node('try.ts');
  rmSync(join(copy, 'try.ts'));
  const [template = ''] = globSync(join(copy, '.local/cdk.out/*.template.json')).map((file) =>
    readFileSync(file, 'utf8'),
  );
  const { Outputs } = JSON.parse(template) as { Outputs: { Sources: { Value: string } } };
  expect(JSON.parse(Outputs.Sources.Value)).toMatchObject({ 'acme-mail': 'acme-mail' });

  const event = '[{"event":"failed","id":"e1","to":"ada@example.com","at":"2026-05-04T10:00:00Z"}]';
  const normalize = run(process.execPath, ['bin/ops.ts', 'normalize', 'acme-mail'], { cwd: copy });
  normalize.child.stdin?.end(event);
  expect(JSON.parse((await normalize).stdout)).toMatchObject({ type: 'bounced', provider: 'acme-mail' });
}, 300_000);
