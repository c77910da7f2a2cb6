import * as v from 'valibot';
import { COMPARED_API_IDS, DOMAIN_API_IDS, EVENT_API_IDS } from '../../../lambda/providers/apis.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { SignedRights } from '../../../lambda/providers/own-api.ts';
import type { Mistake } from '../mistakes.ts';
import { flag, httpsUrl, matching } from '../values.ts';

const PERIOD = 'a time from "1h" to "24h", or "1d"';
/** "1h" to "24h", "1d"; in hours. CloudWatch watches no period longer than a day. */
export const reconcile = v.exactOptional(
  v.pipe(
    v.string(PERIOD),
    v.regex(/^(?:[1-9]|1\d|2[0-4])h$|^1d$/, PERIOD),
    v.transform((text) => (text === '1d' ? 24 : Number.parseInt(text, 10))),
  ),
);

/** How a source's ESP is reached by its own API, for the check and as what commands take for granted. */
export const api = v.exactOptional(
  v.object(
    {
      domain: v.exactOptional(matching(/^[\x21-\x7e]{1,253}$/, 'a domain, or an id, as the ESP knows it')),
      base: v.exactOptional(httpsUrl),
      reconcile: v.exactOptional(flag),
    },
    'an object',
  ),
);

/** As much of the settings as this is about. */
interface About {
  readonly reconcile?: number;
  readonly sources: Readonly<
    Record<
      string,
      { readonly provider: string; readonly api?: { readonly domain?: string; readonly reconcile?: boolean } }
    >
  >;
}

/** Sources that are compared with their ESP, by name. */
const reconciled = ({ reconcile: hours, sources }: About): readonly string[] =>
  hours === undefined
    ? []
    : Object.entries(sources).flatMap(([name, source]) =>
        COMPARED_API_IDS.includes(source.provider) && source.api?.reconcile !== false ? [name] : [],
      );

/** Sources whose ESP tells no past events: its list is held to ours. */
export const comparedByList = (settings: About): readonly string[] =>
  reconciled(settings).filter((name) => !EVENT_API_IDS.includes(settings.sources[name]?.provider ?? ''));

/** The rights with which the comparison signs its requests, where an ESP of its sources takes no key. */
export function signedFor(settings: About): readonly SignedRights[] {
  const providers = reconciled(settings).map((name) => settings.sources[name]?.provider ?? '');
  return [...new Set(providers)].flatMap((id) => PROVIDERS.get(id)?.api?.signed ?? []);
}

/** What the comparison cannot see, as a sentence for whoever deploys it; undefined where it sees every source. */
export function notCompared({ reconcile: hours, sources }: About): string | undefined {
  const left = Object.entries(sources).filter(([, { provider }]) => !COMPARED_API_IDS.includes(provider));
  if (hours === undefined || left.length === 0) return undefined;
  const named = left.map(([name, { provider }]) => `${name} (${PROVIDERS.get(provider)?.title ?? provider})`);
  return `reconcile: not compared, because neither events nor a list of its ESP can be read: ${named.join(', ')}. What their webhooks lose is noticed by silence alone.`;
}

export function reconcileMistakes(settings: About): Mistake[] {
  if (settings.reconcile === undefined) return [];
  const names = reconciled(settings);
  if (names.length === 0) {
    const problem = `is set, and no source has an ESP whose API can be asked; those that can: ${COMPARED_API_IDS.join(', ')}`;
    return [{ path: ['reconcile'], problem }];
  }
  return names.flatMap((name) => {
    const { provider, api: own } = settings.sources[name] ?? { provider: '', api: undefined };
    if (!DOMAIN_API_IDS.includes(provider) || own?.domain !== undefined) return [];
    const problem = `is missing: ${PROVIDERS.get(provider)?.title} keeps its data by it. Or leave this source out: "reconcile": false beside it`;
    return [{ path: ['sources', name, 'api', 'domain'], problem }];
  });
}
