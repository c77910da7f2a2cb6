import type { RuntimeConfig } from '../../contract/config.ts';
import type { SourceOfTopic } from '../../domain/channel.ts';
import { PROVIDERS } from '../../providers/index.ts';

/** Which source receives which topic through the queue: the topics that its settings name, and the one that the stack made for it. */
export function topicSources(config: RuntimeConfig, madeTopics: string): SourceOfTopic {
  const made = JSON.parse(madeTopics) as Record<string, string>;
  const pairs = Object.entries(config.sources).flatMap(([source, { provider, options }]) => {
    const topics = PROVIDERS.get(provider)?.topics?.(options as never);
    if (topics?.via !== 'sns-queue') return [];
    return [...topics.named, made[source] ?? []].flat().map((arn) => [arn, source] as const);
  });
  const sources = new Map(pairs);
  return (topicArn) => sources.get(topicArn);
}
