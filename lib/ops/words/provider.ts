import { safeParse } from 'valibot';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Provider } from '../../../lambda/providers/provider.ts';
import { UsageError } from '../cli/errors.ts';
import { suggestion } from '../cli/suggest.ts';

/** A provider by the id a person typed. */
export function providerOf(id: string): Provider<unknown> {
  const provider = PROVIDERS.get(id);
  if (provider) return provider;
  const known = [...PROVIDERS.keys()];
  throw new UsageError(`There is no such provider.${suggestion(id, known)} Known: ${known.join(', ')}.`);
}

/**
 * Options for a provider. Without a source there are no settings: then its defaults, and nothing for what has none (a list of
 * allowed topics, for one, which reading a body does not need).
 */
export function optionsOf(provider: Provider<unknown>, given: unknown = {}): unknown {
  return safeParse(provider.options, given).output ?? {};
}

/** What `--options` holds: a source's own settings as they stand in the settings file. */
export function parseOptions(provider: Provider<unknown>, text: string): unknown {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new UsageError('--options is not JSON.');
  }
  const parsed = safeParse(provider.options, given);
  if (parsed.success) return parsed.output;
  const at = parsed.issues.map((issue) => issue.path?.map((item) => String(item.key)).join('.') || 'the whole');
  throw new UsageError(`--options does not fit ${provider.id}: ${[...new Set(at)].join(', ')}.`);
}
