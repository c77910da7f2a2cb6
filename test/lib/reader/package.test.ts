import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PAGES, snippetsOf } from '../../support/docs/snippets.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { addressOf, fill } from './people.ts';

/** The package as other services get it: built, packed, and unpacked beside projects of each kind that have nothing but the SDK. */

const run = promisify(execFile);
const require = createRequire(join(process.cwd(), 'package.json'));
const folder = mkdtempSync(join(tmpdir(), 'quell-reader-'));
const NAME = '@quell-mail/reader';
const installed = join(folder, 'node_modules', NAME);
const KINDS = { esm: '{"type":"module"}', cjs: '{"type":"commonjs"}', jest: '{}' };
let dynamo: TestDynamo;
/** The file that is installed. */
let packed: string;

beforeAll(async () => {
  dynamo = await startTestDynamo();
  await fill(dynamo.client, dynamo.tables.suppression);
  const { stdout } = await run(process.execPath, ['lib/reader/build.mjs', join(folder, 'built'), '--pack']);
  packed = stdout.trim();
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', packed, '-C', installed, '--strip-components=1']);
  const sdk = '@aws-sdk/client-dynamodb';
  mkdirSync(join(folder, 'node_modules/@aws-sdk'));
  symlinkSync(dirname(require.resolve(`${sdk}/package.json`)), join(folder, 'node_modules', sdk));
  for (const [kind, manifest] of Object.entries(KINDS)) {
    mkdirSync(join(folder, kind));
    writeFileSync(join(folder, kind, 'package.json'), manifest);
  }
});
afterAll(async () => {
  await dynamo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const read = (file: string, from = installed): string => readFileSync(join(from, file), 'utf8');
const manifestIn = (from: string) => JSON.parse(read('package.json', from)) as Record<string, unknown>;

describe('the package', () => {
  test('needs the SDK, which its user has, and nothing else', () => {
    const manifest = manifestIn(installed);
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest.peerDependencies).toEqual({ '@aws-sdk/client-dynamodb': expect.any(String) });
    const needed = new Set(['node:crypto', 'node:url', 'node:timers/promises', '@aws-sdk/client-dynamodb']);
    const found = (file: string, pattern: RegExp) => new Set([...read(file).matchAll(pattern)].map(([, name]) => name));
    expect(found('esm/index.js', /from "([^"]+)"/g)).toEqual(needed);
    expect(found('cjs/index.js', /require\("([^"]+)"\)/g)).toEqual(needed);
  });

  test('explains itself, with every page that it names', () => {
    const readme = read('README.md');
    expect(readme).toContain(`from '${NAME}'`);
    expect(basename(packed)).toContain(String(manifestIn(installed).version));
    expect(readme).toContain(`npm install ./${basename(packed)} @aws-sdk/client-dynamodb\n`);
    for (const page of ['README.md', 'suppression-table.md', 'unsubscribe.md']) {
      const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to.split('#')[0] ?? '');
      const missing = links.filter((to) => !/^https?:/.test(to) && to !== '' && !existsSync(join(installed, to)));
      expect({ page, missing }).toEqual({ page, missing: [] });
    }
  });

  test('has types that explain: what throws, what is the default, and an example of each call', () => {
    const types = ['index.d.ts', 'types.d.ts', 'unsubscribe.d.ts'].map((file) => read(`esm/${file}`)).join('\n');
    expect(types.match(/@default/g)).toHaveLength(7);
    expect(types.match(/@throws/g)).toHaveLength(4);
    const explained = [...types.matchAll(/@example[\s\S]*?\*\/\s*(?:export declare (?:const|function) )?(\w+)/g)];
    expect(explained.map(([, name]) => name)).toEqual(
      expect.arrayContaining([
        'FOREVER',
        'normaliseAddress',
        'createReader',
        'check',
        'checkMany',
        'unsubscribeHeaders',
        'unsubscribeUrl',
      ]),
    );
  });

  test('cannot be published under its own name, and under no name without a scope', async () => {
    expect(manifestIn(installed)).toMatchObject({ name: NAME, private: true });
    const bare = run(process.execPath, ['lib/reader/build.mjs', join(folder, 'bare'), '--name', 'quell']);
    await expect(bare).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('must have a scope of yours'),
    });
    expect(existsSync(join(folder, 'bare'))).toBe(false);

    const own = join(folder, 'own');
    await run(process.execPath, ['lib/reader/build.mjs', own, '--name', '@acme/quell-reader']);
    expect(manifestIn(own)).toMatchObject({ name: '@acme/quell-reader', publishConfig: { access: 'restricted' } });
    expect(manifestIn(own)).not.toHaveProperty('private');
    expect(read('README.md', own)).toContain("from '@acme/quell-reader'");
    expect(read('README.md', own)).toContain('npm install @acme/quell-reader @aws-sdk/client-dynamodb\n');
    expect(read('README.md', own)).not.toMatch(/@quell-mail\/reader|tgz|VERSION/);
  });
});

const SDK_IMPORT = {
  esm: `import { DynamoDBClient } from '@aws-sdk/client-dynamodb'; import { createReader, FOREVER, normaliseAddress, unsubscribeHeaders } from '${NAME}';`,
  cjs: `const { DynamoDBClient } = require('@aws-sdk/client-dynamodb'); const { createReader, FOREVER, normaliseAddress, unsubscribeHeaders } = require('${NAME}');`,
};
const ASK = `
  const [endpoint, table, ...emails] = process.argv.slice(2);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const reader = createReader({ client: new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }), table });
  const keys = 'quell_unsub_' + 'A'.repeat(43);
  (async () => {
    const one = await reader.check(emails[0]);
    const many = await reader.checkMany(emails);
    const headers = unsubscribeHeaders({ address: emails[0], keys, baseUrl: 'https://hooks.example.com' });
    const form = normaliseAddress('A@B.example');
    const nobody = new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', region: 'us-east-1', credentials });
    const refused = await createReader({ client: nobody, table }).check(emails[0]);
    console.log(JSON.stringify({ one, many, headers, forever: one.until === FOREVER, form, refused }));
  })();`;

test.each(['esm', 'cjs'] as const)('it reads the list from a project of kind %s', async (kind) => {
  writeFileSync(join(folder, kind, 'main.js'), SDK_IMPORT[kind] + ASK);
  const emails = [addressOf('complained'), addressOf('nobody')];
  const { stdout } = await run(process.execPath, ['main.js', dynamo.endpoint, dynamo.tables.suppression, ...emails], {
    cwd: join(folder, kind),
  });
  expect(JSON.parse(stdout)).toMatchObject({
    one: { status: 'suppressed', reason: 'complaint' },
    many: [{ status: 'suppressed' }, { status: 'clear' }],
    headers: { 'List-Unsubscribe': expect.stringMatching(/^<https:\/\/hooks\.example\.com\/u\/v1\/[\w-]+>$/) },
    forever: true,
    form: 'a@b.example',
    refused: { status: 'unknown', why: 'lookup-failed', error: 'ECONNREFUSED' },
  });
});

test.each([
  ['esm', 'node16', 'node16'],
  ['cjs', 'node16', 'node16'],
  ['cjs', 'nodenext', 'nodenext'],
  ['esm', 'esnext', 'bundler'],
])('its types hold in a project of kind %s with module %s, resolution %s', async (kind, module, resolution) => {
  writeFileSync(
    join(folder, kind, 'types.ts'),
    `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { type Answer, createReader, unsubscribeHeaders, type UnsubscribeHeaders } from '${NAME}';
    const headers: UnsubscribeHeaders = unsubscribeHeaders({ address: 'a', keys: ['k'], baseUrl: 'u' });
    headers['List-Unsubscribe'].length;
    export async function ask() {
      const answer: Answer = await createReader({ client: new DynamoDBClient({}), table: 't' }).check('a', { scope: ['s'] });
      if (answer.status === 'suppressed') answer.until.toFixed();
      // @ts-expect-error the other answers have no end
      answer.until;
    }
    // @ts-expect-error a reader needs a table
    createReader({ client: new DynamoDBClient({}) });`,
  );
  const tsc = resolve(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const options = ['--noEmit', '--strict', '--target', 'es2024', '--skipLibCheck', '--types', ''];
  const how = ['--module', module, '--moduleResolution', resolution];
  const { stdout } = await run(process.execPath, [tsc, ...options, ...how, 'types.ts'], {
    cwd: join(folder, kind),
  }).catch((failed: { stdout: string }) => failed);
  expect(stdout).toBe('');
});

test('what the pages show of it compiles', async () => {
  const shown = [...PAGES, 'lib/reader/README.md'].flatMap((page) =>
    snippetsOf(page).filter(({ language, text }) => language === 'ts' && text.includes(`from '${NAME}'`)),
  );
  expect(shown.length).toBeGreaterThan(2);
  const around = `
    declare const process: { env: Record<string, string | undefined> };
    declare const console: { log(text: string): void };
    declare const campaign: { emails: string[] };
    declare function sendNewsletter(): Promise<void>;
    declare function sendReceipt(): Promise<void>;`;
  const files = shown.map(({ text }, n) => {
    writeFileSync(join(folder, `esm/shown${n}.ts`), `${text}${around}`);
    return `shown${n}.ts`;
  });
  const tsc = resolve(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const options = ['--noEmit', '--strict', '--target', 'es2024', '--skipLibCheck', '--types', ''];
  const how = ['--module', 'nodenext', '--moduleResolution', 'nodenext'];
  const { stdout } = await run(process.execPath, [tsc, ...options, ...how, ...files], {
    cwd: join(folder, 'esm'),
  }).catch((failed: { stdout: string }) => failed);
  expect(stdout).toBe('');
});

test('a Jest that nobody configured runs what uses it', async () => {
  writeFileSync(
    join(folder, 'jest/reader.test.js'),
    `const { createReader, normaliseAddress } = require('${NAME}');
    test('a service is tested with an answer of its own', async () => {
      const client = { send: async () => ({ Item: undefined }) };
      const answer = await createReader({ client, table: 't' }).check('Ada@example.com');
      expect(answer).toEqual({ status: 'clear', email: 'Ada@example.com', address: normaliseAddress('ada@example.com') });
    });`,
  );
  const jest = join(dirname(require.resolve('jest/package.json')), 'bin/jest.js');
  const { stderr } = await run(process.execPath, [jest, '--rootDir', '.', '--runInBand', '--no-cache'], {
    cwd: join(folder, 'jest'),
    env: { ...process.env, NODE_OPTIONS: '' },
  }).catch((failed: { stderr: string }) => failed);
  expect(stderr).toMatch(/Tests: +1 passed, 1 total/);
});
