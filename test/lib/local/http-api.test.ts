import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Listening, listen } from '../../../lib/local/emulators/loopback.ts';
import { httpApi } from '../../../lib/local/gateway/http-api.ts';
import { SeenRequests } from '../../../lib/local/gateway/requests.ts';
import { routesOf } from '../../../lib/local/gateway/routes.ts';
import { tokenBucket } from '../../../lib/local/gateway/token-bucket.ts';
import { viewStack } from '../../../lib/local/template/stack-view.ts';

const ROUTES = [
  'GET /webhooks/v1/{source}',
  'POST /webhooks/v1/{source}',
  'HEAD /webhooks/v1/{source}',
  'ANY /files/{path+}',
];
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:receive';

function routes(keys = ROUTES, stage: object = {}) {
  const route = (RouteKey: string) => ({
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: { RouteKey, Target: 'integrations/I' },
  });
  const resources = {
    I: { Type: 'AWS::ApiGatewayV2::Integration', Properties: { IntegrationUri: ARN, TimeoutInMillis: 300 } },
    S: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { StageName: '$default', ...stage } },
    ...Object.fromEntries(keys.map((key, index) => [`R${index}`, route(key)])),
  };
  const places = new Map(Object.keys(resources).map((id) => [id, { ref: id, attributes: {} }]));
  return routesOf(viewStack(resources, places));
}

let server: Listening;
let event: APIGatewayProxyEventV2 | undefined;
let answer: () => unknown;

beforeAll(async () => {
  const invoke = async (_arn: string, given: object) => {
    event = given as APIGatewayProxyEventV2;
    return answer();
  };
  server = await listen(httpApi({ routes: routes(), invoke }));
});
afterAll(() => server.close());
beforeEach(() => {
  event = undefined;
  answer = () => ({ statusCode: 200, body: 'ok' });
});

const post = (body: Buffer | string, type?: string, path = '/webhooks/v1/sendgrid') =>
  fetch(server.url + path, {
    method: 'POST',
    body: new Blob([body]),
    ...(type && { headers: { 'content-type': type } }),
  });

/** The bytes a handler gets back out of the event. */
const bytes = () => Buffer.from(event?.body ?? '', event?.isBase64Encoded ? 'base64' : 'utf8');

describe('the body', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/cloudevents+json',
    'text/plain',
    'application/xml',
    'application/soap+xml;x=1',
  ])('of %s is text', async (type) => {
    await post('[{"a": 1.00, "b": "ü"}]', type);
    expect(event).toMatchObject({ isBase64Encoded: false, body: '[{"a": 1.00, "b": "ü"}]' });
  });

  test.each([
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'multipart/form-data; boundary=x',
    undefined,
  ])('of %s is base64', async (type) => {
    const body = Buffer.from([0, 255, 254, 10, 13, 97]);
    await post(body, type);
    expect(event?.isBase64Encoded).toBe(true);
    expect(bytes()).toEqual(body);
  });

  test('keeps every byte of valid UTF-8, a byte order mark and line ends included', async () => {
    const body = Buffer.from('\ufeff{"a":"\u0000\ud83d\ude00"}\r\n ');
    await post(body, 'application/json');
    expect(bytes()).toEqual(body);
  });

  test('that is no UTF-8 arrives with replacement characters, as in the cloud', async () => {
    await post(Buffer.from([0x22, 0xff, 0x22]), 'application/json');
    expect(event?.body).toBe('"\ufffd"');
  });

  test('that is empty is absent', async () => {
    await post('', 'application/json');
    expect(event).toMatchObject({ isBase64Encoded: false });
    expect(event).not.toHaveProperty('body');
  });

  test.each([
    ['10 MB and a byte', 10 * 1024 * 1024 + 1, 'application/json'],
    ['5 MB that base64 makes more than 6', 5 * 1024 * 1024, 'application/octet-stream'],
    ['6 MB of text', 6 * 1024 * 1024, 'text/plain'],
  ])('of %s is refused', async (_what, size, type) => {
    const response = await post(Buffer.alloc(size, 'a'), type);
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: 'Request Entity Too Large' });
    expect(event).toBeUndefined();
  });

  test('of 5 MB of text passes', async () => {
    expect((await post(Buffer.alloc(5 * 1024 * 1024, 'a'), 'text/plain')).status).toBe(200);
  });
});

describe('the event', () => {
  test('tells what was asked for, by whom and how', async () => {
    await fetch(`${server.url}/webhooks/v1/a%20b?x=1&y=%2F&x=2`, {
      headers: { 'User-Agent': 'probe', 'X-Twice': 'a', cookie: 'k=v; l=w' },
    });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /webhooks/v1/{source}',
      rawPath: '/webhooks/v1/a b',
      rawQueryString: 'x=1&y=%2F&x=2',
      queryStringParameters: { x: '1,2', y: '/' },
      pathParameters: { source: 'a b' },
      cookies: ['k=v', 'l=w'],
      headers: { 'x-twice': 'a', host: server.url.slice(7) },
      requestContext: {
        http: {
          method: 'GET',
          path: '/webhooks/v1/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'probe',
        },
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      },
    });
    expect(event?.headers).not.toHaveProperty('connection');
  });

  test('joins repeated headers with a comma', async () => {
    await new Promise<void>((resolve) => {
      const call = request(`${server.url}/webhooks/v1/a`, { headers: { 'X-Sig': ['one', 'two'] } });
      call.on('response', (response) => response.resume().on('end', resolve)).end();
    });
    expect(event?.headers['x-sig']).toBe('one,two');
  });

  test('of a greedy path holds all of it', async () => {
    await fetch(`${server.url}/files/a/b`, { method: 'PUT' });
    expect(event?.pathParameters).toEqual({ path: 'a/b' });
  });
});

describe('the answer', () => {
  test('is what the function returned', async () => {
    answer = () => ({
      statusCode: 201,
      headers: { 'Content-Type': 'text/x', 'retry-after': 3 },
      body: 'aGk=',
      isBase64Encoded: true,
    });
    const response = await post('x');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      201,
      'text/x',
      'hi',
    ]);
    expect(response.headers.get('retry-after')).toBe('3');
  });

  test('to HEAD has no body', async () => {
    const response = await fetch(`${server.url}/webhooks/v1/a`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test('where no route matches is 404', async () => {
    const responses = await Promise.all([
      post('x', undefined, '/webhooks/v1/a/b'),
      post('x', undefined, '/'),
      fetch(`${server.url}/webhooks/v1/a`, { method: 'DELETE' }),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(await responses[0]?.json()).toEqual({ message: 'Not Found' });
  });

  test.each([
    ['throws', () => Promise.reject(new Error('no'))],
    ['returns nothing', () => null],
    ['returns no status', () => ({ statusCode: 'teapot' })],
  ])('of a function that %s is 500', async (_what, given) => {
    answer = given;
    const response = await post('x');
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  test('of a function that takes longer than the integration waits is 503', async () => {
    answer = () => new Promise((resolve) => setTimeout(resolve, 500));
    expect((await post('x')).status).toBe(503);
  });
});

test('the throttle lets a burst through, then as many as its rate', () => {
  let now = 0;
  const take = tokenBucket({ rate: 10, burst: 3 }, () => now);
  expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
  now += 100;
  expect([take(), take()]).toEqual([true, false]);
});

describe('throttles', () => {
  const limit = (rate: number, burst: number) => ({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });
  const KEYS = ['POST /a', 'POST /b', 'POST /c'];
  const passes = (stage: object) =>
    routes(KEYS, stage).map(({ mayPass }) => [1, 2, 3, 4].filter(() => mayPass()).length);

  test("are each route's own, and else the stage's", () => {
    const stage = {
      DefaultRouteSettings: limit(1, 3),
      RouteSettings: { 'POST /a': limit(1, 1), 'POST /b': limit(1, 2) },
    };
    expect(passes(stage)).toEqual([1, 2, 3]);
    expect(passes({})).toEqual([4, 4, 4]);
  });

  test('of a route that is not there stop the run, as they stop a deploy', () => {
    expect(() => passes({ RouteSettings: { 'POST /gone': limit(1, 1) } })).toThrow('POST /gone');
  });
});

test('whatever a function answered, the line about its request is written: an error there would end the run', () => {
  const lines: string[] = [];
  const requests = new SeenRequests((line) => lines.push(line));
  for (const body of ['{"accepted":2}', '{ no JSON', 'text'])
    requests.add({ method: 'POST', path: '/webhooks/v1/a', status: 200, body }, new Set(['a']));
  expect(lines.map((line) => line.slice('00:00:00'.length).trim())).toEqual(['a  200  2 events', 'a  200', 'a  200']);
});
