import type { LocalResource, StackView } from '../template/stack-view.ts';
import type { AwsCall } from './aws-json.ts';

interface QueueProperties {
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod?: number;
  readonly MaximumMessageSize?: number;
  readonly ReceiveMessageWaitTimeSeconds?: number;
  readonly DelaySeconds?: number;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

export const queuesOf = (stack: StackView): readonly LocalResource<QueueProperties>[] =>
  stack.ofType<QueueProperties>('AWS::SQS::Queue');

/** Seconds a received message stays hidden, shrunk for tests; 30 is what SQS gives where the template says nothing. */
export const visibilitySeconds = ({ VisibilityTimeout = 30 }: QueueProperties, timeScale: number): number =>
  VisibilityTimeout * timeScale;

/** Makes every queue of the template, with its own numbers. */
export async function makeQueues(stack: StackView, sqs: AwsCall, timeScale: number): Promise<void> {
  const queues = queuesOf(stack);
  await Promise.all(queues.map(({ place }) => sqs('CreateQueue', { QueueName: place.attributes.QueueName })));
  await Promise.all(
    queues.map(({ place, properties }) =>
      // Set apart from creating: a queue that `--data` kept takes the template's present numbers.
      sqs('SetQueueAttributes', { QueueUrl: place.ref, Attributes: attributes(properties, timeScale) }),
    ),
  );
}

function attributes(properties: QueueProperties, timeScale: number): Record<string, string> {
  const { RedrivePolicy: redrive, ...numbers } = properties;
  const scaled = {
    // SQS takes whole seconds here; the poller asks for the exact fraction when it receives.
    VisibilityTimeout: Math.ceil(visibilitySeconds(properties, timeScale)),
    DelaySeconds: Math.ceil((numbers.DelaySeconds ?? 0) * timeScale),
    MessageRetentionPeriod: numbers.MessageRetentionPeriod,
    MaximumMessageSize: numbers.MaximumMessageSize,
    ReceiveMessageWaitTimeSeconds: numbers.ReceiveMessageWaitTimeSeconds,
  };
  const given = Object.entries(scaled).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
    ...(redrive && { RedrivePolicy: JSON.stringify(redrive) }),
  };
}
