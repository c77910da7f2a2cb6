import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { confirmSubscription } from '../../../lambda/aws/subscription.ts';
import { PoisonEvent } from '../../../lambda/domain/errors.ts';

let close = async (): Promise<void> => {};
afterEach(() => close());

/** An ESP's confirmation address that answers so. */
async function address(answer: RequestListener): Promise<{ url: string; asked: () => readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  close = () =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?Token=t`, asked: () => asked };
}

const failure = async (answer: RequestListener): Promise<unknown> => {
  const { url } = await address(answer);
  return confirmSubscription({ kind: 'fetch-url', url }, AbortSignal.timeout(5000)).then(
    () => undefined,
    (error: unknown) => error,
  );
};
const status =
  (code: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(code).end('no');

describe('a subscription that is confirmed by its address', () => {
  test('is asked for once', async () => {
    const { url, asked } = await address((_request, response) => void response.end('<ConfirmSubscriptionResponse/>'));
    await confirmSubscription({ kind: 'fetch-url', url }, AbortSignal.timeout(5000));
    expect(asked()).toEqual(['GET /?Token=t']);
  });

  test.each([400, 403, 404, 410])('answered %i it never will be: the message is given up', async (code) => {
    expect(await failure(status(code))).toBeInstanceOf(PoisonEvent);
  });

  test.each<[string, RequestListener]>([
    ['429', status(429)],
    ['500', status(500)],
    ['503', status(503)],
    ['a redirect', (_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['a cut connection', (request) => void request.socket.destroy()],
    ['nothing at all', () => {}],
  ])('answered by %s it is worth a retry', async (_name, answer) => {
    const error = await failure(answer);
    expect(error).toMatchObject({ message: expect.any(String) });
    expect(error).not.toBeInstanceOf(PoisonEvent);
    expect(String(error)).not.toContain('Token');
  });
});
