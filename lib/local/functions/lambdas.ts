import { ENV } from '../../../lambda/contract/env.ts';
import { CREDENTIALS, REGION } from '../emulators/aws-json.ts';
import { LocalError } from '../error.ts';
import type { StackFile } from '../home.ts';
import type { Assembly } from '../template/assembly.ts';
import type { StackView } from '../template/stack-view.ts';
import type { FunctionSpec } from './functions.ts';

interface FunctionProperties {
  readonly Code: { readonly S3Key: string };
  readonly Handler: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}

interface MappingProperties {
  readonly FunctionName: string;
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
}

/** A function of the template, before it runs. */
export interface Lambda extends FunctionSpec {
  readonly arn: string;
}

/** Environments of a function that no event source limits: enough for requests that wait on a slow service not to hold up the next. */
const DEFAULT_CONCURRENCY = 4;
/** Lambda's own defaults. */
const DEFAULT_TIMEOUT = 3;
const DEFAULT_MEMORY = 128;

/** Every function of the template with its own numbers, pointed at the emulators by the SDK's standard variables. */
export function lambdasOf(
  stack: StackView,
  assembly: Assembly,
  endpoints: StackFile['endpoints'],
  url: string,
): readonly Lambda[] {
  const mappings = stack.ofType<MappingProperties>('AWS::Lambda::EventSourceMapping');
  return stack.ofType<FunctionProperties>('AWS::Lambda::Function').map(({ id, place, properties }) => {
    const { Code, Handler, Timeout = DEFAULT_TIMEOUT, MemorySize = DEFAULT_MEMORY, Environment } = properties;
    const arn = place.attributes.Arn ?? '';
    // Each event source has its own limit: one that is busy takes no environment from the next.
    const limits = mappings
      .filter(({ properties: { FunctionName } }) => isSame(FunctionName, arn))
      .map(({ properties: { ScalingConfig } }) => ScalingConfig?.MaximumConcurrency ?? 0);
    const folder = assembly.assetFolder(Code.S3Key);
    return {
      name: nameOf(id),
      arn,
      setup: {
        folder,
        handler: Handler,
        functionName: place.ref,
        timeoutSeconds: Timeout,
        memoryMb: MemorySize,
        environments: limits.reduce((sum, limit) => sum + limit, 0) || DEFAULT_CONCURRENCY,
      },
      environment: {
        ...lambdaVariables(place.ref, MemorySize, folder, Handler),
        ...Object.fromEntries(Object.entries(endpoints).map(([service, url]) => [VARIABLES[service as Service], url])),
        // Answers that this is no part of the local run: the functions' dummy credentials go nowhere else.
        AWS_ENDPOINT_URL_SESV2: endpoints.sns,
        ...Environment?.Variables,
        // Where the settings name a domain, it leads to the deployed stack; what signs its URL signs this one here.
        ...(Environment?.Variables?.PUBLIC_URL !== undefined && { PUBLIC_URL: url }),
      },
    };
  });
}

type Service = keyof StackFile['endpoints'];

const VARIABLES: Readonly<Record<Service, string>> = {
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  sqs: 'AWS_ENDPOINT_URL_SQS',
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  sns: 'AWS_ENDPOINT_URL_SNS',
  lambda: 'AWS_ENDPOINT_URL_LAMBDA',
  eventbridge: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
  firehose: 'AWS_ENDPOINT_URL_FIREHOSE',
  s3: 'AWS_ENDPOINT_URL_S3',
};

/** What Lambda sets in every function; nothing of this machine's environment, such as an AWS profile, gets in. */
const lambdaVariables = (name: string, memoryMb: number, folder: string, handler: string): Record<string, string> => ({
  ...CREDENTIALS,
  // So that whatever stands between knows which function asks.
  AWS_ACCESS_KEY_ID: name,
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  LAMBDA_TASK_ROOT: folder,
  _HANDLER: handler,
  TZ: ':UTC',
});

/** The contract's name of a function, out of its logical id. */
function nameOf(id: string): string {
  const name = Object.keys(ENV).find((known) => id.toLowerCase().includes(`${known}function`));
  if (!name)
    throw new LocalError(`the function ${id} is none of ${Object.keys(ENV).join(', ')} (lambda/contract/env.ts)`);
  return name;
}

/** Whether an event source's function name, in either of its two forms, means the function with this ARN. */
export const isSame = (nameOrArn: string, arn: string): boolean =>
  arn === nameOrArn || arn.endsWith(`:function:${nameOrArn}`);
