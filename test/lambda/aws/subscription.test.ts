import { once } from 'node:events';
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
  // It hangs up on nobody: what is left open shows.
  server.keepAliveTimeout = 0;
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

describe('a subscription that is confirmed by the API', () => {
  const control = {
    kind: 'confirm-subscription',
    topicArn: 'arn:aws:sns:us-east-1:111122223333:mail',
    token: 't',
  } as const;
  const refused = (code: string): string =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
  const DONE =
    '<ConfirmSubscriptionResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ConfirmSubscriptionResult><SubscriptionArn>x</SubscriptionArn></ConfirmSubscriptionResult></ConfirmSubscriptionResponse>';

  /** @param codes what each request is refused with in turn; '' is taken */
  async function confirmed(...codes: readonly string[]): Promise<{ error: unknown; forms: readonly string[] }> {
    const forms: string[] = [];
    const { url } = await address(async (request, response) => {
      forms.push(Buffer.concat((await request.toArray()) as Buffer[]).toString());
      const code = codes[forms.length - 1] ?? '';
      response
        .writeHead(code === '' ? 200 : 403, { 'content-type': 'text/xml' })
        .end(code === '' ? DONE : refused(code));
    });
    const origin = new URL(url).origin;
    Object.assign(process.env, { AWS_ENDPOINT_URL: origin, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    const error = await confirmSubscription(control, AbortSignal.timeout(5000)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return { error, forms };
  }

  test('as somebody whom nobody else can unsubscribe', async () => {
    const { error, forms } = await confirmed('');
    expect([error, forms.length]).toEqual([undefined, 1]);
    expect(forms[0]).toContain('AuthenticateOnUnsubscribe=true');
  });

  test.each(['AuthorizationError', 'AccessDenied'])(
    'without that where the account of the topic cannot grant it (%s)',
    async (code) => {
      const { error, forms } = await confirmed(code, '');
      expect([error, forms.length]).toEqual([undefined, 2]);
      expect(forms[1]).not.toContain('AuthenticateOnUnsubscribe');
    },
  );

  test.each<[string, string[], RegExp]>([
    ['refuses both ways', ['AuthorizationError', 'AuthorizationError'], /does not let it be confirmed from here/],
    ['knows no such token any more', ['InvalidParameter'], /no longer accepts this subscription token/],
    ['knows no such topic any more', ['NotFound'], /no longer accepts this subscription token/],
  ])('is given up with its reason where SNS %s', async (_how, codes, reason) => {
    const { error } = await confirmed(...codes);
    expect(error).toBeInstanceOf(PoisonEvent);
    expect(String(error)).toMatch(reason);
  });
});

describe('what else SNS may say', () => {
  const control = {
    kind: 'confirm-subscription',
    topicArn: 'arn:aws:sns:ap-south-1:111122223333:mail',
    token: 't',
  } as const;

  test.each([400, 500])(
    '%i is worth a retry; it is asked in its own region, and no connection stays behind',
    async (code) => {
      const regions: (string | undefined)[] = [];
      const closed: Promise<unknown>[] = [];
      const { url } = await address((request, response) => {
        regions.push(/Credential=[^,]*\/([\w-]+)\/sns\//.exec(request.headers.authorization ?? '')?.[1]);
        closed.push(once(request.socket, 'close'));
        response
          .writeHead(code, { 'content-type': 'text/xml' })
          .end('<ErrorResponse><Error><Code>Unforeseen</Code></Error></ErrorResponse>');
      });
      const origin = new URL(url).origin;
      Object.assign(process.env, {
        AWS_ENDPOINT_URL: origin,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      });
      const error = await confirmSubscription(control, AbortSignal.timeout(60_000)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'Unforeseen' });
      expect(error).not.toBeInstanceOf(PoisonEvent);
      expect(new Set(regions)).toEqual(new Set(['ap-south-1']));
      await Promise.all(closed);
    },
  );

  test('nothing where the time is over', async () => {
    const over = AbortSignal.abort();
    await expect(confirmSubscription(control, over)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(confirmSubscription({ kind: 'fetch-url', url: 'http://127.0.0.1:1/' }, over)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

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
