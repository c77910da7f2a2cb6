import { isApiKey } from '../../../lambda/esp/key.ts';
import type { EspApi } from '../../../lambda/providers/api.ts';
import type { Options, Values } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import type { Io } from '../cli/io.ts';
import { liveValues, readSecretMap } from '../stack/secret-map.ts';
import type { Target } from '../target/target.ts';

/** Where the key of an ESP's API comes from, for every command alike. It is never an argument: shells remember those, and others see them. */
export const KEY_OPTIONS = {
  'key-env': {
    type: 'string',
    value: 'NAME',
    help: "variable that holds the ESP's API key (default: standard input, then the key that the stack keeps, then asked)",
  },
} as const satisfies Options;

/**
 * The key: of the variable that was named, else from standard input, else the one that the stack keeps for the source, else typed without
 * echo. A variable is taken out of the environment, so that nothing started from here has it.
 */
export async function apiKeyOf(
  target: Target,
  source: string,
  { title, api }: { readonly title: string; readonly api: Pick<EspApi, 'key'> },
  given: Values<typeof KEY_OPTIONS>,
  io: Io,
): Promise<string> {
  const variable = given['key-env'];
  if (variable !== undefined) return checkedKey(fromEnvironment(variable));
  const piped = io.interactive ? '' : await io.readSecret('');
  if (piped.trim() !== '') return checkedKey(piped);
  const [kept] =
    target.names.apiKeysArn === undefined ? [] : liveValues(await readSecretMap(target, 'apiKeysArn'), source);
  if (kept !== undefined) {
    io.say(`Using the API key that the stack keeps for ${source}.`);
    return checkedKey(kept);
  }
  if (io.interactive) return checkedKey(await io.readSecret(`${title} ${api.key}: `));
  throw new UsageError(
    `The API key is missing (${title}: ${api.key}): pipe it into standard input, name a variable that holds it (--key-env), or keep it in the stack (secrets set ${source} --api-key).`,
  );
}

function fromEnvironment(variable: string): string {
  const value = process.env[variable];
  delete process.env[variable];
  // Not quoted: it may be the key itself.
  if (value === undefined || value === '')
    throw new UsageError('--key-env: there is no such variable, or it is empty.');
  return value;
}

/** @throws UsageError where it can be no key; the message does not hold it */
export function checkedKey(text: string): string {
  const key = text.trim();
  if (key === '') throw new UsageError('The API key is empty.');
  if (!isApiKey(key)) throw new UsageError('That is no API key: it holds white space or other characters.');
  return key;
}
