import { ConfirmSubscriptionCommand } from '@aws-sdk/client-sns';
import { PoisonEvent } from '../domain/errors.ts';
import type { Control } from '../providers/provider.ts';
import { snsClient } from './clients.ts';

/**
 * Confirms an SNS subscription as ourselves rather than by fetching the URL in the message: afterwards nobody who finds an
 * unsubscribe link can end it.
 * @throws PoisonEvent where SNS will never confirm it (the token lives about three days); anything else is worth a retry.
 */
export async function confirmSubscription({ topicArn, token }: Control): Promise<void> {
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
