import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { StoredSecret } from '../../../lib/local/emulators/secret-store.ts';
import { openDataFolder } from '../../../lib/local/home.ts';
import { keepKeys, readKept } from '../../../lib/local/kept-keys.ts';
import { localKeys, readKeyFiles } from '../../../lib/local/keys.ts';
import { temporaryFolder } from '../../support/local-toy.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (content: string): string => {
  const file = join(folder, 'given');
  writeFileSync(file, content);
  return file;
};
const source = (provider: string) => ({ provider, options: {} });

test('each source gets a throwaway key; those that prove themselves by certificate share one that fits it', async () => {
  const sources = { marketing: source('sendgrid'), mail: source('ses'), other: source('ses') };
  const { secrets, signing, certificate } = await localKeys(sources, {});
  expect(Object.keys(secrets)).toEqual(['marketing']);
  expect(signing.marketing?.secret).toBe(secrets.marketing);
  expect(signing.other).toEqual(signing.mail);
  const made = new X509Certificate(certificate?.pem ?? '');
  expect(made.checkPrivateKey(createPrivateKey(signing.mail?.signingKey ?? ''))).toBe(true);
});

test('given secrets take the place of all throwaway ones; a shared one can sign', async () => {
  const given = readKeyFiles(write('{"hooks": ["new", "old"], "marketing": "public"}'), undefined);
  const sources = { hooks: source('generic'), marketing: source('sendgrid'), bare: source('sendgrid') };
  const { secrets, signing } = await localKeys(sources, given);
  expect(secrets).toEqual({ hooks: ['new', 'old'], marketing: 'public' });
  expect(signing).toEqual({ hooks: { secret: 'new', signingKey: 'new' } });
});

test.each(['{"a": "hush-hush', '["hush-hush"]', '{"a": ""}', '{"a": []}', '{"a": ["hush-hush", 1]}'])(
  'a secret file that holds %s is refused without quoting it',
  (content) => {
    const read = () => readKeyFiles(write(content), undefined);
    expect(read).toThrow(/given/);
    expect(read).not.toThrow(/hush/);
  },
);

test('a certificate file must hold one, and a missing file is named', () => {
  expect(() => readKeyFiles(undefined, write('no'))).toThrow('holds no PEM certificate');
  expect(() => readKeyFiles('/nowhere/secrets.json', undefined)).toThrow('/nowhere/secrets.json cannot be read');
});

test('with a folder for data the next run has the same keys, and those that were set meanwhile', async () => {
  const data = join(folder, 'data');
  expect(readKept(data)).toBeUndefined();
  const sources = { marketing: source('sendgrid'), mail: source('ses') };
  const first = await localKeys(sources, {});
  const stored = {
    webhooks: { arn: '', value: JSON.stringify({ ...first.secrets, marketing: ['set by hand'] }) },
    ownKeys: { arn: '', value: '{"quell-erasure":"own"}' },
    unsubscribeKeys: { arn: '', value: JSON.stringify(first.unsubscribeKeys) },
    apiKeys: { arn: '', value: '{"marketing":"SG.key"}' },
  };
  const made = { signing: first.signing, certificate: first.certificate?.pem ?? '' };
  openDataFolder(data);
  keepKeys(data, undefined, made, stored);
  expect(statSync(join(data, 'keys.json')).mode & 0o777).toBe(0o600);

  const second = await localKeys({ ...sources, later: source('resend') }, {}, readKept(data));
  expect(second.signing).toEqual({ ...first.signing, later: expect.anything() });
  expect(second.certificate?.pem).toBe(first.certificate?.pem);
  expect(second.secrets).toEqual({ marketing: ['set by hand'], later: expect.any(String) });
  expect(second.ownKeys).toEqual({ 'quell-erasure': 'own' });
  expect(second.unsubscribeKeys).toEqual(first.unsubscribeKeys);
  expect(second.apiKeys).toEqual({ marketing: 'SG.key' });

  // With a file of secrets only API keys are kept here, and what was kept before stays as it was.
  const given = { secrets: { marketing: 'theirs' } };
  const third = await localKeys(sources, given, readKept(data));
  expect(third).toMatchObject({ secrets: given.secrets, apiKeys: { marketing: 'SG.key' } });
  const before = readKept(data);
  const apiKeys: StoredSecret = { arn: '', value: '{}' };
  keepKeys(data, before, undefined, { ...stored, webhooks: { arn: '', value: '{"marketing":"theirs"}' }, apiKeys });
  apiKeys.value = '{"marketing":"SG.new"}';
  apiKeys.changed?.();
  expect(readKept(data)).toEqual({ ...before, apiKeys: { marketing: 'SG.new' } });

  // Written before API keys were kept.
  const { apiKeys: _later, ...earlier } = JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8'));
  writeFileSync(join(data, 'keys.json'), JSON.stringify(earlier));
  expect((await localKeys(sources, {}, readKept(data))).apiKeys).toEqual({});

  // Cut off, or JSON of another kind: never new keys in place of those that others were given.
  for (const damaged of ['{"signing": {"marketing": "hush', '', 'null', '[]', '{}', '{"signing": "hush"}']) {
    writeFileSync(join(data, 'keys.json'), damaged);
    expect(() => readKept(data)).toThrow(/keys\.json cannot be read: put it back, or remove it/);
  }
});
