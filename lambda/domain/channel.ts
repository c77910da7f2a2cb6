import type { RuntimeConfig } from '../contract/config.ts';
import type { DeliveryMessage } from '../contract/message.ts';
import { PoisonEvent } from './errors.ts';
import { parseJson } from './json.ts';
import { readMessage } from './message.ts';
import { type Fields, fields, isoTime, text } from './read.ts';

/** The source that receives a topic's notifications through the delivery queue, if any. */
export type SourceOfTopic = (topicArn: string) => string | undefined;

/**
 * Which source receives which topic through the queue: the topics that its settings name, and the one that the stack made for it.
 * @param made source to the ARN of the topic made for it
 */
export function topicSources(sources: RuntimeConfig['sources'], made: Readonly<Record<string, string>>): SourceOfTopic {
  const pairs = Object.entries(sources).flatMap(([source, { options }]) =>
    options.via === 'sns-queue'
      ? [...((options.topicArns as string[] | undefined) ?? []), made[source] ?? []]
          .flat()
          .map((arn) => [arn, source] as const)
      : [],
  );
  const found = new Map(pairs);
  return (topicArn) => found.get(topicArn);
}

/**
 * What stands on the delivery queue: our own message, or what SNS puts there itself, wrapped as our own. No signature is checked on
 * those: the queue takes messages of the configured topics only.
 * @throws PoisonEvent where it is neither.
 */
export function readDelivery(body: string, sourceOfTopic: SourceOfTopic): DeliveryMessage {
  try {
    return readMessage(body);
  } catch (error) {
    const message = fromTopic(body, sourceOfTopic);
    if (message) return message;
    throw error;
  }
}

function fromTopic(body: string, sourceOfTopic: SourceOfTopic): DeliveryMessage | undefined {
  const envelope = envelopeOf(body);
  const topicArn = text(envelope.TopicArn);
  if (text(envelope.Type) === undefined || topicArn === undefined) return undefined;
  const source = sourceOfTopic(topicArn);
  if (source === undefined)
    throw new PoisonEvent('A notification of a topic that no source of the settings receives through the queue.');
  const at = isoTime(envelope.Timestamp);
  if (at === undefined) throw new PoisonEvent('The notification lacks a readable Timestamp.');
  return {
    v: 1,
    source,
    channel: 'sns',
    receivedAt: new Date(at).toISOString(),
    requestId: text(envelope.MessageId) ?? '',
    origin: 'live',
    events: [body.trim()],
  };
}

function envelopeOf(body: string): Fields {
  try {
    return fields(parseJson(body));
  } catch {
    return {};
  }
}
