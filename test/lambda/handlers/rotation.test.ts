import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SecretStore } from '../../../lambda/aws/secrets.ts';
import { RefusedRequest } from '../../../lambda/domain/errors.ts';
import type { Source } from '../../../lambda/handlers/receive/request.ts';
import { verified } from '../../../lambda/handlers/receive/verified.ts';
import { sendgrid } from '../../../lambda/providers/sendgrid/index.ts';
import { asRequest } from '../../support/providers/contract.ts';
import { listenToLog } from '../../support/surroundings/said.ts';
import { type SecretServer, startSecretServer } from '../../support/surroundings/secret-server.ts';

/** A key is rotated under a running receiver: no redeploy, no gap, and the old key ends. */

const MINUTE = 60_000;
const [old, renewed] = [sendgrid.generateKey(), sendgrid.generateKey()];
const source: Source = {
  name: 'sendgrid',
  provider: sendgrid,
  options: {},
  webhookUrl: 'https://example.com/webhooks/v1/sendgrid',
  allowIps: undefined,
};

let server: SecretServer;
let client: SecretsManagerClient;
let now = 0;
let secrets: SecretStore;

beforeAll(async () => {
  server = await startSecretServer();
  client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  secrets = new SecretStore(client, 'arn:test', () => now);
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

const store = (...values: (string | undefined)[]): void => {
  server.versions.push({ id: String(server.versions.length), value: JSON.stringify({ sendgrid: values }) });
};

/** Whether a request signed with this key is let in, and by which live value. */
async function tried({ signingKey }: { signingKey: string }): Promise<number | string> {
  const sample = sendgrid.sample({
    type: 'bounced',
    recipient: 'ada@example.com',
    at: Date.now(),
    id: 'a1',
    signingKey,
    options: {},
  });
  if (!sample) throw new Error('no sample');
  const means = {
    secrets,
    deadline: Date.now() + 2000,
    fetchText: () => Promise.reject(new Error('no fetch expected')),
  };
  try {
    return (await verified(source, asRequest(sample), means)).secretIndex ?? 'no position';
  } catch (error) {
    return (error as { reason: string }).reason;
  }
}

describe('rotating the SendGrid key', () => {
  test('both keys are let in while both are live; the old one is refused once it is removed', async () => {
    store(old.secret);
    expect([await tried(old), await tried(renewed)]).toEqual([0, 'bad-proof']);

    store(renewed.secret, old.secret);
    now += MINUTE;
    // The first request with the new key makes the receiver look again.
    expect([await tried(renewed), await tried(old), await tried(renewed)]).toEqual([0, 1, 0]);

    store(renewed.secret);
    now += 6 * MINUTE;
    expect([await tried(renewed), await tried(old)]).toEqual([0, 'bad-proof']);
  });
});

const fetchText = async (): Promise<string> => '';
const contexts: object[] = [];

describe('a proof that fails', () => {
  /** How often the keys are read again, and what is said, where the check fails so. */
  async function failing(error: Error, ...again: readonly (readonly string[] | undefined)[]) {
    let rechecks = 0;
    const checked: (readonly string[])[] = [];
    const provider = {
      ...sendgrid,
      verify: async (_request: unknown, { secrets: own, ...rest }: { secrets: readonly string[] }) => {
        checked.push(own);
        contexts.push(rest);
        if (checked.length === 1) throw error;
        return {};
      },
    };
    const recheck = async () => {
      rechecks++;
      return again.length > 0 ? again[0] : ['other'];
    };
    const means = {
      secrets: { values: async () => ['live'], recheck } as unknown as SecretStore,
      deadline: Date.now() + 2000,
      fetchText,
    };
    const request = { method: 'POST', body: Buffer.alloc(0), headers: {}, query: '' };
    const said = await verified({ ...source, provider } as unknown as Source, request, means).then(
      () => 'let in',
      (thrown: Error) => thrown,
    );
    return { rechecks, checked, said };
  }
  const bad = new RefusedRequest('bad-proof', 'x');

  test('for the key is checked once more, with the keys as they are now', async () => {
    expect(await failing(bad)).toEqual({ rechecks: 1, checked: [['live'], ['other']], said: 'let in' });
    // With all that a provider may need to know.
    const { options, webhookUrl } = source;
    expect(contexts).toEqual(Array(2).fill({ options, webhookUrl, fetchText, now: expect.any(Number) }));
    expect(Math.abs((contexts[0] as { now: number }).now - Date.now())).toBeLessThan(60_000);
  });

  test('is not, where these are the same, or were read just now', async () => {
    for (const fresh of [['live'], undefined])
      expect(await failing(bad, fresh)).toEqual({ rechecks: 1, checked: [['live']], said: bad });
  });

  test('for another reason is what it is, and costs no read', async () => {
    for (const error of [new RefusedRequest('stale', 'x'), new TypeError('x')])
      expect(await failing(error)).toEqual({ rechecks: 0, checked: [['live']], said: error });
  });
});

describe('of several live secrets', () => {
  const proving = (secretIndex: number | undefined, over: object = {}) => ({
    ...source,
    name: 'noted',
    provider: { ...sendgrid, verify: async () => (secretIndex === undefined ? {} : { secretIndex }) },
    ...over,
  });
  const request = { method: 'POST', body: Buffer.alloc(0), headers: {}, query: '' };
  const check = (of: object, ...live: string[]) => {
    const means = { secrets: { values: async () => live } as unknown as SecretStore, deadline: 0, fetchText };
    return verified(of as Source, request, means);
  };
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('the log says which one proved a request, once a minute for each source, so that the old one can go', async () => {
    const said = listenToLog();
    let time = Date.UTC(2026, 4, 4, 10);
    jest.spyOn(Date, 'now').mockImplementation(() => time);
    const noted = (position: number, name = 'noted') => ['info', 'proven', { source: name, position }];
    // Of one there is nothing to tell, nor where a proof names none.
    await check(proving(0), 'a');
    await check(proving(undefined), 'a', 'b');
    expect(said).toEqual([]);
    await check(proving(1), 'a', 'b');
    await check(proving(0, { name: 'other' }), 'a', 'b');
    time += 59_999;
    await check(proving(1), 'a', 'b');
    expect(said).toEqual([noted(2), noted(1, 'other')]);
    time += 1;
    await check(proving(0), 'a', 'b');
    expect(said).toEqual([noted(2), noted(1, 'other'), noted(1)]);
  });

  test('none is read for an ESP that has no keys', async () => {
    const keyless = { ...proving(0), provider: { keys: 'none', verify: async (...given: unknown[]) => given[1] } };
    const means = { deadline: 0, fetchText } as unknown as Parameters<typeof verified>[2];
    expect(await verified(keyless as unknown as Source, request, means)).toMatchObject({ secrets: [] });
  });
});
