import { apiOf, COMPARED_API_IDS, KEYED_API_IDS } from '../../../../lambda/providers/apis.ts';
import type { Values } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { checkedKey } from '../../esp/key.ts';
import { liveValues, readSecretMap } from '../../stack/secret-map.ts';
import { sourceOf, type Target } from '../../target/target.ts';
import { type HAND_OPTIONS, handOf } from '../../words/author.ts';
import { providerOf } from '../../words/provider.ts';
import { changeByHand } from './by-hand.ts';

const WHICH = 'apiKeysArn';

/** Keys of the ESPs' own APIs, one for each source, in a secret of their own: no function that hears from outside can read them. */
export async function apiKeyCommand(
  action: string,
  target: Target,
  name: string,
  { json, ...by }: Values<typeof HAND_OPTIONS> & { readonly json?: boolean | undefined },
  io: Io,
): Promise<ExitCode> {
  if (target.names.apiKeysArn === undefined)
    throw new UsageError(
      `${target.label} keeps no API keys: the setting "reconcile" makes the secret. Commands take a key from standard input.`,
    );
  if (action !== 'set' && action !== 'remove')
    throw new UsageError(`secrets ${action}: API keys are set and removed only; the ESP makes them.`);
  const { provider } = sourceOf(target, name);
  const api = await apiOf(provider);
  const { title } = providerOf(provider);
  if (api?.signedByAws !== undefined)
    throw new UsageError(`${name}: ${title} takes no key: the function asks it with its own AWS rights.`);
  if (!api || !KEYED_API_IDS.includes(provider))
    throw new UsageError(`${name}: ${title} is not compared. Those that are: ${COMPARED_API_IDS.join(', ')}.`);
  const value = action === 'set' ? checkedKey(await io.readSecret(`${title} ${api.key}: `)) : undefined;
  const what = action === 'set' ? 'secrets set' : 'secrets remove';
  const intent = {
    what,
    hand: await handOf(by, target),
    on: [name],
    how: "the key of the ESP's API",
    say: io.say,
  } as const;
  await changeByHand(
    target,
    intent,
    (map) => {
      const changed = new Map(map);
      if (value === undefined) changed.delete(name);
      else changed.set(name, value);
      return changed;
    },
    WHICH,
  );
  if (json) io.print(jsonLine({ source: name, provider, apiKey: value !== undefined }));
  else io.print(`${name}: API key ${value === undefined ? 'removed' : 'stored'}`);
  const right = api.rights.events ?? api.rights.lists;
  if (value !== undefined && right !== undefined)
    io.say(`The comparison only reads: a key with "${right}" and nothing else is enough.`);
  return EXIT.yes;
}

/** Which sources have a key of their ESP's API; none where the stack keeps none. */
export async function apiKeyRows(target: Target): Promise<{ readonly source: string; readonly apiKey: boolean }[]> {
  if (target.names.apiKeysArn === undefined) return [];
  const map = await readSecretMap(target, WHICH);
  return [...target.names.sources].flatMap(([source, { provider, api }]) =>
    KEYED_API_IDS.includes(provider) && api?.reconcile !== false
      ? [{ source, apiKey: liveValues(map, source).length > 0 }]
      : [],
  );
}
