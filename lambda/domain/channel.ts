import type { DeliveryMessage } from '../contract/message.ts';
import { PoisonEvent } from './errors.ts';
import { parseJson } from './json.ts';
import { readMessage } from './message.ts';
import { type Fields, fields, isoTime, text } from './read.ts';
import { OPERATOR } from './suppression/operator.ts';

/** A message that its queue is not for. It must not be put on another one either. */
export class WrongWay extends PoisonEvent {}

/** The source that receives a topic's notifications through the feeds queue, if any. */
export type SourceOfTopic = (topicArn: string) => string | undefined;

/** The topics that a source receives from. */
export interface Topics {
  /** ARNs that the settings name. */
  readonly named: readonly string[];
  /** The stack makes one more for this source. */
  readonly make: boolean;
  /** `https`: posted to the source's URL. Otherwise SNS or EventBridge put the events on the feeds queue. */
  readonly via: 'https' | 'eventbridge' | 'sns-queue';
  /** Topics of Amazon SNS, which the stack can subscribe to; those of others are subscribed by hand. */
  readonly inAws: boolean;
}

/**
 * Which source receives which topic through the queue: the topics that its settings name, and the one that the stack made for it.
 * @param sources each with its topics, where its provider has any
 * @param made source to the ARN of the topic made for it
 */
export function topicSources(
  sources: readonly (readonly [name: string, topics: Topics | undefined])[],
  made: Readonly<Record<string, string>>,
): SourceOfTopic {
  const found = new Map(
    sources.flatMap(([source, topics]) =>
      topics?.via === 'sns-queue'
        ? [...topics.named, made[source] ?? []].flat().map((arn) => [arn, source] as const)
        : [],
    ),
  );
  return (topicArn) => found.get(topicArn);
}

/** The queues that `process` reads, by who writes to them: `receive`, operators, and topics and rules of AWS. */
export type Way = 'delivery' | 'acts' | 'feeds';

/**
 * Reads what came by one of the queues, and only what those who write there may say. A topic's owner can make SNS deliver any text, a
 * taken-over `receive` can send any: neither becomes an operator. Which source speaks is proved on neither queue: the text of a topic can name
 * any that EventBridge feeds, or the topic of another, and `receive` any at all.
 * @param fedByRule whether EventBridge brings this source's events
 * @throws PoisonEvent where the text is no message, {@link WrongWay} where it is none of this queue's.
 */
export function readArrived(
  body: string,
  way: Way,
  sourceOfTopic: SourceOfTopic,
  fedByRule: (source: string) => boolean,
): DeliveryMessage {
  const own = ownMessage(body);
  const isAct = own?.source === OPERATOR || own?.channel === 'operator' || own?.origin === 'operator';
  const may = {
    delivery: own !== undefined && !isAct,
    acts: own?.source === OPERATOR && own.channel === 'operator' && own.origin !== 'live',
    feeds: own === undefined || (own.channel === 'eventbridge' && own.origin === 'live' && fedByRule(own.source)),
  };
  if (own && !may[way]) throw new WrongWay('Nobody who writes to this queue may send this.');
  const message = own ?? (way === 'feeds' ? fromTopic(body, sourceOfTopic) : undefined);
  // Says what is wrong with it.
  return message ?? readMessage(body);
}

function ownMessage(body: string): DeliveryMessage | undefined {
  try {
    return readMessage(body);
  } catch (error) {
    if (error instanceof PoisonEvent) return undefined;
    throw error;
  }
}

/**
 * What a message means, whatever queue it was on: our own, or what SNS puts there itself, wrapped as our own.
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
