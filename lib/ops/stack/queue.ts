import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Target } from '../target/target.ts';

/** About how many messages wait to be processed, those under way among them. */
export async function waiting(target: Target): Promise<number> {
  const client = await target.clients.sqs();
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: target.names.queues.delivery,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}
