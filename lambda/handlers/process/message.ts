import type { SQSRecord } from 'aws-lambda';
import { findSource } from '../../aws/config.ts';
import type { RuntimeConfig } from '../../contract/config.ts';
import type { DeliveryMessage } from '../../contract/message.ts';
import { PoisonEvent } from '../../domain/errors.ts';
import type { NormalisedEvent } from '../../domain/event.ts';
import { readMessage } from '../../domain/message.ts';
import { normalisedEvent } from '../../domain/normalised.ts';
import { PROVIDERS } from '../../providers/index.ts';
import type { Control, Provider } from '../../providers/provider.ts';

/** One queue message, opened: what to store, what to do, what will never work. */
export interface Opened {
  readonly messageId: string;
  readonly message: DeliveryMessage | undefined;
  readonly events: readonly { readonly raw: string; readonly event: NormalisedEvent }[];
  readonly controls: readonly { readonly raw: string; readonly control: Control }[];
  readonly poison: readonly Poison[];
}

/** Something for the dead-letter queue: one raw event, or the whole message where `raw` is absent. */
export interface Poison {
  readonly reason: 'unreadable-message' | 'unknown-source' | 'poison-event' | 'refused-by-table' | 'control-refused';
  /** A sentence that quotes no input. */
  readonly detail: string;
  readonly raw?: string;
}

/** Reads and normalises one message. Never throws: what cannot be read is poison, and its neighbours go on. */
export function openMessage(record: SQSRecord, config: RuntimeConfig): Opened {
  const opened = { messageId: record.messageId, events: [], controls: [] };
  let message: DeliveryMessage;
  try {
    message = readMessage(record.body);
  } catch (error) {
    return { ...opened, message: undefined, poison: [{ reason: 'unreadable-message', detail: told(error) }] };
  }
  const source = findSource(config, message.source);
  const provider = PROVIDERS.get(source?.provider ?? '') as unknown as Provider<unknown> | undefined;
  if (!source || !provider) {
    return {
      ...opened,
      message,
      poison: [{ reason: 'unknown-source', detail: 'The settings name no such source. Add it again and redrive.' }],
    };
  }

  const events: { raw: string; event: NormalisedEvent }[] = [];
  const controls: { raw: string; control: Control }[] = [];
  const poison: Poison[] = [];
  const arrival = {
    source: message.source,
    provider: provider.id,
    dedupeGroup: source.dedupeGroup ?? message.source,
    receivedAt: new Date(message.receivedAt).toISOString(),
    requestId: message.requestId,
  };
  for (const raw of message.events) {
    try {
      for (const draft of provider.normalise(raw, { options: source.options, meta: message.meta ?? {} })) {
        events.push({ raw, event: normalisedEvent(draft, arrival) });
      }
      const control = message.origin === 'live' ? provider.control?.(raw) : undefined;
      if (control) controls.push({ raw, control });
    } catch (error) {
      poison.push({ reason: 'poison-event', detail: told(error), raw });
    }
  }
  return { messageId: record.messageId, message, events, controls, poison };
}

/** Our own words, or the mere name of an error that is not ours: its message may quote the input. */
const told = (error: unknown): string =>
  error instanceof PoisonEvent
    ? error.message
    : `The provider's code failed (${error instanceof Error ? error.name : typeof error}).`;
