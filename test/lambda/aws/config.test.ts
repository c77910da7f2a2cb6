import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findSource, postingSources, readConfig } from '../../../lambda/aws/config.ts';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';

/** The settings that a function finds beside itself. */

const source = (provider: string) => ({ provider, options: {}, policy: {} });
const without = { sources: { shop: source('sendgrid') } } as unknown as RuntimeConfig;
const config = { ...without, heartbeat: source('generic') } as unknown as RuntimeConfig;

test('are read where the stack wrote them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-config-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  expect(readConfig(folder)).toEqual(config);
  rmSync(folder, { recursive: true });
});

test('name a source by its own name only; the heartbeat is one where it is switched on, the unsubscribe always', () => {
  expect(findSource(config, 'shop')).toBe(config.sources.shop);
  expect([findSource(config, 'quell-heartbeat'), findSource(without, 'quell-heartbeat')]).toEqual([
    config.heartbeat,
    undefined,
  ]);
  for (const one of ['constructor', '__proto__', 'nobody', '']) expect(findSource(config, one)).toBeUndefined();
  // No policy ends what people ask for by a link.
  expect(findSource(config, 'quell-unsubscribe')).toEqual({
    provider: 'quell-unsubscribe',
    options: {},
    policy: { unsubscribe: 'forever' },
  });
});

test('name every source that posts', () => {
  expect(postingSources(config)).toEqual({ ...config.sources, 'quell-heartbeat': config.heartbeat });
  expect(postingSources(without)).toEqual(config.sources);
});
