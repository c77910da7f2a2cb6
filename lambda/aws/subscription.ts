import { ConfirmSubscriptionCommand } from '@aws-sdk/client-sns';
import { FetchRefused, PoisonEvent } from '../domain/errors.ts';
import type { Control } from '../domain/interpret.ts';
import { snsClient } from './clients.ts';
import { fetchText } from './fetch-text.ts';

/**
 * Confirms that this endpoint wants a topic's messages.
 * @throws PoisonEvent where it will never be confirmed (a token lives about three days); anything else is worth a retry.
 */
export const confirmSubscription = (control: Control): Promise<void> =>
  control.kind === 'fetch-url' ? confirmByAddress(control.url) : confirmAsOurselves(control);

/** By the API, not by fetching the address in the message: afterwards nobody who finds an unsubscribe link can end it. */
async function confirmAsOurselves(control: Extract<Control, { kind: 'confirm-subscription' }>): Promise<void> {
  const { topicArn, token } = control;
  const region = topicArn.split(':')[3] ?? '';
  try {
    await snsClient(region).send(
      new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token: token, AuthenticateOnUnsubscribe: 'true' }),
    );
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (/InvalidParameter|NotFound/.test(name))
      throw new PoisonEvent('SNS no longer accepts this subscription token. Subscribe the endpoint again.');
    throw error;
  }
}

async function confirmByAddress(url: string): Promise<void> {
  try {
    await fetchText(url);
  } catch (error) {
    if (error instanceof FetchRefused && error.isFinal)
      throw new PoisonEvent('The ESP no longer accepts this confirmation. Subscribe the endpoint again.');
    throw error;
  }
}
