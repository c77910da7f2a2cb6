import type { DeliveryMessage } from '../contract/message.ts';
import { PoisonEvent } from './errors.ts';
import { parseJson } from './json.ts';
import { readMessage } from './message.ts';
import { type Fields, fields, isoTime, text } from './read.ts';

/** The source that receives a topic's notifications through the delivery queue, if any. */
export type SourceOfTopic = (topicArn: string) => string | undefined;

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
