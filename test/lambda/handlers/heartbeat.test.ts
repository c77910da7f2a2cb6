import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { heartbeatKeys } from '../../../lambda/aws/heartbeat-key.ts';
import type { EventKey } from '../../../lambda/domain/event/record.ts';
import { beat, type Means } from '../../../lambda/handlers/pulse/heartbeat.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { signGeneric } from '../../support/driver.ts';
import { settingsOf } from '../../support/stack/settings.ts';

/** The secret, and what others write into it between our calls. */
class Store {
  readonly versions: { id: string; map: Record<string, unknown> }[] = [];
  writes = 0;
  before: () => void = () => undefined;

  put(map: Record<string, unknown>, id = `theirs-${this.versions.length}`): void {
    this.versions.push({ id, map });
  }

  get now(): Record<string, unknown> {
    return this.versions.at(-1)?.map ?? {};
  }

  readonly client = {
    send: async (command: { input: Record<string, string> }) => {
      if (command instanceof GetSecretValueCommand) {
        const version = this.versions.at(command.input.VersionStage === 'AWSPREVIOUS' ? -2 : -1);
        if (!version) throw Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
        return { SecretString: JSON.stringify(version.map), VersionId: version.id };
      }
      this.before();
      this.writes++;
      const { SecretString = '', ClientRequestToken = '' } = command.input;
      this.put(JSON.parse(SecretString), ClientRequestToken);
      return { VersionId: ClientRequestToken };
    },
  } as unknown as SecretsManagerClient;
}

describe('the key of the heartbeat', () => {
  const KEY = expect.stringMatching(/^[0-9a-f]{64}$/);

  test('is made where there is none, beside what others have stored, and never again', async () => {
    const store = new Store();
    expect(await heartbeatKeys(store.client, 'arn')).toEqual([KEY]);
    store.put({ ...store.now, sendgrid: ['a', 'b'], odd: 7 });
    expect(await heartbeatKeys(store.client, 'arn')).toEqual([store.now['quell-heartbeat']]);
    expect(store.writes).toBe(1);
  });

  test('keeps what somebody stores at the same moment', async () => {
    const store = new Store();
    store.put({ sendgrid: 'old' });
    store.before = () => {
      store.before = () => undefined;
      store.put({ sendgrid: ['new', 'old'], postmark: 'theirs' });
    };
    const keys = await heartbeatKeys(store.client, 'arn');
    expect(store.now).toEqual({ sendgrid: ['new', 'old'], postmark: 'theirs', 'quell-heartbeat': keys[0] });
  });

  test('of two that begin at once, both end with the key that was there first', async () => {
    const store = new Store();
    store.put({});
    store.before = () => {
      store.before = () => undefined;
      store.put({ 'quell-heartbeat': 'theirs' });
    };
    expect(await heartbeatKeys(store.client, 'arn')).toEqual(['theirs']);
    expect(store.now).toEqual({ 'quell-heartbeat': 'theirs' });
  });

  test.each([['no JSON'], ['[]'], ['"text"']])('writes nothing over a secret that is %s', async (text) => {
    let writes = 0;
    const send = async (command: object) => {
      if (!(command instanceof GetSecretValueCommand)) writes++;
      return { SecretString: text, VersionId: 'v' };
    };
    await expect(heartbeatKeys({ send } as unknown as SecretsManagerClient, 'arn')).rejects.toThrow(
      'not a JSON object',
    );
    expect(writes).toBe(0);
  });
});

describe('a heartbeat', () => {
  let server: Server;
  let url: string;
  let posts: { body: string; signature: string; asked: string }[];
  /** A status, or none at all. */
  let answer: (post: { body: string; signature: string }) => number | undefined;
  beforeEach(async () => {
    posts = [];
    answer = () => 200;
    server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const { method, url: path, headers } = request;
      const asked = `${method} ${path} ${headers['content-type']}`;
      const post = { body, signature: String(headers['x-webhook-signature']), asked };
      posts.push(post);
      const status = answer(post);
      if (status !== undefined) response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const { heartbeat } = runtimeConfig(settingsOf());
  const means = (over: Partial<Means> = {}): Means => ({
    publicUrl: url,
    source: heartbeat ?? { provider: '', options: {} },
    keys: async () => ['key-1'],
    arrived: async () => true,
    ...over,
  });

  test('is signed, and looked for where process stores it: without a recipient, under its own source', async () => {
    const looked: EventKey[] = [];
    const arrived = async (key: EventKey) => looked.push(key) > 2;
    const began = Date.now();
    const beaten = await beat(means({ arrived }), 5000);
    const took = Date.now() - began;
    // Two looks that found nothing, with a pause after each.
    expect(looked).toHaveLength(3);
    expect(beaten).toEqual({ ms: expect.any(Number) });
    expect((beaten as { ms: number }).ms).toBeGreaterThan(250);
    expect((beaten as { ms: number }).ms).toBeLessThanOrEqual(took);
    expect(posts.map(({ asked }) => asked)).toEqual(['POST /webhooks/v1/quell-heartbeat application/json']);
    expect(JSON.parse(posts[0]?.body ?? '{}')).toEqual({
      ...{ event: 'heartbeat', event_id: expect.stringMatching(/^[0-9a-f-]{36}$/), timestamp: expect.any(Number) },
    });
    expect((JSON.parse(posts[0]?.body ?? '{}') as { timestamp: number }).timestamp).toBeGreaterThanOrEqual(began);
    expect(posts[0]?.signature).toBe(signGeneric(posts[0]?.body ?? '', 'key-1')['x-webhook-signature']);
    expect(looked[0]).toEqual({
      recipient: expect.stringMatching(/^~quell-heartbeat#[0-9a-f]{2}$/),
      eventKey: expect.stringMatching(/^\d{4}-.+Z#[0-9a-f]{32}$/),
    });
  });

  test('survives a rotation: what is refused is signed again with what the store holds by then', async () => {
    const asked: boolean[] = [];
    const keys = async (fresh: boolean) => {
      asked.push(fresh);
      return fresh ? ['key-2', 'key-3'] : ['key-1'];
    };
    answer = ({ body, signature }) => (signature === signGeneric(body, 'key-3')['x-webhook-signature'] ? 200 : 401);
    expect(await beat(means({ keys }), 5000)).toEqual({ ms: expect.any(Number) });
    expect(new Set(posts.map(({ body }) => body)).size).toBe(1);
    expect(asked).toEqual([false, true]);
  });

  test('that is led elsewhere, or never answered, is lost, and is back in time', async () => {
    answer = () => 302;
    expect(await beat(means(), 200)).toEqual({ lost: 'not posted (TypeError)' });
    answer = () => undefined;
    const began = performance.now();
    expect(await beat(means(), 200)).toEqual({ lost: 'not posted (TimeoutError)' });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('whose key, or whose trace, does not come ends with its time too', async () => {
    const never = (signal: AbortSignal) =>
      new Promise<never>((_done, fail) => signal.addEventListener('abort', () => fail(signal.reason as Error)));
    const keyless = means({ keys: (_fresh, signal) => never(signal) });
    expect(await beat(keyless, 100)).toEqual({ lost: 'not posted (TimeoutError)' });
    let asked: AbortSignal | undefined;
    const arrived = (_key: EventKey, signal: AbortSignal) => {
      asked = signal;
      return never(signal);
    };
    expect(await beat(means({ arrived }), 100)).toEqual({ lost: 'accepted, and not found in the events table' });
    expect(asked?.aborted).toBe(true);
  });

  test.each<[string, () => Partial<Means>, string]>([
    ['refused', () => ({}), 'answered 503'],
    ['posted to nobody', () => ({ publicUrl: 'http://127.0.0.1:1' }), 'not posted (TypeError)'],
    ['without a key', () => ({ keys: () => Promise.reject(new RangeError('secret text')) }), 'not posted (RangeError)'],
  ])('that is %s says so, and quotes nothing', async (_name, over, lost) => {
    answer = () => 503;
    const began = performance.now();
    expect(await beat(means(over()), 200)).toEqual({ lost });
    // Not a pause between two posts later: that may be all that is left to say so.
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('that is accepted and never stored says so, also where the table fails', async () => {
    const arrived = () => Promise.reject(new Error('throttled'));
    expect(await beat(means({ arrived }), 200)).toEqual({ lost: 'accepted, and not found in the events table' });
  });
});
