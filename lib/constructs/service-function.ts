import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { RuntimeConfig } from '../../lambda/contract/config.ts';
import type { CommonVariable, Environment, FunctionName } from '../../lambda/contract/env.ts';
import { namespaceOf } from '../../lambda/contract/metrics.ts';
import { bundledCode } from './bundle/asset.ts';

/** Where a function finds something, and what it may do with it: given together, so that no function gets half. */
export interface Access {
  readonly value: string;
  readonly statements: readonly PolicyStatement[];
}

export interface ServiceFunctionProps<F extends FunctionName> {
  readonly name: F;
  /** One access for each variable that the function's contract names, but for those that all are given alike. */
  readonly uses: { readonly [Variable in Exclude<keyof Environment<F>, CommonVariable>]: Access };
  /** What it may do beside that. */
  readonly alsoMay?: readonly PolicyStatement[];
  readonly config: RuntimeConfig;
  readonly timeout: Duration;
  /** Days, one of those CloudWatch Logs knows. */
  readonly logRetentionDays: number;
}

/** The one way to make a function. Concurrency is never reserved: new accounts have too little to reserve from. */
export class ServiceFunction<F extends FunctionName> extends Construct {
  readonly name: F;
  readonly function: LambdaFunction;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<F>) {
    super(scope, id);
    this.name = props.name;
    this.timeout = props.timeout;
    const common: { readonly [Variable in CommonVariable]: Access } = {
      METRICS_NAMESPACE: plain(namespaceOf(props.config.stage)),
    };
    const uses: [string, Access][] = Object.entries({ ...common, ...props.uses });

    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/${Stack.of(this).stackName}/${props.name}`,
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // No managed policy: that would let it write to, and create, any log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const statement of [...uses.flatMap(([, access]) => access.statements), ...(props.alsoMay ?? [])]) {
      role.addToPolicy(statement);
    }

    this.function = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      code: bundledCode(props.name, props.config),
      handler: 'index.handler',
      role,
      timeout: props.timeout,
      environment: Object.fromEntries(uses.map(([variable, access]) => [variable, access.value])),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // START, END and REPORT of every invocation would cost more than the invocation.
      systemLogLevelV2: SystemLogLevel.WARN,
    });
  }
}

/** A value that needs no permission to use. */
export const plain = (value: string): Access => ({ value, statements: [] });

/** A value with the right to do exactly `actions` on `resource`. */
export const access = (value: string, actions: string[], resource: string): Access => ({
  value,
  statements: [new PolicyStatement({ actions, resources: [resource] })],
});
