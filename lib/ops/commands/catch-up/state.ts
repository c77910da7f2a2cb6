import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fields, list } from '../../../../lambda/domain/read.ts';
import type { Progress } from '../../../../lambda/esp/read-events.ts';

interface State {
  readonly file: string;
  /** How far an earlier run came; `damaged` where what it wrote cannot be read. */
  readonly progress: Progress | 'damaged' | undefined;
  save(progress: Progress): void;
  forget(): void;
}

const COUNTS = ['trusted', 'to', 'fetched', 'missing', 'passed', 'unreadable'];
const MARKS = ['open', 'border'];

function progressIn(text: string): Progress | 'damaged' {
  try {
    const read = fields(JSON.parse(text));
    const isWhole =
      COUNTS.every((name) => Number.isFinite(read[name])) &&
      MARKS.every((name) => list(read[name]).every((one) => typeof one === 'string') && Array.isArray(read[name]));
    return isWhole ? (read as unknown as Progress) : 'damaged';
  } catch {
    return 'damaged';
  }
}

/** @param what everything that makes it this catch-up and no other */
export function openState(root: string, what: readonly unknown[]): State {
  const id = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 12);
  const file = join(root, '.local', `catch-up-${id}.json`);
  return {
    file,
    progress: existsSync(file) ? progressIn(readFileSync(file, 'utf8')) : undefined,
    save(progress) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(progress), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    forget: () => rmSync(file, { force: true }),
  };
}
