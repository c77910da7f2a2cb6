import { SILENT } from '../../../lambda/aws/effort.ts';
import type { Clients } from './target.ts';

/** Service names as `.local/stack.json` and the SDK's own settings spell them. */
export type Service =
  | 'dynamodb'
  | 'secretsmanager'
  | 'sqs'
  | 'sns'
  | 'lambda'
  | 'cloudwatch'
  | 'logs'
  | 'sts'
  | 's3'
  | 'athena';

export interface Connection {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const ANSWERS_WITHIN = 10_000;
/** A person waits: they learn within seconds that a stack does not answer, or stops in the middle of an answer. */
const PATIENCE = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: ANSWERS_WITHIN,
    throwOnRequestTimeout: true,
    socketTimeout: ANSWERS_WITHIN,
  },
};
/** Objects are read as slowly as their lines are worked off: that nothing comes means nothing. */
const UNHURRIED = { requestHandler: { ...PATIENCE.requestHandler, socketTimeout: 0 } };

export const settings = (connection: Connection) => ({ ...SILENT, ...PATIENCE, ...connection });

/** Each is made once: a console lives for hours, and with every client come new connections and another look for credentials. */
export function lazyClients(connect: (service: Service) => Connection): Clients {
  return {
    dynamodb: once(async () => {
      const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
      return new DynamoDBClient(settings(connect('dynamodb')));
    }),
    secrets: once(async () => {
      const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
      return new SecretsManagerClient(settings(connect('secretsmanager')));
    }),
    sqs: once(async () => {
      const { SQSClient } = await import('@aws-sdk/client-sqs');
      return new SQSClient(settings(connect('sqs')));
    }),
    sns: once(async () => {
      const { SNSClient } = await import('@aws-sdk/client-sns');
      return new SNSClient(settings(connect('sns')));
    }),
    lambda: once(async () => {
      const { LambdaClient } = await import('@aws-sdk/client-lambda');
      return new LambdaClient(settings(connect('lambda')));
    }),
    cloudwatch: once(async () => {
      const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
      return new CloudWatchClient(settings(connect('cloudwatch')));
    }),
    logs: once(async () => {
      const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
      return new CloudWatchLogsClient(settings(connect('logs')));
    }),
    s3: once(async () => {
      const { S3Client } = await import('@aws-sdk/client-s3');
      const connection = connect('s3');
      // An emulator has no host name per bucket.
      return new S3Client({ ...settings(connection), ...UNHURRIED, forcePathStyle: connection.endpoint !== undefined });
    }),
    athena: once(async () => {
      const { AthenaClient } = await import('@aws-sdk/client-athena');
      return new AthenaClient(settings(connect('athena')));
    }),
    sts: once(async () => {
      const { STSClient } = await import('@aws-sdk/client-sts');
      return new STSClient(settings(connect('sts')));
    }),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
