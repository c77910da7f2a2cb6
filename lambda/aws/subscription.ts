import { ConfirmSubscriptionCommand } from '@aws-sdk/client-sns';
import { FetchRefused, PoisonEvent } from '../domain/errors.ts';
import type { Control } from '../domain/interpret.ts';
import { snsClient } from './clients.ts';
import { fetchText } from './fetch-text.ts';

/**
 * Confirms that this endpoint wants a topic's messages.
 * @param signal ends the attempt
 * @throws PoisonEvent where it will never be confirmed (a token lives about three days); anything else is worth a retry.
 */
export const confirmSubscription = (control: Control, signal: AbortSignal): Promise<void> =>
  control.kind === 'fetch-url' ? confirmByAddress(control.url, signal) : confirmAsOurselves(control, signal);

/** By the API, not by fetching the address in the message: afterwards nobody who finds an unsubscribe link can end it. */
async function confirmAsOurselves(
  control: Extract<Control, { kind: 'confirm-subscription' }>,
  abortSignal: AbortSignal,
): Promise<void> {
  const { topicArn, token } = control;
  const region = topicArn.split(':')[3] ?? '';
  const client = snsClient(region);
  const confirm = (more: { AuthenticateOnUnsubscribe?: 'true' }) =>
    client.send(new ConfirmSubscriptionCommand({ TopicArn: topicArn, Token: token, ...more }), { abortSignal });
  try {
    await confirm({ AuthenticateOnUnsubscribe: 'true' }).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      // The policy of another account's topic cannot grant a signed confirmation.
      return confirm({});
    });
  } catch (error) {
    if (/InvalidParameter|NotFound/.test(nameOf(error)))
      throw new PoisonEvent('SNS no longer accepts this subscription token. Subscribe the endpoint again.');
    if (isRefusal(error))
      throw new PoisonEvent('The account of this topic does not let it be confirmed from here. Confirm it there.');
    throw error;
  } finally {
    client.destroy();
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

const isRefusal = (error: unknown): boolean => /AuthorizationError|AccessDenied/.test(nameOf(error));

async function confirmByAddress(url: string, signal: AbortSignal): Promise<void> {
  try {
    await fetchText(url, signal);
  } catch (error) {
    if (error instanceof FetchRefused && error.isFinal)
      throw new PoisonEvent('The ESP no longer accepts this confirmation. Subscribe the endpoint again.');
    throw error;
  }
}
