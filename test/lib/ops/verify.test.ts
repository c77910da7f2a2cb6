import { sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Provider } from '../../../lambda/providers/provider.ts';
import { sendgrid } from '../../../lambda/providers/sendgrid/index.ts';
import { bodyVariants } from '../../../lib/ops/commands/verify/body-variants.ts';
import { compact, pretty } from '../../../lib/ops/commands/verify/respace.ts';
import { optionsOf } from '../../../lib/ops/words/provider.ts';
import { ops, project, stackFile, writeFile } from '../../support/ops.ts';
import { type SecretServer, startSecretServer } from '../../support/surroundings/secret-server.ts';
import { snsCertificate } from '../../support/surroundings/sns-certificate.ts';

const KEY = sendgrid.generateKey();
const OTHER = sendgrid.generateKey();
const AT = Date.UTC(2026, 4, 4, 10, 0, 0);
const sample = sendgrid.sample({
  type: 'clicked',
  recipient: 'ada@example.com',
  at: AT,
  id: 'c0ffee',
  signingKey: KEY.signingKey,
  options: {},
});
if (!sample) throw new Error('no sample');
const { root, remove } = project({ 'body.bin': sample.body, 'headers.json': sample.headers });
let store: SecretServer;

beforeAll(async () => {
  store = await startSecretServer();
});
afterAll(async () => {
  await store.stop();
  remove();
});

interface Capture {
  readonly body?: string;
  readonly headers?: object | string;
  readonly secret?: string | undefined;
}

async function verify(
  { body = sample?.body, headers = sample?.headers, secret = KEY.secret }: Capture = {},
  more: string[] = [],
) {
  writeFile(root, 'body', body ?? '');
  writeFile(root, 'headers', headers ?? '');
  const stored = more.includes('--local');
  const args = [
    'verify',
    'sendgrid',
    '--headers',
    'headers',
    '--body',
    'body',
    ...(stored ? [] : ['--secret', '-']),
    ...more,
  ];
  const result = await ops(args, { root, input: `${secret}\n` });
  for (const value of [KEY.secret, OTHER.secret, KEY.signingKey]) expect(result.out + result.err).not.toContain(value);
  return result;
}

describe('ops verify', () => {
  test('a genuine request passes', async () => {
    expect(await verify()).toMatchObject({ code: 0, out: 'Genuine. Secret 1 of 1 matches. Events: 1.\n', err: '' });
    const { json } = await verify({}, ['--json']);
    expect(json()).toEqual([{ genuine: true, provider: 'sendgrid', secretIndex: 0, events: 1 }]);
  });

  test.each([
    ['its last line break lost', (body: string) => body, 'with a line break (CR LF) at its end', '\r\n'],
    ['a line break added', (body: string) => `${body}\n`, 'without the line break at its end', ''],
    ['been formatted', (body: string) => pretty(body, '  '), 'without white space between its parts', ''],
    ['been re-serialised', (body: string) => body.replaceAll(',"', ', "'), 'without white space between its parts', ''],
    ['its slashes escaped', (body: string) => body.replaceAll('/', '\\/'), 'with slashes as they are', ''],
  ])('a body that has %s is told as such', async (_name, damage, how, ending) => {
    const body = `${sample.body}${ending}`;
    const signed = sendgrid.sample({
      type: 'clicked',
      recipient: 'ada@example.com',
      at: AT,
      id: 'c0ffee',
      signingKey: KEY.signingKey,
      options: {},
    });
    const headers = ending === '' ? signed?.headers : signedOver(body);
    const { code, out } = await verify({ body: damage(sample.body), headers: headers ?? {} });
    expect(code).toBe(1);
    expect(out).toContain(`it signed it ${how}.`);
  });

  test.each([
    [
      'a missing signature',
      { headers: { 'content-type': 'application/json' } },
      'missing-proof',
      'Headers in the capture: content-type',
    ],
    ['headers as CGI writes them', { headers: cgi(sample.headers) }, 'missing-proof', 'HTTP_X_NAME for X-Name'],
    ['a PEM key with its line breaks escaped', { secret: escapedPem() }, 'secret-unreadable', 'line breaks written as'],
    ['another key', { secret: OTHER.secret }, 'bad-proof', 'None fits'],
    ['a changed body', { body: sample.body.replace('ada@', 'eve@') }, 'bad-proof', 'None fits'],
  ])('%s is explained', async (_name, capture, reason, hint) => {
    const { code, out } = await verify(capture);
    expect(code).not.toBe(2);
    expect(out).toMatch(new RegExp(reason));
    expect(out).toContain(hint);
  });

  test('a key that cannot be read leaves the question open', async () => {
    const { code, out } = await verify({ secret: 'not a key' });
    expect(code).toBe(3);
    expect(out).toContain('Cannot be checked: secret-unreadable');
  });

  test('a stored secret is used, and the source whose key signed is named', async () => {
    store.versions.push({ id: 'v1', value: JSON.stringify({ marketing: OTHER.secret, billing: ['x', KEY.secret] }) });
    const source = { provider: 'sendgrid', url: 'http://127.0.0.1:9/webhooks/v1/x' };
    const endpoints = { secretsmanager: store.url };
    writeFile(root, '.local/stack.json', stackFile({ endpoints, sources: { marketing: source, billing: source } }));
    expect((await verify({}, ['--local'])).err).toContain('--source marketing or billing');
    const wrong = await verify({}, ['--local', '--source', 'marketing']);
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('the key of another source: billing')]);
    const right = await verify({}, ['--local', '--source', 'billing', '--json']);
    expect(right.json()).toEqual([{ genuine: true, provider: 'sendgrid', secretIndex: 1, events: 1 }]);
  });
});

describe('ops verify, for every provider', () => {
  test.each([...PROVIDERS.keys()])('%s: its own sample is genuine, another key is not', async (id) => {
    const provider = PROVIDERS.get(id) as Provider<unknown>;
    // The proof of these is a certificate, not a secret.
    if (provider.keys === 'none') return;
    const options = optionsOf(provider);
    const [right, wrong] = [provider.generateKey(), provider.generateKey()];
    const url = `https://example.com/webhooks/v1/${id}`;
    const common = { type: 'bounced', recipient: 'ada@example.com', at: AT, id: 'c0ffee00' } as const;
    const request = provider.sample({ ...common, signingKey: right.signingKey, options, webhookUrl: url });
    if (!request) throw new Error('no sample');
    writeFile(root, 'body', request.body);
    writeFile(root, 'headers', request.headers);
    const posted = request.query === undefined ? url : `${url}?${request.query}`;
    const args = [
      '--headers',
      'headers',
      '--body',
      'body',
      '--url',
      posted,
      '--method',
      request.method,
      '--secret',
      '-',
    ];
    const at = ['--at', '2026-05-04T10:00:01Z'];
    const genuine = await ops(['verify', id, ...args, ...at], { root, input: right.secret ?? '' });
    expect(genuine).toMatchObject({ code: 0, err: '' });
    const refused = await ops(['verify', id, ...args, ...at], { root, input: wrong.secret ?? '' });
    expect(refused).toMatchObject({ code: 1, err: '' });
    for (const secret of [right.secret, wrong.secret]) expect(genuine.out + refused.out).not.toContain(secret);
    const late = await ops(['verify', id, ...args, '--json'], { root, input: right.secret ?? '' });
    const [report] = late.json() as [{ genuine: boolean; findings?: { cause: string }[] }];
    if (!report.genuine) expect(report.findings?.[0]?.cause).toContain('It was signed at 2026-05-04T10:00:00.000Z');
  });
});

describe('ops verify mandrill', () => {
  test('a URL that was entered differently at the ESP is told in words', async () => {
    const provider = PROVIDERS.get('mandrill') as Provider<unknown>;
    const { secret = '', signingKey } = provider.generateKey();
    const common = { type: 'bounced', recipient: 'ada@example.com', at: AT, id: 'c0ffee00', options: {} } as const;
    const request = provider.sample({ ...common, signingKey, webhookUrl: 'https://example.com/hook/' });
    writeFile(root, 'body', request?.body);
    writeFile(root, 'headers', request?.headers);
    const args = ['verify', 'mandrill', '--headers', 'headers', '--body', 'body', '--secret', '-'];
    const { code, out } = await ops([...args, '--url', 'https://example.com/hook'], { root, input: secret });
    expect([code, out]).toEqual([1, expect.stringContaining('another URL: with a slash at its end.')]);
  });
});

describe('ops verify ses', () => {
  test('takes the certificate from a file, and the topics that are allowed from --options', async () => {
    const { certificate, signingKey } = await snsCertificate();
    const topicArns = ['arn:aws:sns:eu-west-1:123456789012:ses'];
    const provider = PROVIDERS.get('ses') as Provider<unknown>;
    const options = { topicArns, createTopic: false, allowSignatureV1: true };
    const common = { type: 'bounced', recipient: 'ada@example.com', at: AT, id: 'c0ffee00' } as const;
    const message = provider.sample({ ...common, signingKey, options });
    writeFile(root, 'body', message?.body);
    writeFile(root, 'headers', message?.headers);
    writeFile(root, 'cert.pem', certificate);
    const args = [
      'verify',
      'ses',
      '--headers',
      'headers',
      '--body',
      'body',
      '--cert',
      'cert.pem',
      '--at',
      '2026-05-04T10:00:01Z',
    ];
    expect(await ops([...args, '--options', JSON.stringify({ topicArns })], { root })).toMatchObject({
      code: 0,
      err: '',
    });
    const unknown = await ops(args, { root });
    expect(unknown.code).toBeGreaterThan(0);
    expect(unknown.out).toContain('--options');
  });
});

describe('body variants', () => {
  test('undo what formatters do, with large numbers and escapes as they are', () => {
    const body = '{"id":12345678901234567890,"text":"a\\u00e9 \\" b","list":[],"deep":{"x":[1,{}]}}';
    for (const indent of ['  ', '    ', '\t']) expect(compact(pretty(body, indent))).toBe(body);
    expect(pretty('{"a":[1,2],"b":{},"c":"x"}', '  ')).toBe(JSON.stringify({ a: [1, 2], b: {}, c: 'x' }, null, 2));
  });

  test('never repeat a text and begin with the smallest change', () => {
    const texts = [...bodyVariants(Buffer.from('{"a": 1}\n'))].map(({ body }) => body.toString());
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts[0]).toBe('{"a": 1}\r\n');
    expect(texts).toContain('{"a":1}');
  });
});

/** Headers of a request whose body is exactly this. */
function signedOver(body: string): Record<string, string> {
  const timestamp = String(AT / 1000);
  return {
    'x-twilio-email-event-webhook-timestamp': timestamp,
    'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), KEY.signingKey).toString(
      'base64',
    ),
  };
}

function cgi(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, value]),
  );
}

function escapedPem(): string {
  const pem = `-----BEGIN PUBLIC KEY-----\n${KEY.secret}\n-----END PUBLIC KEY-----`;
  return pem.replaceAll('\n', '\\n');
}
