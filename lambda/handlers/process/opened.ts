import type { SQSRecord } from 'aws-lambda';
import type { RuntimeConfig } from '../../contract/config.ts';
import type { DeliveryMessage } from '../../contract/message.ts';
import { readDelivery, type SourceOfTopic } from '../../domain/channel.ts';
import { PoisonEvent } from '../../domain/errors.ts';
import type { NormalisedEvent } from '../../domain/event.ts';
import { normalisedEvent } from '../../domain/normalised.ts';
import type { Control } from '../../providers/provider.ts';
import { readerOf } from './reader.ts';

/** One queue message, opened: what to store, what to do, what will never work. Later steps add to `poison` and set `failed`. */
export interface Opened {
  readonly messageId: string;
  /** The message as it was on the queue. */
  readonly body: string;
  readonly message: DeliveryMessage | undefined;
  readonly provider: string;
  /** Raw events that mean nothing to the tables: confirmations, and what cannot be read. */
  readonly silent: readonly string[];
  /** Not read only: an event whose token proves to be reused is taken out again. */
  events: readonly { readonly raw: string; readonly event: NormalisedEvent }[];
  /** Tokens that this message's ESP signed instead of the bodies. */
  readonly tokens: readonly { readonly raw: string; readonly token: string; readonly digest: string }[];
  readonly controls: readonly { readonly raw: string; readonly control: Control }[];
  readonly poison: Poison[];
  /** Some of it could not be done this time: it goes back to the queue. */
  failed: boolean;
}

/** Something for the dead-letter queue: one raw event, or the whole message where `raw` is absent. */
export interface Poison {
  readonly reason:
    | 'unreadable-message'
    | 'unknown-source'
    | 'poison-event'
    | 'refused-by-table'
    | 'token-reused'
    | 'control-refused';
  /** A sentence that quotes no input. */
  readonly detail: string;
  readonly raw?: string;
}

/** Reads and normalises one message. Never throws: what cannot be read is poison, and its neighbours go on. */
export function openMessage(record: SQSRecord, config: RuntimeConfig, sourceOfTopic: SourceOfTopic): Opened {
  const { messageId, body } = record;
  const opened = { messageId, body, provider: '', silent: [], events: [], controls: [], tokens: [], failed: false };
  let message: DeliveryMessage;
  try {
    message = readDelivery(body, sourceOfTopic);
  } catch (error) {
    return { ...opened, message: undefined, poison: [{ reason: 'unreadable-message', detail: told(error) }] };
  }
  const reader = readerOf(message.source, config);
  if (!reader) {
    return {
      ...opened,
      message,
      poison: [{ reason: 'unknown-source', detail: 'The settings name no such source. Add it again and redrive.' }],
    };
  }

  const events: { raw: string; event: NormalisedEvent }[] = [];
  const controls: { raw: string; control: Control }[] = [];
  const tokens: { raw: string; token: string; digest: string }[] = [];
  const poison: Poison[] = [];
  const silent: string[] = [];
  const arrival = {
    source: message.source,
    provider: reader.provider,
    dedupeGroup: reader.dedupeGroup,
    receivedAt: new Date(message.receivedAt).toISOString(),
    requestId: message.requestId,
  };
  for (const raw of message.events) {
    try {
      const drafts = reader.drafts(raw, message.meta ?? {});
      for (const draft of drafts) events.push({ raw, event: normalisedEvent(draft, arrival) });
      if (drafts.length === 0) silent.push(raw);
      const control = message.origin === 'live' ? reader.control(raw) : undefined;
      if (control) controls.push({ raw, control });
      const bound = reader.bindToken(raw);
      if (bound) tokens.push({ raw, ...bound });
    } catch (error) {
      poison.push({ reason: 'poison-event', detail: told(error), raw });
      silent.push(raw);
    }
  }
  return { ...opened, message, provider: reader.provider, silent, events, controls, tokens, poison };
}

/** Our own words, or the mere name of an error that is not ours: its message may quote the input. */
const told = (error: unknown): string =>
  error instanceof PoisonEvent
    ? error.message
    : `The provider's code failed (${error instanceof Error ? error.name : typeof error}).`;
