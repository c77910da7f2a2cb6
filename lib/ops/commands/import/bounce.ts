import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import type { Row } from '../../../../lambda/providers/list-file.ts';
import { weighBounce } from '../../../../lambda/providers/shared/bounce.ts';
import { optionsOf, providerOf } from '../../words/provider.ts';

/** A bounce as an event says it. */
type Bounce = Pick<NormalisedEvent, 'type' | 'bounceClass' | 'bounceCause' | 'dropReason' | 'smtpCode' | 'smtpStatus'>;

/**
 * What a line of a bounce list says, in the words of an event: by the provider's own mapping of the webhook that posts the same; where its
 * form is not known, by the reply alone, which the ESP took for the end of the mailbox.
 */
export function bounceOf({ webhook, reply = {} }: Row): Bounce {
  if (!webhook) return { type: 'bounced', ...weighBounce('hard', reply, 'mailbox') };
  const provider = providerOf(webhook.provider);
  const read = interpreter(provider.id, { provider, options: optionsOf(provider) });
  const meaning = read(webhook.raw, {}, { receivedAt: new Date(0).toISOString() });
  const [event] = 'poison' in meaning ? [] : meaning.events;
  if (!event) throw new Error(`the mapping of ${provider.id} does not read its own bounce`);
  const { type, bounceClass, bounceCause, dropReason, smtpCode, smtpStatus } = event;
  return {
    type,
    ...(bounceClass && { bounceClass }),
    ...(bounceCause && { bounceCause }),
    ...(dropReason && { dropReason }),
    ...(smtpCode !== undefined && { smtpCode }),
    ...(smtpStatus !== undefined && { smtpStatus }),
  };
}
