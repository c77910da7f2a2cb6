import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { RuntimeConfig } from '../../lambda/contract/config.ts';
import { ServiceFunction } from './service-function.ts';

/** How often `pulse` adds its zeros: three of them in the shortest silence window. */
export const PULSE_PERIOD = Duration.minutes(5);

/** The scheduled function that makes silence measurable. */
export class Pulse extends Construct {
  readonly pulse: ServiceFunction<'pulse'>;

  constructor(scope: Construct, id: string, config: RuntimeConfig, logRetentionDays: number) {
    super(scope, id);
    this.pulse = new ServiceFunction(this, 'Pulse', {
      name: 'pulse',
      uses: {},
      config,
      timeout: Duration.seconds(30),
      logRetentionDays,
    });
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(PULSE_PERIOD),
      targets: [new LambdaFunction(this.pulse.function)],
    });
  }
}
