import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { startOpsStack } from '../ops-stack.ts';
import { suppressionCsv } from './csv.ts';

/**
 * 100,000 lines in, killed half way, resumed, in once more, and out again:
 * `node bin/preflight.mjs test/support/list/import-100k.ts [lines] [lines a second]`
 */

const LINES = Number(process.argv[2] ?? 100_000);
const RATE = ['--rate', process.argv[3] ?? '5000'];
const LOCAL = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const NOTE = ['--note', 'moved', '--actor', 'ada'];
const stack = await startOpsStack({ guide: { provider: 'generic' } }, { settings: { publish: false, archive: false } });
const RESTING_MS = 200;
// The emulated table's stream takes longer with every record it holds; nothing reads it here.
const dynamo = new DynamoDBClient({ ...LOCAL, endpoint: stack.local.stack.endpoints.dynamodb });
for (const TableName of Object.values(stack.local.stack.tables)) {
  await dynamo.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }));
}
dynamo.destroy();
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;
const firstFive = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(',').slice(0, 5).join(','))
    .sort();

async function drained(): Promise<void> {
  for (let quiet = 0; quiet < 3; await pause(RESTING_MS))
    quiet = (await stack.driver.depth('delivery')) === 0 ? quiet + 1 : 0;
}
function check(what: string, good: boolean): void {
  say(`${good ? 'ok  ' : 'FAIL'} ${what}`);
  if (!good) process.exitCode = 1;
}

const csv = suppressionCsv(LINES);
writeFileSync(join(stack.root, 'list.csv'), csv);
const state = join(stack.root, 'list.csv.quell-import.json');
const reached = (): number =>
  existsSync(state) ? (JSON.parse(readFileSync(state, 'utf8')) as { line: number }).line : 0;

const begun = Date.now();
const args = [join(process.cwd(), 'bin/ops.ts'), 'import', 'list.csv', '--local', ...RATE, ...NOTE];
const { INIT_CWD: _cwd, ...env } = process.env;
const child = spawn(process.execPath, args, { cwd: stack.root, env, stdio: 'inherit' });
while (reached() < LINES / 2 && child.exitCode === null) await pause(20);
child.kill('SIGKILL');
say(`cut off after line ${reached()}, ${seconds(begun)}`);
const resumed = await stack.run(['import', 'list.csv', '--resume', ...RATE, ...NOTE]);
say(resumed.out + resumed.err);
say(`handed over in ${seconds(begun)}, ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
await drained();
say(`processed in ${seconds(begun)}`);
check('one event per line', (await stack.driver.events()).length === LINES);
check('one entry per person', (await stack.driver.suppression()).length === LINES);
const out = Date.now();
const exported = (await stack.run(['export'])).out;
say(`exported in ${seconds(out)}`);
check('comes out as it went in', firstFive(exported).join('\n') === firstFive(csv).join('\n'));
await stack.run(['import', 'list.csv', ...RATE, ...NOTE]);
await drained();
check('imported again, nothing doubled', (await stack.driver.events()).length === LINES);
check('nothing in the dead letters', (await stack.driver.depth('deadLetter')) === 0);
await stack.stop();
