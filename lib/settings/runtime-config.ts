import * as v from 'valibot';
import { archiveStreamName } from '../../lambda/contract/archive.ts';
import type { RuntimeConfig, SourceConfig, StagePolicy } from '../../lambda/contract/config.ts';
import { REQUEST_KEY } from '../../lambda/contract/tables.ts';
import type { UnsubscribeConfig } from '../../lambda/contract/unsubscribe.ts';
import { generic } from '../../lambda/providers/generic/index.ts';
import type { Settings, SourceSettings } from './schema.ts';

/** The heartbeat is an ordinary source to `receive` and `process`: what proves it proves the way of every other. */
const HEARTBEAT: SourceConfig = { provider: generic.id, options: v.parse(generic.options, {}) };

/** What of the settings the functions need, as it is written beside each bundle. */
export function runtimeConfig(settings: Settings): RuntimeConfig {
  return {
    stage: settings.stage,
    sources: Object.fromEntries(Object.entries(settings.sources).map(([name, source]) => [name, sourceConfig(source)])),
    ...(settings.heartbeat && { heartbeat: HEARTBEAT }),
    ...customKeysOf(settings),
    ...((settings.alarms.clickSurge ?? settings.alarms.engagementDrop) && { countEngagement: true }),
    ...(settings.unsubscribe && { unsubscribe: pageOf(settings.unsubscribe) }),
    ...(settings.reconcile !== undefined && { reconcile: { hours: settings.reconcile } }),
    eventRetentionDays: settings.retention.eventsDays,
    policy: settings.policy,
    ...(settings.publish && { publish: settings.publish }),
    ...(settings.archive && { archive: { stream: archiveStreamName(settings.stage) } }),
  };
}

function customKeysOf({ searchKeys = [] }: Settings): Pick<RuntimeConfig, 'customKeys'> {
  const customKeys = searchKeys.filter((key) => key !== REQUEST_KEY);
  return customKeys.length > 0 ? { customKeys } : {};
}

/** The same for the console's function, which also says what is expected and when a rate is high. */
export function consoleConfig(settings: Settings): RuntimeConfig {
  const config = runtimeConfig(settings);
  const sources = Object.entries(config.sources).map(([name, source]) => {
    const expectEvery = settings.sources[name]?.expectEvery;
    return [name, { ...source, ...(expectEvery !== undefined && { expectEvery }) }];
  });
  return { ...config, sources: Object.fromEntries(sources), stagePolicy: stagePolicy(settings) };
}

/** What the stage judges by, as a deployed stack reports it. */
export function stagePolicy({ policy, sources, alarms, retention }: Settings): StagePolicy {
  const { minimumDelivered, bounceRate, complaintRate } = alarms;
  const own = Object.entries(sources).flatMap(([name, source]) => (source.policy ? [[name, source.policy]] : []));
  return {
    policy,
    sources: Object.fromEntries(own),
    thresholds: { minimumDelivered, bounceRate, complaintRate },
    auditDays: retention.auditDays,
  };
}

/** The base URL that ESPs are given, where the settings decide it; otherwise it is the API's own, known only once deployed. */
export const publicUrlOf = ({ publicUrl, customDomain }: Settings): string | undefined =>
  publicUrl ?? (customDomain && `https://${customDomain.name}`);

const sourceConfig = ({ provider, dedupeGroup, allowIps, policy, api, options }: SourceSettings): SourceConfig => ({
  provider,
  ...(dedupeGroup && { dedupeGroup }),
  ...(allowIps && { allowIps }),
  ...(policy && { policy }),
  ...(api && { api }),
  options,
});

const pageOf = ({ sender, language, lists, texts }: NonNullable<Settings['unsubscribe']>): UnsubscribeConfig => ({
  ...(sender !== undefined && { sender }),
  language,
  lists,
  texts,
});
