import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import type { SignedRights } from '../../../lambda/providers/own-api.ts';
import { plain, ServiceFunction } from '../service-function.ts';
import type { KeptSecret } from '../storage/secrets.ts';
import type { Storage } from '../storage/tables.ts';

/** As long as a function may run: what is not read by then is a sample. */
const TIMEOUT = Duration.minutes(15);

interface ReconcileProps {
  readonly config: RuntimeConfig;
  readonly hours: number;
  /** What of AWS it reads with rights of its own, in place of a key of an ESP. */
  readonly signed: readonly SignedRights[];
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
    { config, hours, signed, asksLists, logRetentionDays, storage, apiKeys }: ReconcileProps,
  ) {
    super(scope, id);
    this.reconcile = new ServiceFunction(this, 'Reconcile', {
      name: 'reconcile',
      uses: {
        EVENTS_TABLE: storage.lookUp(),
        SUPPRESSION_TABLE: asksLists ? storage.lookUpPeople() : plain(storage.suppression.tableName),
        API_KEYS_ARN: apiKeys.read(),
      },
      ...(signed.length > 0 && {
        alsoMay: signed.map(({ actions }) => new PolicyStatement({ actions: [...actions], resources: ['*'] })),
      }),
      config,
      timeout: TIMEOUT,
      logRetentionDays,
    });
    for (const { why: reason } of signed)
      Validations.of(this.reconcile).acknowledge({ id: 'AwsSolutions-IAM5[Resource::*]', reason });
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(Duration.hours(hours)),
      targets: [new LambdaFunction(this.reconcile.function)],
    });
  }
}
