import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How far a catch-up has come. Holds fingerprints, no address and no key. */
export interface Progress {
  /** Epoch milliseconds: everything before is read and sent. No token of a page: those end. */
  readonly trusted: number;
  /** Where it is to end, kept so that "now" stays what it was. */
  readonly to: number;
  readonly fetched: number;
  readonly missing: number;
  readonly passed: number;
  readonly unreadable: number;
  /** Of the slice being read: events that were not in the table, written down before they are sent and so come to be in it. */
  readonly open: readonly string[];
  /** Events at the end of the last whole slice, which the next one may bring again. */
  readonly border: readonly string[];
}

export interface State {
  readonly file: string;
  readonly progress: Progress | undefined;
  save(progress: Progress): void;
  forget(): void;
}

/** @param what everything that makes it this catch-up and no other */
export function openState(root: string, what: readonly unknown[]): State {
  const id = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 12);
  const file = join(root, '.local', `catch-up-${id}.json`);
  return {
    file,
    progress: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Progress) : undefined,
    save(progress) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(progress), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    forget: () => rmSync(file, { force: true }),
  };
}
