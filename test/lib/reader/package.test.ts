import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { addressOf, fill } from './people.ts';

/** The package as other services get it: built, packed, unpacked in a folder that has nothing but the SDK. */

const run = promisify(execFile);
const require = createRequire(join(process.cwd(), 'package.json'));
const folder = mkdtempSync(join(tmpdir(), 'quell-reader-'));
const installed = join(folder, 'node_modules/quell');
let dynamo: TestDynamo;

beforeAll(async () => {
  dynamo = await startTestDynamo();
  await fill(dynamo.client, dynamo.tables.suppression);
  const built = join(folder, 'built');
  await run(process.execPath, ['lib/reader/build.mjs', built]);
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: built });
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', join(folder, stdout.trim()), '-C', installed, '--strip-components=1']);
  const sdk = '@aws-sdk/client-dynamodb';
  mkdirSync(join(folder, 'node_modules/@aws-sdk'));
  symlinkSync(dirname(require.resolve(`${sdk}/package.json`)), join(folder, 'node_modules', sdk));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(async () => {
  await dynamo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('it needs the SDK, which its user has, and nothing else', () => {
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect(manifest).not.toHaveProperty('dependencies');
  expect(manifest.peerDependencies).toEqual({ '@aws-sdk/client-dynamodb': expect.any(String) });
  const imports = readFileSync(join(installed, 'reader/index.js'), 'utf8').match(/from "[^"]+"/g);
  expect(new Set(imports)).toEqual(
    new Set([
      'from "node:crypto"',
      'from "node:url"',
      'from "node:timers/promises"',
      'from "@aws-sdk/client-dynamodb"',
    ]),
  );
});

test('it reads the list', async () => {
  writeFileSync(
    join(folder, 'main.js'),
    `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { createReader, FOREVER, normaliseAddress, unsubscribeHeaders } from 'quell/reader';
    const [endpoint, table, ...emails] = process.argv.slice(2);
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const reader = createReader({ client: new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }), table });
    const one = await reader.check(emails[0]);
    const many = await reader.checkMany(emails);
    const keys = 'quell_unsub_' + 'A'.repeat(43);
    const headers = unsubscribeHeaders({ address: emails[0], keys, baseUrl: 'https://hooks.example.com' });
    const form = normaliseAddress('A@B.example');
    console.log(JSON.stringify({ one, many, headers, forever: one.until === FOREVER, form }));`,
  );
  const emails = [addressOf('complained'), addressOf('nobody')];
  const { stdout } = await run(process.execPath, ['main.js', dynamo.endpoint, dynamo.tables.suppression, ...emails], {
    cwd: folder,
  });
  expect(JSON.parse(stdout)).toMatchObject({
    one: { status: 'suppressed', reason: 'complaint' },
    many: [{ status: 'suppressed' }, { status: 'clear' }],
    headers: { 'List-Unsubscribe': expect.stringMatching(/^<https:\/\/hooks\.example\.com\/u\/v1\/[\w-]+>$/) },
    forever: true,
    form: 'a@b.example',
  });
});

test('its types hold for those who use it', async () => {
  writeFileSync(
    join(folder, 'types.ts'),
    `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { type Answer, createReader, unsubscribeHeaders, type UnsubscribeHeaders } from 'quell/reader';
    const headers: UnsubscribeHeaders = unsubscribeHeaders({ address: 'a', keys: ['k'], baseUrl: 'u' });
    headers['List-Unsubscribe'].length;
    const answer: Answer = await createReader({ client: new DynamoDBClient({}), table: 't' }).check('a', { scope: ['s'] });
    if (answer.status === 'suppressed') answer.until.toFixed();
    // @ts-expect-error the other answers have no end
    answer.until;
    // @ts-expect-error a reader needs a table
    createReader({ client: new DynamoDBClient({}) });`,
  );
  const tsc = resolve(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--skipLibCheck'];
  const { stdout } = await run(process.execPath, [tsc, ...options, '--types', '', 'types.ts'], { cwd: folder }).catch(
    (failed: { stdout: string }) => failed,
  );
  expect(stdout).toBe('');
});
