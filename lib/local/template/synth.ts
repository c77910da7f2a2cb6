import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import { LocalError } from '../error.ts';
import type { Home } from '../home.ts';
import type { LocalOptions } from '../options.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import { SynthCache } from './synth-cache.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Synthesizes the real stack, bundles included, into the home folder, in a process of its own: what it needs of memory is free again after.
 * @throws LocalError with what the app said.
 */
export async function synthesize(home: Home, watchdog: Watchdog, { settings, signal }: LocalOptions): Promise<void> {
  const file = settings === undefined ? defaultSettings(home) : resolve(settings);
  rmSync(home.assembly, { recursive: true, force: true });
  const cache = new SynthCache(ROOT);
  const key = existsSync(file) ? cache.key(readFileSync(file)) : undefined;
  if (key !== undefined && cache.take(key, home.assembly)) return;
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: object };
  const app = spawn(process.execPath, [join(ROOT, 'bin/app.ts')], {
    cwd: ROOT,
    env: {
      ...process.env,
      // What is checked for a deploy costs three seconds, and there is none.
      CDK_VALIDATION: 'false',
      QUELL_BUNDLES: cache.bundles(),
      CDK_OUTDIR: home.assembly,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...context,
        stage: 'local',
        settings: file,
        'aws:cdk:disable-creation-stack-traces': true,
      }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  watchdog.watch(app);
  let said = '';
  for (const stream of [app.stdout, app.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const code = await new Promise<number | null>((done, fail) => app.once('error', fail).once('close', done));
  if (code !== 0) throw new LocalError(said.trim() || `synthesizing ${basename(file)} ended with ${code}`);
  if (key !== undefined) cache.keep(key, home.assembly);
}

/** Every provider under its own name. */
function defaultSettings(home: Home): string {
  const sources = [...PROVIDERS].map(([id, { minimalOptions }]) => [id, { provider: id, ...minimalOptions }]);
  const file = join(home.folder, 'settings.json');
  // With all that costs something in AWS and nothing here, so that it can be tried.
  const free = {
    archive: {},
    unsubscribe: {},
    byMessageIndex: true,
    searchKeys: ['requestId', 'order_id'],
    publish: { surgeClicks: 20 },
  };
  const settings = { sources: Object.fromEntries(sources), ...free };
  writeFileSync(file, `${JSON.stringify(settings, undefined, 2)}\n`);
  return file;
}
