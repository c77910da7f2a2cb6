import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SynthCache } from '../../../lib/local/template/synth-cache.ts';
import { temporaryFolder } from '../../support/local-toy.ts';

let root: string;
let cache: SynthCache;
const SETTINGS = Buffer.from('{"sources":{}}');

function put(file: string, text: string): void {
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), text);
}

beforeEach(() => {
  root = temporaryFolder();
  cache = new SynthCache(root);
  for (const file of [
    'bin/app.ts',
    'cdk.json',
    'package-lock.json',
    'lambda/a.ts',
    'lib/stack.ts',
    'lib/constructs/b.ts',
  ])
    put(file, 'one');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('syntheses by content', () => {
  test.each([
    'bin/app.ts',
    'cdk.json',
    'package-lock.json',
    'lambda/a.ts',
    'lambda/deep/new.ts',
    'lib/stack.ts',
    'lib/constructs/b.ts',
    'lib/settings/new.ts',
  ])('a change of %s is another synthesis', (file) => {
    const before = cache.key(SETTINGS);
    expect(cache.key(SETTINGS)).toBe(before);
    put(file, 'two');
    expect(cache.key(SETTINGS)).not.toBe(before);
  });

  test('other settings are another synthesis; what the runner itself is made of is none', () => {
    const before = cache.key(SETTINGS);
    expect(cache.key(Buffer.from('{"sources":{"a":1}}'))).not.toBe(before);
    put('lib/local/runner.ts', 'two');
    expect(cache.key(SETTINGS)).toBe(before);
  });

  test('what was kept is copied back whole; what was not is said to be missing', () => {
    put('made/template.json', 'made');
    put('made/asset/index.js', 'code');
    expect(cache.take('k', join(root, 'again'))).toBe(false);
    cache.keep('k', join(root, 'made'));
    cache.keep('k', join(root, 'made'));
    expect(cache.take('k', join(root, 'again'))).toBe(true);
    expect(readFileSync(join(root, 'again/template.json'), 'utf8')).toBe('made');
    expect(readFileSync(join(root, 'again/asset/index.js'), 'utf8')).toBe('code');
  });

  test('what was bundled serves other settings too, and no other code; of code only the newest states are kept', () => {
    const before = cache.bundles();
    expect(cache.bundles()).toBe(before);
    for (let n = 0; n < 6; n++) {
      put('lambda/a.ts', `state ${n}`);
      expect(cache.bundles()).not.toBe(before);
    }
    expect(readdirSync(join(before, '..')).length).toBeLessThan(6);
  });

  test('only the newest are kept', () => {
    put('made/template.json', 'made');
    for (let n = 0; n < 30; n++) cache.keep(`k${n}`, join(root, 'made'));
    const kept = Array.from({ length: 30 }, (_, n) => cache.take(`k${n}`, join(root, `again${n}`)));
    expect(kept.filter(Boolean)).toHaveLength(24);
    expect(kept.at(-1)).toBe(true);
  });
});
