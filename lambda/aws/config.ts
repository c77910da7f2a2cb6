import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE, HEARTBEAT_SOURCE, type RuntimeConfig, type SourceConfig } from '../contract/config.ts';
import { UNSUBSCRIBE_SOURCE } from '../contract/unsubscribe.ts';

/** The settings that the stack wrote beside this bundle. */
export function readConfig(folder = __dirname): RuntimeConfig {
  return JSON.parse(readFileSync(join(folder, CONFIG_FILE), 'utf8')) as RuntimeConfig;
}

/** Every source that posts: those of the settings, and the heartbeat. */
export const postingSources = ({ sources, heartbeat }: RuntimeConfig): RuntimeConfig['sources'] => ({
  ...sources,
  ...(heartbeat && { [HEARTBEAT_SOURCE]: heartbeat }),
});

/** A configured source, by own name only: `constructor` is no source. */
export function findSource(config: RuntimeConfig, name: string): SourceConfig | undefined {
  if (name === HEARTBEAT_SOURCE) return config.heartbeat;
  if (name === UNSUBSCRIBE_SOURCE) return UNSUBSCRIBE;
  return Object.hasOwn(config.sources, name) ? config.sources[name] : undefined;
}

/** Read also where the setting is gone: events wait on queues and in the archive. */
const UNSUBSCRIBE: SourceConfig = { provider: UNSUBSCRIBE_SOURCE, options: {}, policy: { unsubscribe: 'forever' } };
