import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type Entry, hashed, type Lock, unhashed } from '../support/house/lock-hashes.ts';

/**
 * Binaries for platforms that the machine which wrote the lock does not have: their registry did not hold them, so there was no hash to write.
 * Installing on such a platform takes them by name and exact version only. Nothing else may join them.
 */
const UNHASHED =
  /^node_modules\/(@dynoxide|@swc\/core-|@biomejs\/cli-|@unrs\/resolver-binding-|@duckdb\/node-bindings-)/;
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;

/** Linux on x64 with glibc, as in CI: whatever is installed there is compared with its hash. */
const isOfCi = ({ os, cpu, libc }: Entry): boolean =>
  (os ?? ['linux']).includes('linux') && (cpu ?? ['x64']).includes('x64') && (libc ?? ['glibc']).includes('glibc');

test('every package of the lock file has a hash; the exceptions are binaries of other platforms, each at an exact version', () => {
  const left = unhashed(lock);
  const wrong = left.filter(([path, entry]) => !entry.optional || !UNHASHED.test(path) || isOfCi(entry));
  expect(wrong.map(([path]) => path)).toEqual([]);
  for (const [, { version }] of left) expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
});

test('the page on security names how many there are, and of which packages', () => {
  const [, chapter = ''] = readFileSync('docs/security.md', 'utf8').split('## Supply chain');
  const left = unhashed(lock).map(([path]) => path.replace('node_modules/', ''));
  expect(chapter).toContain(`${left.length} entries`);
  const named = [...chapter.matchAll(/`(@[\w/-]+?)\*?`/g)].map(([, prefix = '']) => prefix);
  expect(left.filter((name) => !named.some((prefix) => name.startsWith(prefix)))).toEqual([]);
});

test('hashes that a registry has are written, and nothing else changes', () => {
  const [[path, entry] = ['', {}]] = unhashed(lock);
  const asked: string[] = [];
  const filled = hashed(lock, (spec) => {
    asked.push(spec);
    return spec.startsWith(path.replace('node_modules/', '')) ? 'sha512-x' : undefined;
  });
  expect(filled.packages[path]).toEqual({ ...entry, integrity: 'sha512-x' });
  expect(asked).toHaveLength(unhashed(lock).length);
  expect(asked[0]).toBe(`${path.replace('node_modules/', '')}@${entry.version}`);
  expect(unhashed(filled)).toHaveLength(unhashed(lock).length - 1);
  expect({ ...filled, packages: { ...filled.packages, [path]: entry } }).toEqual(lock);
  expect(Object.keys(filled.packages)).toEqual(Object.keys(lock.packages));
});
