import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Writes the hashes that the lock file lacks, from the registry that npm is set to:
 *
 *     npm exec node -- test/support/house/lock-hashes.ts && npm ci
 *
 * They are those of binaries for platforms that the registry did not hold when the lock was written.
 */

export interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

export interface Lock {
  readonly packages: Readonly<Record<string, Entry>>;
}

/** Entries that npm would install without comparing them with anything. */
export const unhashed = ({ packages }: Lock): [path: string, entry: Entry][] =>
  Object.entries(packages).filter(
    ([path, { link, inBundle, integrity }]) => path !== '' && !link && !inBundle && !integrity,
  );

/** @param integrityOf of `name@version`; undefined where the registry has none */
export function hashed(lock: Lock, integrityOf: (spec: string) => string | undefined): Lock {
  const found = unhashed(lock).flatMap(([path, { version, ...rest }]): [string, Entry][] => {
    const integrity = integrityOf(
      `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
    );
    // npm's own order: what follows the version is the hash.
    return integrity === undefined ? [] : [[path, { ...(version && { version }), integrity, ...rest }]];
  });
  return { ...lock, packages: { ...lock.packages, ...Object.fromEntries(found) } };
}

/** What is no hash of npm's kind is none: an error page must not become one. */
function ask(spec: string): string | undefined {
  try {
    const said = execFileSync('npm', ['view', spec, 'dist.integrity'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return /^sha512-[A-Za-z0-9+/]{86}==$/.exec(said.trim())?.[0];
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const complete = hashed(lock, ask);
  writeFileSync('package-lock.json', `${JSON.stringify(complete, undefined, 2)}\n`);
  const left = unhashed(complete);
  process.stdout.write(`${unhashed(lock).length - left.length} hashes written, ${left.length} not found\n`);
}
