import type { AthenaClient } from '@aws-sdk/client-athena';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import type { ApiSettings, PolicyConfig, Thresholds } from '../../../lambda/contract/config.ts';
import type { OutputName } from '../../../lambda/contract/outputs.ts';
import type { Options, Values } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import { suggestion } from '../cli/suggest.ts';

/** A stack to work on, wherever it runs: what its parts are called, and clients that reach them. */
export interface Target {
  readonly kind: 'local' | 'deployed';
  /** For people, e.g. `the local stack`, `quell-prod`. */
  readonly label: string;
  readonly names: Names;
  readonly clients: Clients;
  /** What the stage judges a source's events by: no command has a policy of its own. @throws CannotKnow where the stack does not say */
  policyOf(source: string): PolicyConfig;
  /** From when on rates are worth an alarm. @throws CannotKnow where the stack does not say */
  thresholds(): Thresholds;
  /** Days that acts are kept. @throws CannotKnow where the stack does not say */
  auditDays(): number;
}

export interface Names {
  readonly url: string;
  readonly tables: { readonly events: string; readonly suppression: string };
  readonly queues: Queues;
  readonly secretArn: string;
  /** The stack's own keys: of the heartbeat, and of the marks that erased people leave. */
  readonly ownKeysArn: string;
  /** Keys of unsubscribe links; absent where the stack has no such page. */
  readonly unsubscribeKeysArn?: string;
  /** Keys of the ESPs' own APIs; absent where the stack keeps none. */
  readonly apiKeysArn?: string;
  readonly sources: ReadonlyMap<string, SourceName>;
  /** Deployed only. */
  readonly stage?: string;
  /** A name that few commands need, by its name among the deployed stack's outputs. @throws CannotKnow where it has none. */
  output(key: OutputName): string;
  /** Local run only: what signs samples. */
  readonly keysFile?: string;
  /** Local run only: one log file per function. */
  readonly logsDir?: string;
}

/** URLs. */
export interface Queues {
  readonly delivery: string;
  /** What operators do; from no other queue does `process` take it. */
  readonly acts: string;
  /** What SNS and EventBridge bring; absent where no source is fed so. */
  readonly feeds?: string;
  readonly deadLetter: string;
}

export interface SourceName {
  readonly provider: string;
  readonly url: string;
  /** The source's own settings, where they are known. */
  readonly options?: unknown;
  /** Sources of one group that report the same fact count it once. Absent: the source's own name, or not known. */
  readonly dedupeGroup?: string | undefined;
  /** Minutes of silence that are normal, where they are known; false = any silence is. */
  readonly expectEvery?: number | false;
  /** How its ESP's own API is reached, where that is known. */
  readonly api?: ApiSettings | undefined;
}

/** Made on first use: the SDK is most of a start. */
export interface Clients {
  dynamodb(): Promise<DynamoDBClient>;
  secrets(): Promise<SecretsManagerClient>;
  sqs(): Promise<SQSClient>;
  sns(): Promise<SNSClient>;
  lambda(): Promise<LambdaClient>;
  cloudwatch(): Promise<CloudWatchClient>;
  logs(): Promise<CloudWatchLogsClient>;
  s3(): Promise<S3Client>;
  athena(): Promise<AthenaClient>;
  sts(): Promise<STSClient>;
}

export const TARGET_OPTIONS = {
  local: { type: 'boolean', help: 'the stack that "npm start" runs here' },
  stage: { type: 'string', value: 'NAME', help: 'the deployed stack of this stage (default: dev)' },
  region: { type: 'string', value: 'NAME', help: 'AWS region of the deployed stack' },
  profile: { type: 'string', value: 'NAME', help: 'AWS profile with rights on it' },
} as const satisfies Options;

export type TargetValues = Values<typeof TARGET_OPTIONS>;

/** A source of the stack by its name. */
export function sourceOf(target: Target, name: string): SourceName {
  const source = target.names.sources.get(name);
  if (source) return source;
  const names = [...target.names.sources.keys()];
  throw new UsageError(
    `${target.label} has no such source.${suggestion(name, names)} Its sources: ${names.join(', ')}.`,
  );
}
