import type { SQSRecord } from 'aws-lambda';
import { findSource } from '../../aws/config.ts';
import type { RuntimeConfig } from '../../contract/config.ts';
import type { DeliveryMessage } from '../../contract/message.ts';
import { readArrived, type SourceOfTopic, type Way, WrongWay } from '../../domain/channel.ts';
import type { NormalisedEvent } from '../../domain/event/event.ts';
import {
  BUILT_IN,
  type Control,
  interpreter,
  type Reading,
  type SignedToken,
  whyPoison,
} from '../../domain/interpret.ts';
import { providerIn } from '../../providers/half.ts';

/** One queue message, opened: what to store, what to do, what will never work. */
export interface Opened {
  readonly messageId: string;
  /** The message as it was on the queue. */
  readonly body: string;
  readonly message: DeliveryMessage | undefined;
  readonly provider: string;
  /** Raw events that mean nothing to the tables: confirmations, and what cannot be read. */
  readonly withoutEvents: readonly string[];
  readonly events: readonly { readonly raw: string; readonly event: NormalisedEvent }[];
  /** Tokens that this message's ESP signed instead of the bodies. */
  readonly tokens: readonly ({ readonly raw: string } & SignedToken)[];
  readonly controls: readonly { readonly raw: string; readonly control: Control }[];
  readonly poison: readonly Poison[];
}

/** Something for the dead-letter queue: one raw event, or the whole message where `raw` is absent. */
export interface Poison {
  readonly reason:
    | 'unreadable-message'
    | 'wrong-queue'
    | 'unknown-source'
    | 'poison-event'
    | 'refused-by-table'
    | 'token-reused'
    | 'control-refused';
  /** A sentence that quotes no input. */
  readonly detail: string;
  readonly raw?: string;
}

/** What a message is read by. */
interface Means {
  readonly config: RuntimeConfig;
  readonly sourceOfTopic: SourceOfTopic;
  /** Which queue an ARN is. */
  readonly wayOf: (queueArn: string) => Way;
}

/** Reads and normalises one message. Never throws: what cannot be read is poison, and its neighbours go on. */
export function openMessage(record: SQSRecord, { config, sourceOfTopic, wayOf }: Means): Opened {
  const { messageId, body } = record;
  const opened = { messageId, body, provider: '', withoutEvents: [], events: [], controls: [], tokens: [] };
  let message: DeliveryMessage;
  try {
    message = readArrived(body, wayOf(record.eventSourceARN), sourceOfTopic, isFedByRule(config));
  } catch (error) {
    return {
      ...opened,
      message: undefined,
      poison: [{ reason: error instanceof WrongWay ? 'wrong-queue' : 'unreadable-message', detail: whyPoison(error) }],
    };
  }
  const reading = readingOf(message.source, config);
  if (!reading) {
    return {
      ...opened,
      message,
      poison: [{ reason: 'unknown-source', detail: 'The settings name no such source. Add it again and redrive.' }],
    };
  }

  const events: { raw: string; event: NormalisedEvent }[] = [];
  const controls: { raw: string; control: Control }[] = [];
  const tokens: ({ raw: string } & SignedToken)[] = [];
  const poison: Poison[] = [];
  const withoutEvents: string[] = [];
  const read = interpreter(message.source, reading);
  const arrival = { receivedAt: new Date(message.receivedAt).toISOString(), requestId: message.requestId };
  for (const raw of message.events) {
    const meaning = read(raw, message.meta, arrival);
    if ('poison' in meaning) {
      poison.push({ reason: 'poison-event', detail: meaning.poison, raw });
      withoutEvents.push(raw);
      continue;
    }
    for (const event of meaning.events) events.push({ raw, event });
    if (meaning.events.length === 0) withoutEvents.push(raw);
    const { control } = meaning;
    if (control && isProven(message)) controls.push({ raw, control });
    else if (control && message.origin === 'live')
      poison.push({ reason: 'control-refused', detail: NOT_BY_QUEUE, raw });
    if (meaning.token) tokens.push({ raw, ...meaning.token });
  }
  return { ...opened, message, provider: reading.provider.id, withoutEvents, events, controls, tokens, poison };
}

/** What a message asks for is done where its signature was checked, and once. */
const isProven = ({ origin, channel }: DeliveryMessage): boolean => origin === 'live' && channel === 'https';

const NOT_BY_QUEUE =
  'A subscription that was begun from elsewhere: nothing proves who asks here. Subscribe the queue from its own account instead.';

const isFedByRule =
  ({ sources }: RuntimeConfig) =>
  (source: string): boolean =>
    Object.hasOwn(sources, source) && sources[source]?.options.via === 'eventbridge';

/** How the events of a source are read; undefined where the settings, or this bundle, have no such source. */
function readingOf(name: string, config: RuntimeConfig): Reading<unknown> | undefined {
  const builtIn = BUILT_IN.get(name);
  if (builtIn) return builtIn;
  const source = findSource(config, name);
  const provider = providerIn('process', source?.provider);
  return source && provider && { provider, options: source.options, dedupeGroup: source.dedupeGroup };
}
