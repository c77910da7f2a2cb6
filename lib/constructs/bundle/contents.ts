import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE, type RuntimeConfig } from '../../../lambda/contract/config.ts';

/** All of a function's code. */
export const CODE_FILE = 'index.js';

/** Ids of the providers that a stack's functions need, in order. */
export function providersOf({ sources, heartbeat }: RuntimeConfig): readonly string[] {
  const used = [...Object.values(sources), ...(heartbeat ? [heartbeat] : [])];
  return [...new Set(used.map(({ provider }) => provider))].sort();
}

/** What decides which code is bundled: nothing else of a config does. */
export const codeFor = (config: RuntimeConfig): string =>
  [...providersOf(config), ...(config.unsubscribe ? ['with unsubscribe links'] : [])].join();

/** Writes what lies beside the code: the config, and the word that the code is CommonJS (the local runner starts it inside this project, whose own files are ES modules). */
export function writeBesideCode(directory: string, config: RuntimeConfig): void {
  writeFileSync(join(directory, CONFIG_FILE), JSON.stringify(config));
  writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}');
}
