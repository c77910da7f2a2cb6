import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CONFIG_FILE } from '../../lambda/contract/config.ts';
import { ENV, type FunctionName } from '../../lambda/contract/env.ts';
import { BUILT_IN_WORDS } from '../../lambda/domain/unsubscribe/words.ts';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import { buildFunction, exportName } from '../../lib/constructs/bundle/build.ts';
import { codeFor } from '../../lib/constructs/bundle/contents.ts';
import { keptCode } from '../../lib/constructs/bundle/kept.ts';
import { defaultProvider, httpRequest } from '../../lib/constructs/bundle/sdk-stubs.ts';
import { runtimeConfig } from '../../lib/settings/runtime-config.ts';
import { settingsOf } from '../support/stack/settings.ts';

const config = runtimeConfig(settingsOf());
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-bundle-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const results = new Map<FunctionName, { readonly ofProviders: boolean }>();
const made = (name: FunctionName) => results.get(name) ?? { ofProviders: true };
const built = (name: string) => readFileSync(join(folder, name, 'index.js'), 'utf8');

describe('a bundle', () => {
  /** Kilobytes; loading is most of a cold start. */
  test.each<[FunctionName, number]>([
    ['receive', 340],
    ['process', 450],
    ['pulse', 280],
    ['publish', 340],
    ['reconcile', 320],
    ['console', 1400],
  ])('of %s is its code, its config and nothing else, and stays small', async (name, kilobytes) => {
    const directory = join(folder, name);
    results.set(name, await buildFunction(name, config, directory));
    const beside = name === 'console' ? ['widget.css'] : [];
    expect(readdirSync(directory).sort()).toEqual([CONFIG_FILE, 'index.js', 'package.json', ...beside]);
    expect(JSON.parse(readFileSync(join(directory, CONFIG_FILE), 'utf8'))).toEqual(config);
    expect(statSync(join(directory, 'index.js')).size).toBeLessThanOrEqual(kilobytes * 1000);
  });

  test('is kept for stacks with the same providers, whatever else they set, and byte for byte what the bundler makes', async () => {
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    expect(keptCode('receive', config)).toBeUndefined();
    process.env.QUELL_BUNDLES = kept;
    try {
      const other = { ...config, eventRetentionDays: 99 };
      const again = join(folder, 'again');
      await buildFunction('receive', other, again);
      expect(keptCode('receive', config)?.copyTo(again)).toBe(false);
      keptCode('receive', config)?.keep(join(folder, 'receive'), made('receive'));
      const anew = readFileSync(join(again, 'index.js'), 'utf8');
      rmSync(join(again, 'index.js'));
      expect(keptCode('receive', other)?.copyTo(again)).toBe(true);
      expect(readFileSync(join(again, 'index.js'), 'utf8')).toBe(anew);
      const sources = { ...config.sources, shop: { provider: 'postmark', options: {} } };
      expect(keptCode('receive', { ...config, sources })?.copyTo(again)).toBe(false);
      expect(keptCode('process', config)?.copyTo(again)).toBe(false);
      // One that asks for no provider is the same for all of them.
      keptCode('pulse', config)?.keep(join(folder, 'pulse'), made('pulse'));
      expect(keptCode('pulse', { ...config, sources })?.copyTo(again)).toBe(true);
      await buildFunction('pulse', { ...config, sources }, join(folder, 'other-pulse'));
      expect(readFileSync(join(again, 'index.js'), 'utf8')).toBe(built('other-pulse'));
    } finally {
      delete process.env.QUELL_BUNDLES;
    }
  });

  test('holds the providers that are configured, and no others', () => {
    expect(built('receive')).toContain('x-twilio-email-event-webhook-signature');
    expect(built('receive')).not.toContain('x-amz-sns');
    expect(built('process')).toContain('bounce_classification');
    expect(built('process')).not.toContain('bouncedRecipients');
  });

  test.each<[FunctionName, number]>([
    ['receive', 340],
    ['process', 450],
  ])('of %s with every provider holds no sample of any, and stays small', async (name, kilobytes) => {
    const sources = Object.fromEntries([...PROVIDERS.keys()].map((id) => [id, { provider: id, options: {} }]));
    const directory = join(folder, `${name}-all`);
    await buildFunction(name, { ...config, sources }, directory);
    const code = readFileSync(join(directory, 'index.js'), 'utf8');
    expect(code).not.toMatch(/generateKey|sample\(|sample:/);
    expect(code.includes('normalise')).toBe(name === 'process');
    expect(code.includes('x-twilio-email-event-webhook-signature')).toBe(name === 'receive');
    expect(code).not.toContain('AWS_SHARED_CREDENTIALS_FILE');
    // Options are checked before a deploy, not by the function that reads them.
    if (name === 'receive') expect(code).not.toMatch(/valibot|A dot path/);
    expect(code.length).toBeLessThanOrEqual(kilobytes * 1000);
  });

  test('holds the page of unsubscribe links where there are such links, and is kept apart for it', async () => {
    const directory = join(folder, 'receive-links');
    const offering = runtimeConfig(settingsOf({ unsubscribe: {} }));
    await buildFunction('receive', offering, directory);
    const { title } = BUILT_IN_WORDS.de;
    expect(readFileSync(join(directory, 'index.js'), 'utf8')).toContain(title);
    expect(built('receive')).not.toContain(title);
    expect(codeFor(offering)).not.toBe(codeFor(config));
  });

  test('finds every provider under the name that the registry knows', async () => {
    for (const [id, provider] of PROVIDERS) {
      const file: Record<string, unknown> = await import(`../../lambda/providers/${id}/index.ts`);
      expect(file[exportName(id)]).toBe(provider);
    }
    expect(Object.keys(await import('../../lambda/providers/index.ts'))).toEqual(['PROVIDERS']);
  });

  test('starts from its own folder and exports what Lambda calls', () => {
    const environment = { TOPIC_ARNS: '{}', AWS_REGION: 'eu-west-1' };
    for (const name of Object.values(ENV).flatMap(Object.keys)) process.env[name] = 'x';
    Object.assign(process.env, environment);
    const load = createRequire(import.meta.url);
    for (const name of Object.keys(ENV)) {
      expect(load(join(folder, name, 'index.js'))).toMatchObject({ handler: expect.any(Function) });
    }
  });
});

describe('what stands in for the search for credentials', () => {
  test('takes those of the environment and no others', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'id';
    process.env.AWS_SECRET_ACCESS_KEY = 'key';
    delete process.env.AWS_SESSION_TOKEN;
    expect(await defaultProvider()()).toEqual({ accessKeyId: 'id', secretAccessKey: 'key' });
    process.env.AWS_SESSION_TOKEN = 'token';
    expect(await defaultProvider()()).toMatchObject({ sessionToken: 'token' });
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await expect(defaultProvider()()).rejects.toThrow('not set');
  });

  test('says what it is when something asks for more', () => {
    expect(httpRequest).toThrow('left out of the bundle');
  });
});
