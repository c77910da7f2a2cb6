import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sendgrid } from '../../../lambda/providers/sendgrid/index.ts';
import { freePort } from '../../../lib/local/emulators/loopback.ts';
import { ops, project, stackFile } from '../../support/ops.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { STAGE_POLICY } from '../../support/surroundings/fake-target.ts';

const KEY = sendgrid.generateKey();
const received: { readonly type: string; readonly email: string }[] = [];
const bodies: string[] = [];
let server: Server;
let dynamo: TestDynamo;
let stack: ReturnType<typeof project>;
let status = 202;

/** Takes what is genuine, as the receiver does. */
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const body = await buffer(request);
    const headers = request.headers as Record<string, string>;
    const context = {
      secrets: [KEY.secret as string],
      options: {},
      now: Date.now(),
      fetchText: () => Promise.reject(),
    };
    await sendgrid.verify({ method: 'POST', headers, query: '', body }, context);
    bodies.push(body.toString());
    const [event] = JSON.parse(body.toString()) as [{ event: string; email: string }];
    received.push({ type: event.event, email: event.email });
    response.writeHead(status).end('{"accepted":1}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/v1/marketing`;
  dynamo = await startTestDynamo();
  const sources = { marketing: { provider: 'sendgrid', url }, foreign: { provider: 'sendgrid', url } };
  stack = project({
    '.local/stack.json': stackFile({ sources, endpoints: { dynamodb: dynamo.endpoint }, policy: STAGE_POLICY }),
    '.local/keys.json': { marketing: KEY },
  });
});
afterEach(() => {
  received.length = 0;
  bodies.length = 0;
  status = 202;
});
afterAll(() => {
  stack?.remove();
  server.close();
  return dynamo?.stop();
});

const send = (...args: string[]) => ops(['send', ...args, '--local'], { root: stack.root });

describe('ops send', () => {
  test('posts a genuine bounce to a new address and prints the answer', async () => {
    const { code, out } = await send('marketing');
    expect(code).toBe(0);
    expect(out).toMatch(/^202 bounced sample-[0-9a-f]{16}@example\.com {2}\{"accepted":1\}\n$/);
    expect(received).toEqual([{ type: 'bounce', email: expect.stringMatching(/^sample-/) }]);
  });

  test('sends one of each type, as often as asked, to whom it is told', async () => {
    const { code, json } = await send('marketing', '--all', '--count', '2', '--to', 'ada@example.com', '--json');
    expect(code).toBe(0);
    expect(json()).toHaveLength(received.length);
    expect(new Set(received.map(({ type }) => type)).size * 2).toBe(received.length);
    expect(json()).toContainEqual({
      source: 'marketing',
      type: 'complained',
      recipient: 'ada@example.com',
      status: 202,
      body: { accepted: 1 },
    });
  });

  test('signs a body of my own and posts it as it is', async () => {
    const body =
      '[ {"event":"bounce","email":"Ada@example.com","timestamp":1777888800, "big": 12345678901234567890} ]\n';
    writeFileSync(join(stack.root, 'my.json'), body);
    const { code, out, json } = await send('marketing', '--body', 'my.json', '--json');
    expect({ code, bodies }).toEqual({ code: 0, bodies: [body] });
    expect(json()).toEqual([expect.objectContaining({ type: 'bounced', recipient: 'ada@example.com', status: 202 })]);
    expect(out).not.toContain(KEY.signingKey);
  });

  test.each([
    [['--body', 'none.json'], /none.json|--body/],
    [['--body', '/dev/zero'], /--body: the file is larger than 64 MiB/],
    [['--body', 'my.json', '--type', 'opened'], /--body already says what happened/],
    [['--body', 'my.json', '--to', 'a@example.com'], /--body already says what happened/],
  ])('%j is wrong usage', async (args, message) => {
    const { code, err } = await send('marketing', ...args);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    expect(received).toEqual([]);
  });

  test('a refusal is a no', async () => {
    status = 503;
    const { code, out } = await send('marketing');
    expect([code, out]).toEqual([1, expect.stringContaining('503 bounced')]);
  });

  test('a type that the ESP does not have is told, with those it has', async () => {
    const { code, err } = await send('marketing', '--type', 'inbound');
    expect([code, err]).toEqual([2, expect.stringMatching(/SendGrid has no event of type inbound. It has: accepted/)]);
  });

  test('without the private key it says so and names nothing else', async () => {
    const { code, err } = await send('foreign');
    expect([code, err]).toEqual([3, expect.stringContaining('only its owner can sign')]);
    expect(received).toEqual([]);
  });

  test('no answer is no "no"', async () => {
    const { code, err } = await send('marketing', '--url', `http://127.0.0.1:${await freePort()}/`);
    expect([code, err]).toEqual([3, expect.stringContaining('Nothing answers')]);
  });
});
