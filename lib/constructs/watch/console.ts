import { Duration, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { OutputName } from '../../../lambda/contract/outputs.ts';
import { consoleConfig } from '../../settings/runtime-config.ts';
import type { Settings } from '../../settings/schema.ts';
import { plain, ServiceFunction } from '../service-function.ts';

/** Logs are asked at most so long; CloudWatch waits for a widget no longer. */
const TIMEOUT = Duration.seconds(45);

interface ConsoleProps {
  readonly settings: Settings;
  /** What it reads of the stack, by the names of the outputs. */
  readonly outputs: Readonly<Partial<Record<OutputName, string>>>;
}

/**
 * The function behind the console's widget. It has no rights of its own: the viewer policy is attached to its role, so that it can do
 * what a viewer can and nothing else. Who may look decides IAM: CloudWatch calls it as whoever has the dashboard open.
 */
export class ConsoleFunction extends Construct {
  readonly console: ServiceFunction<'console'>;

  constructor(scope: Construct, id: string, { settings, outputs }: ConsoleProps) {
    super(scope, id);
    this.console = new ServiceFunction(this, 'Console', {
      name: 'console',
      uses: { STACK_OUTPUTS: plain(Stack.of(this).toJsonString(outputs)) },
      config: consoleConfig(settings),
      timeout: TIMEOUT,
      logRetentionDays: settings.retention.logsDays,
    });
  }
}
