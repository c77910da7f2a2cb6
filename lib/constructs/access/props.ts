import type { IEventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { DeliveryQueues } from '../delivery/queue.ts';
import type { Archive } from '../feeds/archive.ts';
import type { Secrets } from '../storage/secrets.ts';
import type { Storage } from '../storage/tables.ts';
import type { ConsoleFunction } from '../watch/console.ts';

export interface AccessPoliciesProps {
  readonly stage: string;
  readonly storage: Storage;
  readonly secrets: Secrets;
  readonly delivery: DeliveryQueues;
  /** What brings events and acts to `process`: to stop it is to pause. */
  readonly mappings: readonly IEventSourceMapping[];
  /** Raw events, which `ops replay` reads. */
  readonly archive?: Archive | undefined;
  /** Whose logs `ops doctor` asks. */
  readonly functions: readonly LambdaFunction[];
  /** Whose subscriptions `ops doctor` looks at: where alarms go, and where SES events come from. */
  readonly topicArns: readonly string[];
  /** The widget's function, which is a viewer itself. */
  readonly console?: ConsoleFunction | undefined;
}
