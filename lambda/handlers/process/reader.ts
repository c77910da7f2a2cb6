import { findSource } from '../../aws/config.ts';
import type { RuntimeConfig } from '../../contract/config.ts';
import type { Draft } from '../../domain/event.ts';
import { normaliseAct, OPERATOR } from '../../domain/operator.ts';
import { PROVIDERS } from '../../providers/index.ts';
import type { Control, Provider } from '../../providers/provider.ts';

/** What `process` needs to read the raw events of one source. */
export interface Reader {
  readonly provider: string;
  readonly dedupeGroup: string;
  readonly drafts: (raw: string, meta: Readonly<Record<string, string>>) => readonly Draft[];
  readonly control: (raw: string) => Control | undefined;
  readonly bindToken: NonNullable<Provider['bindToken']>;
}

/** Who reads the events of a source: its provider, or for operator acts their own normaliser. */
export function readerOf(name: string, config: RuntimeConfig): Reader | undefined {
  if (name === OPERATOR) {
    return {
      provider: OPERATOR,
      dedupeGroup: OPERATOR,
      drafts: (raw) => [normaliseAct(raw)],
      control: () => undefined,
      bindToken: () => undefined,
    };
  }
  const source = findSource(config, name);
  const provider = PROVIDERS.get(source?.provider ?? '') as unknown as Provider<unknown> | undefined;
  return (
    source &&
    provider && {
      provider: provider.id,
      dedupeGroup: source.dedupeGroup ?? name,
      drafts: (raw, meta) => provider.normalise(raw, { options: source.options, meta }),
      control: (raw) => provider.control?.(raw),
      bindToken: (raw) => provider.bindToken?.(raw),
    }
  );
}
