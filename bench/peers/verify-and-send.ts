import { createPublicKey, verify } from 'node:crypto';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { secretsClient } from '../../lambda/aws/clients.ts';

const key = secretsClient()
  .send(new GetSecretValueCommand({ SecretId: process.env.SECRET_ARN }))
  .then(({ SecretString = '{}' }) => {
    const { sendgrid } = JSON.parse(SecretString) as { sendgrid: string };
    return createPublicKey({ key: Buffer.from(sendgrid, 'base64'), format: 'der', type: 'spki' });
  });

/** What is under `receive`: verify, parse, one send, and nothing else. */
export const verifyAndSend =
  (sqs: SQSClient) =>
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const body = event.body ?? '';
    const timestamp = event.headers['x-twilio-email-event-webhook-timestamp'] ?? '';
    const signature = event.headers['x-twilio-email-event-webhook-signature'] ?? '';
    if (!verify('sha256', Buffer.from(timestamp + body), await key, Buffer.from(signature, 'base64')))
      return { statusCode: 401 };
    const accepted = (JSON.parse(body) as unknown[]).length;
    await sqs.send(new SendMessageCommand({ QueueUrl: process.env.DELIVERY_QUEUE_URL, MessageBody: body }));
    return { statusCode: 200, body: JSON.stringify({ accepted }) };
  };
