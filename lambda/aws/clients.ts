import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SILENT } from './effort.ts';
import { WrittenByEngine } from './written-by-engine.ts';

/**
 * By itself `requestTimeout` ends nothing: it only logs. A connection that was frozen with its function answers never; `socketTimeout` is for
 * an answer that begins and stops, which the other no longer looks at.
 */
const within = (requestTimeout: number, connectionTimeout: number) =>
  ({ connectionTimeout, requestTimeout, throwOnRequestTimeout: true, socketTimeout: requestTimeout }) as const;

/**
 * Bare clients (no aggregated ones: a third of the load time), made once per process and kept alive between invocations.
 * Who calls tries again (`effort.ts`), so the clients do not. `receive` must decide within 2.5 s, because some ESPs hang up after 3: short
 * attempts.
 */
const SHORT = { ...SILENT, maxAttempts: 1, requestHandler: within(1000, 500) } as const;

/** A secret may take a second or two to come: whoever reads one asks twice side by side, not one after the other. */
export const secretsClient = (): SecretsManagerClient =>
  new SecretsManagerClient({ ...SILENT, maxAttempts: 1, requestHandler: within(2300, 500) });

/** TLS and the request's signature cover what is sent; hashing it once more costs a tenth of sending a large body. */
const SQS = { ...SHORT, md5: false } as const;

export const sqsClient = (): SQSClient => new SQSClient(SQS);

/** The same for whoever sends large messages all day. */
export const deliveryClient = (): SQSClient => new SQSClient({ ...SQS, protocol: WrittenByEngine });

export const dynamoClient = (): DynamoDBClient =>
  new DynamoDBClient({
    ...SILENT,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(within(3000, 1000)),
  });

/** For work that nobody waits for: the SDK's own retries. */
export const patientDynamoClient = (): DynamoDBClient =>
  new DynamoDBClient({ ...SILENT, maxAttempts: 6, requestHandler: new NodeHttpHandler(within(5000, 1000)) });

const ONCE = { ...SILENT, maxAttempts: 1, requestHandler: within(5000, 1000) } as const;

export const eventBridgeClient = (): EventBridgeClient => new EventBridgeClient(ONCE);

export const firehoseClient = (): FirehoseClient => new FirehoseClient(ONCE);

/** A topic is confirmed in its own region. Its message is hidden for minutes where that fails: this one client tries twice. */
export const snsClient = (region: string): SNSClient => new SNSClient({ region, ...SHORT, maxAttempts: 2 });
