import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runtimeConfig } from '../../../../lib/settings/runtime-config.ts';
import { metricsIn } from '../../../support/alarms/emf.ts';
import { bundleOf } from '../../../support/every-call/bundle.ts';
import { settingsOf } from '../../../support/stack/settings.ts';
import { givenTime } from '../../../support/surroundings/given-time.ts';

/** What one run of `pulse` counts, and what it says of a heartbeat that is lost. */

const SOURCES = { sources: { news: { provider: 'sendgrid' }, shop: { provider: 'sendgrid' } } };
const asked: string[] = [];
let server: Server;
let url = '';
let start: Awaited<ReturnType<typeof bundleOf>>;

beforeAll(async () => {
  // The table and the secret: both know what they are asked for.
  server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    asked.push(operation);
    const answer = {
      GetSecretValue: { SecretString: JSON.stringify({ 'quell-heartbeat': 'key' }), VersionId: '1' },
      GetItem: { Item: { recipient: { S: 'x' } } },
    };
    request.resume().on('end', () => response.end(JSON.stringify(answer[operation as keyof typeof answer] ?? {})));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  start = await bundleOf('pulse', runtimeConfig(settingsOf(SOURCES)));
});
afterAll(() => {
  server.close();
});

async function run(settings: object, status = 200, timeLeft = 10_000) {
  const { handler, log } = start({
    variables: { PUBLIC_URL: 'https://hooks.example.com', AWS_ENDPOINT_URL: url },
    config: runtimeConfig(settingsOf({ ...SOURCES, ...settings })),
    fetch: (async () => ({ status })) as unknown as typeof fetch,
  });
  asked.length = 0;
  await handler({}, { getRemainingTimeInMillis: () => timeLeft });
  const lines = log().split('\n').filter(Boolean);
  const counts = lines
    .flatMap((line) => metricsIn(line))
    .map(({ name, dimensions, value }) => [name, dimensions, value] as const);
  return { counts, lines };
}
const ZEROS = [
  ['Accepted', 'source=news', 0],
  ['Accepted', 'source=shop', 0],
];

test('a zero for each source, and how long the heartbeat took, which is then taken away', async () => {
  const { counts } = await run({});
  expect(counts.slice(0, 2)).toEqual(ZEROS);
  expect(counts.slice(2)).toEqual([['Heartbeat', '', expect.any(Number)]]);
  expect(asked).toEqual(['GetSecretValue', 'GetItem', 'DeleteItem']);
});

test('a heartbeat that is refused is not counted, and what the last answer was is said before the time is over', async () => {
  const began = Date.now();
  const given = givenTime();
  const { counts, lines } = await run({}, 401, 2500);
  expect(counts).toEqual(ZEROS);
  expect(lines.at(-1)).toContain('"at":"answered 401"');
  expect(lines.at(-1)).toContain('heartbeat lost');
  expect(Date.now() - began).toBeGreaterThan(1400);
  expect(given()).toBeLessThan(2500);
  // The keys are read again: one may have been rotated.
  expect(asked.filter((operation) => operation === 'GetSecretValue').length).toBeGreaterThan(1);
});

test('without a heartbeat it counts itself, and asks for nothing', async () => {
  expect((await run({ heartbeat: false })).counts).toEqual([...ZEROS, ['Pulse', '', 1]]);
  expect(asked).toEqual([]);
});

test('where the ESPs are asked, a zero for that too: a comparison that never runs has data', async () => {
  expect((await run({ heartbeat: false, reconcile: '1d' })).counts).toEqual([
    ...ZEROS,
    ['Reconciled', '', 0],
    ['Pulse', '', 1],
  ]);
});
