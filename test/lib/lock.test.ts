import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly optional?: boolean;
}

/**
 * Binaries for platforms that the machine which wrote the lock does not have: their registry did not hold them, so there was no hash to write.
 * Installing on such a platform takes them by name and exact version only. Nothing else may join them.
 */
const UNHASHED =
  /^node_modules\/(@dynoxide|@swc\/core-|@biomejs\/cli-|@unrs\/resolver-binding-|@duckdb\/node-bindings-)/;

test('every package of the lock file has a hash; the exceptions are binaries of other platforms, each at an exact version', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Entry> };
  const unhashed = Object.entries(packages).filter(
    ([path, { link, inBundle, integrity }]) => path !== '' && !link && !inBundle && !integrity,
  );
  expect(unhashed.filter(([path, { optional }]) => !optional || !UNHASHED.test(path)).map(([path]) => path)).toEqual(
    [],
  );
  for (const [, { version }] of unhashed) expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
});
