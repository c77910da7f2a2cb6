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

export const settings = (connection: Connection) => ({ ...PATIENCE, ...connection });

export function lazyClients(connect: (service: Service) => Connection): Clients {
  return {
    async dynamodb() {
      const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
      return new DynamoDBClient(settings(connect('dynamodb')));
    },
    async secrets() {
      const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
      return new SecretsManagerClient(settings(connect('secretsmanager')));
    },
    async sqs() {
      const { SQSClient } = await import('@aws-sdk/client-sqs');
      return new SQSClient(settings(connect('sqs')));
    },
    async sns() {
      const { SNSClient } = await import('@aws-sdk/client-sns');
      return new SNSClient(settings(connect('sns')));
    },
    async lambda() {
      const { LambdaClient } = await import('@aws-sdk/client-lambda');
      return new LambdaClient(settings(connect('lambda')));
    },
    async cloudwatch() {
      const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
      return new CloudWatchClient(settings(connect('cloudwatch')));
    },
    async logs() {
      const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
      return new CloudWatchLogsClient(settings(connect('logs')));
    },
    async s3() {
      const { S3Client } = await import('@aws-sdk/client-s3');
      const connection = connect('s3');
      // An emulator has no host name per bucket.
      return new S3Client({ ...settings(connection), ...UNHURRIED, forcePathStyle: connection.endpoint !== undefined });
    },
    async athena() {
      const { AthenaClient } = await import('@aws-sdk/client-athena');
      return new AthenaClient(settings(connect('athena')));
    },
    async sts() {
      const { STSClient } = await import('@aws-sdk/client-sts');
      return new STSClient(settings(connect('sts')));
    },
  };
}
