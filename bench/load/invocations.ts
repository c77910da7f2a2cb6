import { generateKeyPairSync, sign } from 'node:crypto';
import { webhookPath } from '../../lambda/contract/paths.ts';
import { packMessages } from '../../lambda/domain/message.ts';
import type { SendGridEvent } from './mix.ts';

/** What Lambda hands to the functions: requests of an HTTP API, batches of a queue. */
export const SOURCE = 'sendgrid';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
/** In the form SendGrid shows it. */
export const PUBLIC_KEY = pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
export const PRIVATE_KEY = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

export const bodyOf = (events: readonly SendGridEvent[]): string => JSON.stringify(events);

export function signed(body: string, key = PRIVATE_KEY): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    'content-type': 'application/json',
    'x-twilio-email-event-webhook-timestamp': timestamp,
    'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), key).toString('base64'),
  };
}

/** A signed request as an HTTP API hands it over, payload format 2.0. */
export function requestOf(body: string, n = 0): object {
  const path = webhookPath(SOURCE);
  const routeKey = `POST ${path}`;
  const http = {
    method: 'POST',
    path,
    protocol: 'HTTP/1.1',
    sourceIp: '198.51.100.7',
    userAgent: 'SendGrid Event API',
  };
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'content-length': String(Buffer.byteLength(body)),
      host: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
      'user-agent': http.userAgent,
      'x-amzn-trace-id': 'Root=1-6915d2b1-4f1f5c1a2b3c4d5e6f708192',
      'x-forwarded-for': http.sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...signed(body),
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      domainName: 'abcdefghij.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'abcdefghij',
      http,
      requestId: `bench${String(n).padStart(11, '0')}=`,
      routeKey,
      stage: '$default',
      time: '20/Nov/2026:12:00:00 +0000',
      timeEpoch: Date.now(),
    },
    body,
    isBase64Encoded: false,
  };
}

/** The messages that `receive` would have put on the queue for one request. */
export const messagesOf = (events: readonly SendGridEvent[]): string[] =>
  packMessages(
    { source: SOURCE, channel: 'https', receivedAt: new Date().toISOString(), requestId: 'bench=', origin: 'live' },
    events.map((event) => JSON.stringify(event)),
  );

/** A batch as the event source mapping hands it over. */
export const batchOf = (bodies: readonly string[]): object => ({
  Records: bodies.map((body, index) => ({
    messageId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    receiptHandle: 'AQEB',
    body,
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()), SenderId: 'AIDA' },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:quell-bench',
    awsRegion: 'us-east-1',
  })),
});
