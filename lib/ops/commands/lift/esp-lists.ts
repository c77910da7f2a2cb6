import { PROVIDERS } from '../../../../lambda/providers/index.ts';

/** Which lists of ESPs hold a person that these sources have told us of, and how each is cleared; operators' own acts name none. */
export function listsToClear(
  told: Iterable<string>,
  sources: ReadonlyMap<string, { readonly provider: string }>,
): string[] {
  return [...new Set(told)].flatMap((name) => {
    const provider = PROVIDERS.get(sources.get(name)?.provider ?? '');
    return provider ? [`${name} (${provider.id}): ${provider.clearList}`] : [];
  });
}
