import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Logger } from '@smithy/types';

/**
 * A logger without `info`: beside the default one, which says nothing either, the SDK copies every request and answer to hide what is
 * sensitive in them, a tenth of all CPU time of `process`. It also keeps the SDK from quoting an answer it cannot read on the console.
 */
const SILENT = { logger: { debug() {}, warn() {}, error() {} } as unknown as Logger };

/**
 * Bare clients (no aggregated ones: a third of the load time), made once per process and kept alive between invocations.
 * `receive` must decide within 2.5 s, because some ESPs hang up after 3: two short attempts. `process` has its own retry loops.
 */
const SHORT = { ...SILENT, maxAttempts: 2, requestHandler: { connectionTimeout: 500, requestTimeout: 1000 } } as const;

export const secretsClient = (): SecretsManagerClient => new SecretsManagerClient(SHORT);

/** TLS and the request's signature cover what is sent; hashing it once more costs a tenth of sending a large body. */
export const sqsClient = (): SQSClient => new SQSClient({ ...SHORT, md5: false });

export const dynamoClient = (): DynamoDBClient =>
  new DynamoDBClient({
    ...SILENT,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 3000 }),
  });

/** Both have retry loops of their own around them. */
const ONCE = { ...SILENT, maxAttempts: 1, requestHandler: { connectionTimeout: 1000, requestTimeout: 5000 } } as const;

export const eventBridgeClient = (): EventBridgeClient => new EventBridgeClient(ONCE);

export const firehoseClient = (): FirehoseClient => new FirehoseClient(ONCE);

/** A topic is confirmed in its own region. */
export const snsClient = (region: string): SNSClient => new SNSClient({ region, ...SHORT });
