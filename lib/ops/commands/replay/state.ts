import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How far a replay has come. */
export interface Position {
  /** The object being read, and how many of its lines are done. */
  readonly key: string;
  readonly lines: number;
  readonly events: number;
  readonly messages: number;
}

/** Remembers the position of one replay, so that the same command goes on where it was interrupted. */
interface State {
  readonly file: string;
  readonly position: Position | undefined;
  save(position: Position): void;
  forget(): void;
}

/** @param what everything that makes it this replay and no other */
export function openState(root: string, what: readonly unknown[]): State {
  const id = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 12);
  const file = join(root, '.local', `replay-${id}.json`);
  return {
    file,
    position: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Position) : undefined,
    save(position) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(position));
      renameSync(`${file}.new`, file);
    },
    forget: () => rmSync(file, { force: true }),
  };
}
