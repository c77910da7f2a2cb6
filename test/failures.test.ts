import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalStack, startLocal } from '../lib/local/runner.ts';
import { stopWithCleanLogs } from './support/clean-logs.ts';
import { Driver, eventually, signSendGrid } from './support/driver.ts';
import { byChance, type Chance } from './support/surroundings/chance.ts';
import {
  type Call,
  type FaultyProxy,
  faultyProxy,
  throttled,
  unavailable,
} from './support/surroundings/faulty-proxy.ts';

/**
 * Failures on purpose: while events arrive (1,000 at night, 300 by day), the table, the queue and the secret store refuse in turn, and functions are killed
 * at random moments. The sender behaves like an ESP: it sends again whatever was not answered 2xx.
 */

const NIGHTLY = process.env.NIGHTLY !== undefined;
const EVENTS = NIGHTLY ? 1000 : 300;
/** How long each of the failures lasts. */
const PHASE_MS = NIGHTLY ? 1200 : 600;
const PER_REQUEST = 10;
const NOW = Math.floor(Date.now() / 1000);

let local: LocalStack;
let driver: Driver;
let key: string;
const proxies: Record<string, FaultyProxy> = {};

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-failures-'));
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ sources: { sendgrid: { provider: 'sendgrid' } } }));
  writeFileSync(
    join(folder, 'secrets.json'),
    JSON.stringify({ sendgrid: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') }),
  );
  local = await startLocal({
    port: 0,
    quiet: true,
    settings: join(folder, 'settings.json'),
    secrets: join(folder, 'secrets.json'),
    // A message whose function was killed comes back after seconds, not minutes.
    timeScale: 0.01,
    wrapEndpoint: async (service, url) => {
      const proxy = await faultyProxy(url);
      proxies[service] = proxy;
      return proxy.url;
    },
  });
  driver = new Driver(local.stack);
}, 60_000);

afterAll(async () => {
  driver?.close();
  await stopWithCleanLogs(local);
  await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()));
});

const event = (n: number) => ({
  email: `person-${n}@example.com`,
  event: n % 20 === 0 ? 'spamreport' : 'delivered',
  timestamp: NOW,
  sg_message_id: `message-${n}.filter`,
});

/** Every answer in its order; 0 where there was none. */
const statuses: number[] = [];

async function sendUntilTaken(numbers: readonly number[]): Promise<void> {
  const body = JSON.stringify(numbers.map(event));
  for (let attempt = 0; attempt < 200; attempt++) {
    const { status } = await driver.post('sendgrid', body, signSendGrid(body, key)).catch(() => ({ status: 0 }));
    statuses.push(status);
    if (status === 200) return;
    await pause(100);
  }
  throw new Error(`never taken: ${statuses.join(' ')}`);
}

const sometimes = (chance: Chance, share: number, fault: ReturnType<FaultyProxy['fault']>) => () =>
  chance.share() < share ? fault : undefined;

/** A 200 in which single statements failed, as DynamoDB answers a throttled partition. */
const halfThrottled =
  (chance: Chance) =>
  ({ operation, body }: Call) =>
    operation === 'BatchExecuteStatement' && chance.share() < 0.5
      ? {
          status: 200,
          json: {
            Responses: (body.Statements as object[]).map(() => ({
              Error: { Code: 'ThrottlingError', Message: 'slow down' },
            })),
          },
        }
      : undefined;

const QUEUE_REFUSES: FaultyProxy['fault'] = ({ operation }) =>
  operation === 'SendMessageBatch' ? unavailable : undefined;

const phasesOf = (chance: Chance): readonly (readonly [service: string, fault: FaultyProxy['fault']])[] => [
  ['dynamodb', sometimes(chance, 0.7, throttled)],
  ['dynamodb', halfThrottled(chance)],
  ['dynamodb', sometimes(chance, 0.3, 'cut-after')],
  ['sqs', QUEUE_REFUSES],
  ['sqs', ({ operation }) => (operation === 'SendMessageBatch' && chance.share() < 0.3 ? 'cut-after' : undefined)],
  ['secretsmanager', () => unavailable],
];

function kill(name: 'receive' | 'process'): void {
  const pid = local.stack.functions[name]?.pid;
  try {
    if (pid) process.kill(pid, 'SIGKILL');
  } catch {
    // Killed a moment ago and not restarted yet.
  }
}

describe('failures on purpose', () => {
  test(
    'nothing lost, nothing doubled, the right status each time',
    byChance(async (chance) => {
      const phases = phasesOf(chance);
      const groups = Array.from({ length: EVENTS / PER_REQUEST }, (_none, g) =>
        Array.from({ length: PER_REQUEST }, (_event, n) => g * PER_REQUEST + n),
      );
      let running = true;
      const killer = (async () => {
        while (running) {
          await pause((NIGHTLY ? 100 : 300) + chance.share() * 400);
          kill('process');
        }
      })();

      const perPhase = Math.ceil(groups.length / phases.length);
      for (const [index, [service, fault]] of phases.entries()) {
        // Its cache is gone with it: now the secret has to be read while the store refuses.
        if (service === 'secretsmanager') kill('receive');
        const proxy = proxies[service] as FaultyProxy;
        proxy.fault = fault;
        const sending = groups.slice(index * perPhase, (index + 1) * perPhase).map(sendUntilTaken);
        await pause(PHASE_MS);
        // `receive` bridges a short refusal by itself: this one lasts until a sender is told.
        if (fault === QUEUE_REFUSES) await eventually(async () => expect(statuses).toContain(503), 30_000);
        proxy.fault = () => undefined;
        await Promise.all(sending);
      }
      running = false;
      await killer;

      // 200, 503 when it could not be taken right now, 500 or a cut connection while a function was being killed; never a 4xx.
      expect(new Set(statuses)).toEqual(new Set([...statuses].filter((status) => [0, 200, 500, 503].includes(status))));
      expect(statuses).toContain(503);
      expect(statuses.filter((status) => status === 200)).toHaveLength(groups.length);

      await driver.nothingUnderWay();
      const stored = (await driver.events()).map(({ recipient }) => String(recipient)).sort();
      expect(stored).toEqual(Array.from({ length: EVENTS }, (_none, n) => `person-${n}@example.com`).sort());
      const complained = Array.from({ length: EVENTS / 20 }, (_none, n) => `person-${n * 20}@example.com`).sort();
      expect(await driver.suppressed()).toEqual(complained);
      expect(await driver.depth('deadLetter')).toBe(0);
    }),
    120_000,
  );
});
