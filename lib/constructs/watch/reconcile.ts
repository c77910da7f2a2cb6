import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import { plain, ServiceFunction } from '../service-function.ts';
import type { KeptSecret } from '../storage/secrets.ts';
import type { Storage } from '../storage/tables.ts';

/** As long as a function may run: what is not read by then is a sample. */
const TIMEOUT = Duration.minutes(15);

const LIST_OF_SES = new PolicyStatement({ actions: ['ses:ListSuppressedDestinations'], resources: ['*'] });

export interface ReconcileProps {
  readonly config: RuntimeConfig;
  readonly hours: number;
  /** Some source is of SES, whose list is read with this function's own rights. */
  readonly asksSes: boolean;
  /** Some source is compared by its list, which is held to ours. */
  readonly asksLists: boolean;
  readonly logRetentionDays: number;
  readonly storage: Storage;
  readonly apiKeys: KeptSecret;
}

/** The scheduled function that asks the ESPs what they know and counts what we do not. It reads, and changes nothing anywhere. */
export class Reconcile extends Construct {
  readonly reconcile: ServiceFunction<'reconcile'>;

  constructor(
    scope: Construct,
    id: string,
    { config, hours, asksSes, asksLists, logRetentionDays, storage, apiKeys }: ReconcileProps,
  ) {
    super(scope, id);
    this.reconcile = new ServiceFunction(this, 'Reconcile', {
      name: 'reconcile',
      uses: {
        EVENTS_TABLE: storage.lookUp(),
        SUPPRESSION_TABLE: asksLists ? storage.lookUpPeople() : plain(storage.suppression.tableName),
        API_KEYS_ARN: apiKeys.read(),
      },
      ...(asksSes && { alsoMay: [LIST_OF_SES] }),
      config,
      timeout: TIMEOUT,
      logRetentionDays,
    });
    if (asksSes)
      Validations.of(this.reconcile).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: "SES knows no resource for the account's suppression list.",
      });
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(Duration.hours(hours)),
      targets: [new LambdaFunction(this.reconcile.function)],
    });
  }
}
