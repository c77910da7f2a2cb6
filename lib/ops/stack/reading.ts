import { HEARTBEAT_SOURCE } from '../../../lambda/contract/config.ts';
import { topicName } from '../../../lambda/contract/topics.ts';
import { type SourceOfTopic, type Topics, topicSources } from '../../../lambda/domain/channel.ts';
import { PoisonEvent } from '../../../lambda/domain/errors.ts';
import { BUILT_IN, type Reading } from '../../../lambda/domain/interpret.ts';
import { generic } from '../../../lambda/providers/generic/index.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { SourceName, Target } from '../target/target.ts';
import { optionsOf } from '../words/provider.ts';

/** How this stack reads the raw events of one of its sources; undefined where it has no such source. */
export function readingOf({ names }: Target, name: string): Reading<unknown> | undefined {
  const builtIn = BUILT_IN.get(name);
  if (builtIn) return builtIn;
  const source: Partial<SourceName> | undefined =
    name === HEARTBEAT_SOURCE ? { provider: generic.id } : names.sources.get(name);
  const provider = PROVIDERS.get(source?.provider ?? '');
  return source && provider && { ...source, provider, options: optionsOf(provider, source.options) };
}

/** Which of its sources receives which topic through the feeds queue. */
export function topicsOf({ label, names }: Target): SourceOfTopic {
  const known = [...names.sources].flatMap(([name, { provider, options }]) =>
    options === undefined ? [] : [[name, topicsOfSource(provider, options)] as const],
  );
  const find = topicSources(known, {});
  return (topicArn) => {
    const topic = topicArn.split(':').at(-1);
    const made = known.find(
      ([name, topics]) => topics?.via === 'sns-queue' && topics.make && topicName(label, name) === topic,
    );
    const source = find(topicArn) ?? made?.[0];
    if (source === undefined && known.length < names.sources.size)
      throw new PoisonEvent(
        `SNS put this notification on the queue itself. Which source it belongs to is written in settings/${names.stage}.json, which this checkout lacks.`,
      );
    return source;
  };
}

/** The topics that a source receives from, by its settings. */
function topicsOfSource(id: string, options: unknown): Topics | undefined {
  const provider = PROVIDERS.get(id);
  return provider?.topics?.(optionsOf(provider, options));
}
