import { readDelivery } from '../../../../lambda/domain/channel.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { interpreter, whyPoison } from '../../../../lambda/domain/interpret.ts';
import { readingOf, topicsOf } from '../../stack/reading.ts';
import type { Target } from '../../target/target.ts';

/** What this checkout's code makes of one raw event. */
interface Finding {
  readonly raw: string;
  readonly events?: readonly NormalisedEvent[];
  /** Quotes no input. */
  readonly fault?: string;
}

/** Reads a dead letter again with the code at hand: would it go through if it were redriven to a stack that runs this? */
export function examine(body: string, target: Target): readonly Finding[] {
  let message: ReturnType<typeof readDelivery>;
  try {
    message = readDelivery(body, topicsOf(target));
  } catch (error) {
    return [{ raw: body, fault: whyPoison(error) }];
  }
  const { source, receivedAt, requestId, meta } = message;
  const reading = readingOf(target, source);
  if (!reading) {
    return [{ raw: body, fault: `The stack has no source ${source}: add it to the settings, deploy, redrive.` }];
  }
  const read = interpreter(source, reading);
  return message.events.map((raw) => {
    const meaning = read(raw, meta, { receivedAt, requestId });
    return 'poison' in meaning ? { raw, fault: meaning.poison } : { raw, events: meaning.events };
  });
}

/** As much of an event as shows what became of it, without who it is about. */
export const redacted = ({ type, bounceClass, dropReason, providerEvent, recipient, occurredAt }: NormalisedEvent) => ({
  type,
  ...(bounceClass && { bounceClass }),
  ...(dropReason && { dropReason }),
  providerEvent,
  ...(recipient && { recipient: hidden(recipient) }),
  ...(occurredAt && { occurredAt }),
});

const hidden = (address: string): string => address.replace(/^(.).*@/s, '$1***@');
