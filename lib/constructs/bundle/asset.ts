import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { AssetHashType } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import type { FunctionName } from '../../../lambda/contract/env.ts';
import { writeBesideCode } from './contents.ts';
import { keptCode } from './kept.ts';

/**
 * One function's asset. Its hash is over what was built, so a deploy changes only functions whose code or config changed. The build
 * needs an esbuild plugin and therefore time of its own, which the CDK does not give: it runs in a process that is waited for.
 */
export function bundledCode(name: FunctionName, config: RuntimeConfig): Code {
  const input = JSON.stringify(config);
  return Code.fromAsset(join(import.meta.dirname, '../../../lambda'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: the local build below succeeds or throws.
      image: Runtime.NODEJS_24_X.bundlingImage,
      // Unused too, but part of the key under which the CDK remembers a finished bundle; without it all functions would share one.
      command: [name, input],
      local: {
        tryBundle(directory) {
          const kept = keptCode(name, config);
          if (kept?.copyTo(directory)) {
            writeBesideCode(directory, config);
            return true;
          }
          const build = [join(import.meta.dirname, 'build.ts'), name, directory];
          const built = execFileSync(process.execPath, build, { input, stdio: ['pipe', 'pipe', 'inherit'] });
          kept?.keep(directory, JSON.parse(String(built)));
          return true;
        },
      },
    },
  });
}
