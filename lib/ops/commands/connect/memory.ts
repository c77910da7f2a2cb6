import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../target/target.ts';

/** Which value connect stored, as a hash: what it did it can undo, what others stored it leaves alone. */

const digest = (value: string): string => createHash('sha256').update(value).digest('hex');
const fileOf = (root: string, { names }: Target, source: string): string =>
  join(root, '.local', `connect-${digest(JSON.stringify([names.url, names.secretArn, source])).slice(0, 12)}.json`);

export function remember(root: string, target: Target, source: string, value: string): void {
  const file = fileOf(root, target, source);
  mkdirSync(dirname(file), { recursive: true });
  const known = new Set([...digests(file), digest(value)]);
  writeFileSync(file, JSON.stringify([...known]), { mode: 0o600 });
}

/** Tells whether a value is one that connect stored. */
export function rememberer(root: string, target: Target, source: string): (value: string) => boolean {
  const known = new Set(digests(fileOf(root, target, source)));
  return (value) => known.has(digest(value));
}

export const forget = (root: string, target: Target, source: string): void =>
  rmSync(fileOf(root, target, source), { force: true });

/** None where the file is damaged: then nothing is known to be ours, and what is stored stays. */
function digests(file: string): string[] {
  try {
    const read: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
    return Array.isArray(read) ? read.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
