import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Progress } from '../../../../lambda/esp/read-events.ts';

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
