import { mkdtempSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalStack, startLocal } from '../lib/local/runner.ts';
import { stopWithCleanLogs } from './support/clean-logs.ts';
import { signGeneric } from './support/driver.ts';

/** A flood of junk, and genuine requests of other sources beside it: through the gateway with the template's own routes and throttles. */

const SECRET = 'flood-secret-1';
let local: LocalStack;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-floods-'));
  const file = (name: string, content: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  const generic = { provider: 'generic' };
  local = await startLocal({
    port: 0,
    quiet: true,
    settings: file('settings.json', {
      sources: { flooded: { ...generic, throttling: { rate: 20, burst: 20 } }, one: generic, two: generic },
      throttling: { rate: 50, burst: 50 },
      publish: false,
    }),
    secrets: file('secrets.json', { flooded: SECRET, one: SECRET, two: SECRET }),
  });
}, 60_000);
afterAll(() => stopWithCleanLogs(local));

function send(path: string, agent: Agent, body: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(`${local.url}${path}`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    call.on('error', reject).end(body);
  });
}

/** Posts junk over eight connections until it is told to stop; says how often it got which answer. */
function flood(path: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const answers = new Map<number, number>();
  let going = true;
  const one = async () => {
    while (going) {
      const status = await send(path, agent, 'junk');
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  const all = Promise.all(Array.from({ length: 8 }, one));
  return async () => {
    going = false;
    await all;
    agent.destroy();
    return answers;
  };
}

async function genuine(count: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const statuses: number[] = [];
  for (let n = 0; n < count; n++) {
    const source = n % 2 ? 'one' : 'two';
    const body = JSON.stringify({
      event: 'delivered',
      email: 'ada@example.com',
      id: `${source}-${n}`,
      timestamp: 1 + n,
    });
    statuses.push(await send(`/webhooks/v1/${source}`, agent, body, signGeneric(body, SECRET)));
  }
  agent.destroy();
  return statuses;
}

describe('while junk pours in', () => {
  test.each([
    ['at a source that does not exist', '/webhooks/v1/nosuchsource', [404]],
    ['at no webhook at all', '/wp-login.php', [404]],
    ['at one of the sources', '/webhooks/v1/flooded', [401, 429]],
    ['at the health page, by a method it does not have', '/health', [404]],
  ])('%s, every genuine request of the others is answered 200', async (_where, path, answers) => {
    const stop = flood(path);
    const statuses = await genuine(40);
    const seen = await stop();
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect([...seen.keys()].sort()).toEqual(answers);
    // More than all throttles together let through: with one bucket for all, the others would have been refused.
    expect([...seen.values()].reduce((sum, count) => sum + count)).toBeGreaterThan(200);
  });
});
