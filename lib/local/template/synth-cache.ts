import { createHash, type Hash, randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';

/** Everything that a synthesis depends on, beside the settings. A dependency changes with the lock file. */
const INPUTS = [
  'bin/app.ts',
  'cdk.json',
  // The runbook's address in the texts of alarms.
  '.git/config',
  'package-lock.json',
  'lambda/**/*.ts',
  'lib/stack.ts',
  'lib/{constructs,settings}/**/*.ts',
];
const KEPT = 24;
const KEPT_SOURCES = 4;

/** Syntheses by the content they were made from: the same stack need not be made anew at every start. */
export class SynthCache {
  readonly #root: string;
  readonly #folder: string;

  /** @param root the project */
  constructor(root: string) {
    this.#root = root;
    this.#folder = join(root, 'node_modules/.cache/quell/synth');
  }

  /** A name for the outcome: whatever differs in it differs in one of these. */
  key(settings: Buffer): string {
    return this.#sources().update('settings\n').update(settings).digest('hex');
  }

  /** A folder for what the bundler made of these very sources, whatever the settings. */
  bundles(): string {
    const all = join(this.#root, 'node_modules/.cache/quell/bundles');
    const own = join(all, this.#sources().digest('hex'));
    mkdirSync(own, { recursive: true });
    utimesSync(own, new Date(), new Date());
    forgetOldest(all, KEPT_SOURCES);
    return own;
  }

  #sources(): Hash {
    const hash = createHash('sha256').update(`${process.version}\n${process.env.CDK_DEFAULT_REGION ?? ''}\n`);
    for (const file of globSync(INPUTS, { cwd: this.#root }).sort()) {
      hash.update(`${file}\n`).update(readFileSync(join(this.#root, file)));
    }
    return hash;
  }

  /** Copies a remembered synthesis to `into`; false where there is none. */
  take(key: string, into: string): boolean {
    const kept = join(this.#folder, key);
    if (!existsSync(kept)) return false;
    try {
      cpSync(kept, into, { recursive: true });
      utimesSync(kept, new Date(), new Date());
      return true;
    } catch {
      // Forgotten by somebody else while it was read.
      rmSync(into, { recursive: true, force: true });
      return false;
    }
  }

  /** Remembers a synthesis. Whoever reads meanwhile sees all of it or nothing. */
  keep(key: string, from: string): void {
    mkdirSync(this.#folder, { recursive: true });
    const fresh = join(this.#folder, `.${randomUUID()}`);
    cpSync(from, fresh, { recursive: true });
    try {
      renameSync(fresh, join(this.#folder, key));
    } catch {
      // Somebody else has just kept the same.
      rmSync(fresh, { recursive: true, force: true });
    }
    forgetOldest(this.#folder, KEPT);
  }
}

/** The oldest go; one that is being read stays readable for whoever has begun. */
function forgetOldest(folder: string, spared: number): void {
  const kept = readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of kept.slice(spared)) rmSync(join(folder, name), { recursive: true, force: true });
}
