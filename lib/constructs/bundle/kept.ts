import { createHash, randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import type { FunctionName } from '../../../lambda/contract/env.ts';
import { CODE_FILE, codeFor } from './contents.ts';

/**
 * Code that was bundled before, where the variable QUELL_BUNDLES names a folder for this state of the sources: the local run does, a deploy
 * always builds. What a function runs depends on the providers that are configured, if it asks for them, on whether there are unsubscribe links, and on nothing else of its config.
 */
export function keptCode(name: FunctionName, config: RuntimeConfig) {
  const folder = process.env.QUELL_BUNDLES;
  // The console's is more than one file, and made of the commands too; nobody calls it locally.
  if (!folder || name === 'console') return undefined;
  const code = createHash('sha256').update(codeFor(config)).digest('hex').slice(0, 16);
  const whatever = join(folder, `${name}.js`);
  const own = join(folder, `${name}-${code}.js`);
  return {
    /** False where there is none yet. */
    copyTo(directory: string): boolean {
      const file = [whatever, own].find((one) => existsSync(one));
      if (file !== undefined) copyFileSync(file, join(directory, CODE_FILE));
      return file !== undefined;
    },
    /** Whoever reads meanwhile sees all of it or nothing. */
    keep(directory: string, { ofProviders }: { readonly ofProviders: boolean }): void {
      const fresh = join(folder, `.${randomUUID()}`);
      copyFileSync(join(directory, CODE_FILE), fresh);
      renameSync(fresh, ofProviders ? own : whatever);
    },
  };
}
