import { COMPARED_API_IDS, KEYED_API_IDS } from '../../../../../lambda/providers/apis.ts';
import { liveValues, type SecretMap } from '../../../stack/secret-map.ts';
import type { Target } from '../../../target/target.ts';
import { providerOf } from '../../../words/provider.ts';
import { type Finding, fault, note, ok } from '../finding.ts';

/** Has the scheduled comparison what it needs of each source, and which can it not see at all? @param keys undefined where they could not be read */
export function examineComparison({ names, kind }: Target, keys: SecretMap | undefined): Finding[] {
  if (names.apiKeysArn === undefined) return [];
  return [...names.sources].flatMap(([name, { provider, api, options }]): Finding[] => {
    if (api?.reconcile === false) return [];
    const { title } = providerOf(provider);
    if (!COMPARED_API_IDS.includes(provider)) {
      const says = `not compared: neither events nor a list of ${title} can be read. What its webhook loses is noticed by silence alone.`;
      return [note('not-compared', name, says)];
    }
    if (!KEYED_API_IDS.includes(provider) || keys === undefined) return [];
    if (liveValues(keys, name).length > 0) return [ok('api-key', name, `a key of ${title}'s API is stored`)];
    const says = `no key of ${title}'s API is stored: it is not compared, and every catch-up asks for one.`;
    const fix = `ops secrets set ${name} --api-key`;
    // Without the stage's settings it is not known whether the source was left out on purpose.
    return kind === 'local' || options !== undefined
      ? [fault('api-key-missing', name, says, fix)]
      : [note('api-key-missing', name, `${says} ${fix}, or "api": { "reconcile": false } in its settings`)];
  });
}
