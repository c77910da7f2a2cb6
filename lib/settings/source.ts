import { safeParse } from 'valibot';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import type { Topics } from '../../lambda/providers/provider.ts';
import { isObject, type Mistake, mistakeOf, nearest, strayKeys } from './mistakes.ts';
import { common, type SourceSettings } from './schema.ts';

type CheckedSource = { readonly source: SourceSettings } | { readonly mistakes: Mistake[] };

/** One source: what all have in common, and beside it what its provider's own schema allows. */
export function checkSource(input: unknown, path: readonly string[]): CheckedSource {
  if (!isObject(input)) return { mistakes: [{ path, problem: 'must be an object' }] };
  const provider = typeof input.provider === 'string' ? PROVIDERS.get(input.provider) : undefined;
  if (!provider) return { mistakes: [{ path: [...path, 'provider'], problem: unknownProvider(input.provider) }] };

  const commonKeys = Object.keys(common.entries);
  const own = Object.fromEntries(Object.entries(input).filter(([key]) => !commonKeys.includes(key)));
  const shared = safeParse(common, input);
  const options = safeParse(provider.options, own);
  const mistakes = [
    ...(shared.issues ?? []).flatMap((issue) => mistakeOf(issue, input, path)),
    ...strayKeys(common, Object.fromEntries(Object.entries(input).filter(([key]) => commonKeys.includes(key))), path),
    ...strayKeys(provider.options, own, path, commonKeys),
    ...(options.issues ?? []).flatMap((issue) => mistakeOf(issue, input, path)),
  ];
  if (mistakes.length > 0 || !shared.success || !options.success) return { mistakes };
  const settings = options.output as SourceSettings['options'];
  if (hasNoTopic(provider.topics?.(options.output))) {
    const problem = 'must name a topic, or set "createTopic": true; without one nothing could be accepted';
    return { mistakes: [{ path: [...path, 'topicArns'], problem }] };
  }
  return { source: { ...shared.output, options: settings } };
}

/** A source whose proof is the topic it comes from. Its schema alone allows none, for payloads that are only read. */
const hasNoTopic = (topics: Topics | undefined): boolean =>
  topics !== undefined && topics.named.length === 0 && !topics.make && topics.via !== 'eventbridge';

function unknownProvider(id: unknown): string {
  const known = [...PROVIDERS.keys()];
  const guess = typeof id === 'string' ? nearest(id, known) : undefined;
  const given =
    id === undefined ? 'missing: it has no default' : `is ${JSON.stringify(id)}, which is no known provider`;
  return `${given};${guess ? ` did you mean "${guess}"?` : ''} known: ${known.join(', ')}`;
}
