import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findSource, postingSources, readConfig } from '../../../lambda/aws/config.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { settingsOf } from '../../support/stack/settings.ts';

/** The settings that a function finds beside itself. */

const config = runtimeConfig(settingsOf());
const { heartbeat: _heartbeat, ...without } = config;
const [name = ''] = Object.keys(config.sources);

test('are read where the stack wrote them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-config-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  expect(readConfig(folder)).toEqual(config);
  rmSync(folder, { recursive: true });
});

test('name a source by its own name only; the heartbeat is one where it is switched on, the unsubscribe always', () => {
  expect(findSource(config, name)).toBe(config.sources[name]);
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
  expect(postingSources(without as typeof config)).toEqual(config.sources);
});
