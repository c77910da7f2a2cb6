import { HEARTBEAT_SOURCE, type RuntimeConfig } from '../../../lambda/contract/config.ts';
import { topicName } from '../../../lambda/contract/topics.ts';
import { type SourceOfTopic, topicSources } from '../../../lambda/domain/channel.ts';
import { PoisonEvent } from '../../../lambda/domain/errors.ts';
import { OPERATOR_ACTS, type Reading } from '../../../lambda/domain/interpret.ts';
import { OPERATOR } from '../../../lambda/domain/operator.ts';
import { generic } from '../../../lambda/providers/generic/index.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { SourceName, Target } from '../target/target.ts';
import { optionsOf } from '../words/provider.ts';

/** How this stack reads the raw events of one of its sources; undefined where it has no such source. */
export function readingOf({ names }: Target, name: string): Reading<unknown> | undefined {
  if (name === OPERATOR) return OPERATOR_ACTS;
  const source: Partial<SourceName> | undefined =
    name === HEARTBEAT_SOURCE ? { provider: generic.id } : names.sources.get(name);
  const provider = PROVIDERS.get(source?.provider ?? '');
  return source && provider && { ...source, provider, options: optionsOf(provider, source.options) };
}

/** Which of its sources receives which topic through the delivery queue. */
export function topicsOf({ label, names }: Target): SourceOfTopic {
  const known = [...names.sources].flatMap(([name, { provider, options }]) =>
    options === undefined ? [] : [[name, { provider, options }] as const],
  );
  const sources = Object.fromEntries(known) as RuntimeConfig['sources'];
  const find = topicSources(sources, {});
  return (topicArn) => {
    const topic = topicArn.split(':').at(-1);
    const made = known.find(([name, { options }]) => takesMade(options) && topicName(label, name) === topic);
    const source = find(topicArn) ?? made?.[0];
    if (source === undefined && known.length < names.sources.size)
      throw new PoisonEvent(
        `A notification that SNS put on the queue itself. Which source it belongs to stands in settings/${names.stage}.json, which this checkout lacks.`,
      );
    return source;
  };
}

/** Whether a source receives, through the queue, the topic that the stack made for it. */
const takesMade = (options: unknown): boolean => {
  const { via, createTopic } = options as Readonly<Record<string, unknown>>;
  return via === 'sns-queue' && createTopic === true;
};
