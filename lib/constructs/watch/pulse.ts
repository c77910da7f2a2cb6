import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import type { Ingress } from '../ingress/ingress.ts';
import { plain, ServiceFunction } from '../service-function.ts';
import type { KeptSecret } from '../storage/secrets.ts';
import type { Storage } from '../storage/tables.ts';

/** How often `pulse` adds its zeros and sends its heartbeat: three of them in the shortest silence window. */
export const PULSE_PERIOD = Duration.minutes(5);
/** Time for one heartbeat to go round; `pulse` gives it up a few seconds before. */
const PULSE_TIMEOUT = Duration.seconds(30);

interface PulseProps {
  readonly config: RuntimeConfig;
  readonly logRetentionDays: number;
  readonly ingress: Ingress;
  readonly ownKeys: KeptSecret;
  readonly storage: Storage;
}

/** The scheduled function that makes silence measurable, and proves the whole path from outside. */
export class Pulse extends Construct {
  readonly pulse: ServiceFunction<'pulse'>;

  constructor(scope: Construct, id: string, { config, logRetentionDays, ingress, ownKeys, storage }: PulseProps) {
    super(scope, id);
    const beats = config.heartbeat !== undefined;
    this.pulse = new ServiceFunction(this, 'Pulse', {
      name: 'pulse',
      // Without a heartbeat it may do nothing but count.
      uses: {
        EVENTS_TABLE: beats ? storage.trace() : plain(storage.events.tableName),
        OWN_KEYS_ARN: beats ? ownKeys.keep() : plain(ownKeys.arn),
        PUBLIC_URL: plain(ingress.publicUrl),
      },
      config,
      timeout: PULSE_TIMEOUT,
      logRetentionDays,
    });
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(PULSE_PERIOD),
      targets: [new LambdaFunction(this.pulse.function)],
    });
  }
}
