import { PoisonEvent } from '../../../../lambda/domain/errors.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event.ts';
import { readMessage } from '../../../../lambda/domain/message.ts';
import { normalisedEvent } from '../../../../lambda/domain/normalised.ts';
import { normaliseAct, OPERATOR } from '../../../../lambda/domain/operator.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import type { Provider } from '../../../../lambda/providers/provider.ts';
import type { Names } from '../../target/target.ts';
import { optionsOf } from '../../words/provider.ts';

/** What this checkout's code makes of one raw event. */
export interface Finding {
  readonly raw: string;
  readonly events?: readonly NormalisedEvent[];
  /** Quotes no input. */
  readonly fault?: string;
}

/** Reads a dead letter again with the code at hand: would it go through if it were redriven to a stack that runs this? */
export function examine(body: string, sources: Names['sources']): readonly Finding[] {
  let message: ReturnType<typeof readMessage>;
  try {
    message = readMessage(body);
  } catch (error) {
    return [{ raw: body, fault: told(error) }];
  }
  const { source, receivedAt, requestId, meta = {} } = message;
  const settings = sources.get(source);
  const provider = PROVIDERS.get(settings?.provider ?? '') as unknown as Provider<unknown> | undefined;
  if (source !== OPERATOR && !provider) {
    return [{ raw: body, fault: `The stack has no source ${source}: add it to the settings, deploy, redrive.` }];
  }
  const arrival = { source, provider: provider?.id ?? OPERATOR, dedupeGroup: source, receivedAt, requestId };
  return message.events.map((raw) => {
    try {
      const drafts = provider
        ? provider.normalise(raw, { options: optionsOf(provider, settings?.options), meta })
        : [normaliseAct(raw)];
      return { raw, events: drafts.map((draft) => normalisedEvent(draft, arrival)) };
    } catch (error) {
      return { raw, fault: told(error) };
    }
  });
}

const told = (error: unknown): string =>
  error instanceof PoisonEvent
    ? error.message
    : `The provider's code fails (${error instanceof Error ? error.name : typeof error}).`;

/** As much of an event as tells what became of it, without who it is about. */
export const redacted = ({ type, bounceClass, dropReason, providerEvent, recipient, occurredAt }: NormalisedEvent) => ({
  type,
  ...(bounceClass && { bounceClass }),
  ...(dropReason && { dropReason }),
  providerEvent,
  ...(recipient && { recipient: hidden(recipient) }),
  ...(occurredAt && { occurredAt }),
});

const hidden = (address: string): string => address.replace(/^(.).*@/s, '$1***@');
