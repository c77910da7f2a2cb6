import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Target } from '../target/target.ts';

/** About how many messages wait to be processed, in all queues, those under way among them. */
export async function waiting(target: Target): Promise<number> {
  const client = await target.clients.sqs();
  const { delivery, acts, feeds } = target.names.queues;
  const depths = [delivery, acts, feeds].map(async (QueueUrl) => {
    if (QueueUrl === undefined) return 0;
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  });
  return (await Promise.all(depths)).reduce((sum, count) => sum + count, 0);
}
