import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { CONFIG_FILE, type RuntimeConfig } from '../../lambda/contract/config.ts';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import { buildFunction, bundleOptions } from '../../lib/constructs/bundle/build.ts';
import { checkSettings } from '../../lib/settings/check.ts';
import { runtimeConfig } from '../../lib/settings/runtime-config.ts';

export const PEERS = ['receive-floor', 'receive-floor-by-engine', 'process-floor', 'put-item', 'idempotency'] as const;
export type Peer = (typeof PEERS)[number];
export type Subject = 'receive' | 'process' | Peer;

/** Settings with these providers, each under its own name, and whatever else they say. */
export function configOf(providers: readonly string[], others: object = {}): RuntimeConfig {
  const sources = Object.fromEntries(
    providers.map((id) => [id, { provider: id, ...PROVIDERS.get(id)?.minimalOptions }]),
  );
  const checked = checkSettings({ sources, ...others }, 'bench');
  if ('settings' in checked) return runtimeConfig(checked.settings);
  throw new Error(JSON.stringify(checked.mistakes));
}

export const everyProvider = (others?: object): RuntimeConfig => configOf([...PROVIDERS.keys()], others);

export const fileIn = (folder: string): string => join(folder, 'index.js');
export const kilobytes = (folder: string): number => statSync(fileIn(folder)).size / 1000;

/** The function exactly as a deploy would upload it. Returns its folder. */
export async function shipped(
  name: 'receive' | 'process',
  config: RuntimeConfig,
  into: string,
  label: string = name,
): Promise<string> {
  const folder = join(into, label);
  await buildFunction(name, config, folder);
  return folder;
}

/** A peer or a floor, bundled as our functions are: same stubs, same format, same minifier. */
export async function peer(name: Peer, config: RuntimeConfig, into: string): Promise<string> {
  const folder = join(into, name);
  await bundle(join('bench/peers', `${name}.ts`), folder, name.startsWith('receive') ? 'receive' : 'process', config);
  writeFileSync(join(folder, CONFIG_FILE), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  return folder;
}

/** As `buildFunction` does it, and what went into it. @param as the function whose half of a provider is kept. */
export async function bundle(
  entry: string,
  folder: string,
  as: 'receive' | 'process',
  config = everyProvider(),
): Promise<Metafile> {
  mkdirSync(folder, { recursive: true });
  const { metafile } = await build({ ...bundleOptions(as, config, entry, folder), metafile: true });
  return metafile;
}
