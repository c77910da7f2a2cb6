import type { RuntimeConfig, SourceConfig } from '../../lambda/contract/config.ts';
import type { Settings, SourceSettings } from './schema.ts';

/** What of the settings the functions need, as it is written beside each bundle. */
export function runtimeConfig(settings: Settings): RuntimeConfig {
  return {
    stage: settings.stage,
    sources: Object.fromEntries(Object.entries(settings.sources).map(([name, source]) => [name, sourceConfig(source)])),
    eventRetentionDays: settings.retention.eventsDays,
    policy: settings.policy,
  };
}

/** The base URL that ESPs are given, where the settings decide it; otherwise it is the API's own, known only once deployed. */
export const publicUrlOf = ({ publicUrl, customDomain }: Settings): string | undefined =>
  publicUrl ?? (customDomain && `https://${customDomain.name}`);

const sourceConfig = ({ provider, dedupeGroup, allowIps, policy, options }: SourceSettings): SourceConfig => ({
  provider,
  ...(dedupeGroup && { dedupeGroup }),
  ...(allowIps && { allowIps }),
  ...(policy && { policy }),
  options,
});
