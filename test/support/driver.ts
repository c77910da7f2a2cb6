import { createHmac, randomUUID, sign } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { SILENT } from '../../lambda/aws/effort.ts';

/** What a test needs to know of a running local stack; `.local/stack.json` holds it. */
export interface Running {
  readonly url: string;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly tables: { readonly events: string; readonly suppression: string };
  readonly queues: Readonly<Record<'delivery' | 'acts' | 'deadLetter', string>> & { readonly feeds?: string };
}

export type Item = Record<string, unknown>;

const AWS = { ...SILENT, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

/** Looks at a running stack from outside, as its users would: HTTP in front, tables and queues behind. */
export class Driver {
  readonly #dynamo: DynamoDBClient;
  readonly #sqs: SQSClient;
  readonly stack: Running;

  constructor(stack: Running) {
    this.stack = stack;
    this.#dynamo = new DynamoDBClient({ ...AWS, endpoint: stack.endpoints.dynamodb as string });
    this.#sqs = new SQSClient({ ...AWS, endpoint: stack.endpoints.sqs as string });
  }

  async post(
    source: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
    method = 'POST',
  ): Promise<{ status: number; json: Item }> {
    const init =
      method === 'GET' || method === 'HEAD' ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) };
    const response = await fetch(`${this.stack.url}/webhooks/v1/${source}`, { method, headers, ...init });
    const text = await response.text();
    return { status: response.status, json: text.startsWith('{') ? (JSON.parse(text) as Item) : {} };
  }

  /** Without heartbeats, and without the acts of operators: those are no events of anybody's. */
  events = async (): Promise<Item[]> => (await this.#scan(this.stack.tables.events)).filter((item) => !isOurs(item));
  /** The records of the audit, as they stand in the table. */
  acts = async (): Promise<Item[]> =>
    (await this.#scan(this.stack.tables.events)).filter(({ recipient }) =>
      String(recipient).startsWith('~quell-audit#'),
    );
  heartbeats = async (): Promise<Item[]> => (await this.#scan(this.stack.tables.events)).filter(isHeartbeat);
  suppression = (): Promise<Item[]> => this.#scan(this.stack.tables.suppression);

  /** Addresses that may not get marketing mail at this moment. */
  async suppressed(): Promise<string[]> {
    const items = await this.suppression();
    return items
      .filter((item) => Number(item.suppressedUntil) > Date.now() / 1000)
      .map((item) => String(item.recipient))
      .sort();
  }

  /** Puts a text on the delivery queue, past `receive`. */
  async deliver(body: string): Promise<void> {
    await this.#sqs.send(new SendMessageCommand({ QueueUrl: this.stack.queues.delivery, MessageBody: body }));
  }

  /** Messages in a queue, seen or in flight; 0 where the stack has no such queue. */
  async depth(queue: keyof Running['queues']): Promise<number> {
    const { waiting, inFlight } = await this.#counts(queue);
    return waiting + inFlight;
  }

  /** Messages of a queue that somebody has taken and not deleted yet. */
  inFlight = async (queue: keyof Running['queues']): Promise<number> => (await this.#counts(queue)).inFlight;

  /**
   * Waits until nothing is under way: whatever was accepted is recorded, folded into the list, archived or buried, and off its queue. An event
   * in the table says less: `process` writes it first, and the entry after it; and an entry may be written once more.
   */
  nothingUnderWay = (within = 60_000): Promise<void> =>
    eventually(async () => {
      const depths = await Promise.all((['delivery', 'acts', 'feeds'] as const).map((queue) => this.depth(queue)));
      if (depths.some((depth) => depth > 0)) throw new Error(`under way: ${depths.join(' + ')} messages`);
    }, within);

  /** Dead letters, left visible at once again. */
  async deadLetters(): Promise<{ body: string; reason: string | undefined }[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.stack.queues.deadLetter,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(({ Body = '', MessageAttributes = {} }) => ({
      body: Body,
      reason: MessageAttributes.reason?.StringValue,
    }));
  }

  /** Takes out what a test left in a queue. */
  async drain(queue: keyof Running['queues']): Promise<void> {
    await this.#sqs.send(new PurgeQueueCommand({ QueueUrl: this.stack.queues[queue] }));
  }

  async #counts(queue: keyof Running['queues']): Promise<{ waiting: number; inFlight: number }> {
    const QueueUrl = this.stack.queues[queue];
    if (QueueUrl === undefined) return { waiting: 0, inFlight: 0 };
    const { Attributes = {} } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return {
      waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  close(): void {
    this.#dynamo.destroy();
    this.#sqs.destroy();
  }

  async #scan(TableName: string): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of paginateScan({ client: this.#dynamo }, { TableName, ConsistentRead: true })) {
      items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    }
    return items;
  }
}

const isOurs = ({ recipient }: Item): boolean => /^~quell-(heartbeat|audit|on)#/.test(String(recipient));
const isHeartbeat = ({ recipient }: Item): boolean => String(recipient).startsWith('~quell-heartbeat#');

/**
 * Waits until `check` no longer throws, and fails with what it threw last. Asks less often the longer it takes: a look at all of a table is
 * work as well. `within` is patience with a busy machine, no promise of ours.
 */
export async function eventually<T>(check: () => Promise<T>, within = 30_000): Promise<T> {
  const begun = Date.now();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      const waited = Date.now() - begun;
      if (waited > within) throw error;
      await pause(Math.min(25 + waited / 10, 250));
    }
  }
}

/** Headers that sign a SendGrid body. `key` is the private key's PEM. */
export function signSendGrid(body: string | Buffer, key: string, at = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signed = Buffer.concat([Buffer.from(timestamp), Buffer.from(body)]);
  return {
    'content-type': 'application/json',
    'x-twilio-email-event-webhook-timestamp': timestamp,
    'x-twilio-email-event-webhook-signature': sign('sha256', signed, key).toString('base64'),
  };
}

/** Headers of the Svix family over a body. `secret` is `whsec_...`. */
export function signSvix(
  body: string,
  secret: string,
  id = `msg_${randomUUID()}`,
  at = Date.now(),
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': `v1,${signature}`,
  };
}

/** Header of the generic scheme: hex HMAC-SHA256 over the body. */
export const signGeneric = (body: string, secret: string): Record<string, string> => ({
  'content-type': 'application/json',
  'x-webhook-signature': createHmac('sha256', secret).update(body).digest('hex'),
});

/** An SNS notification that carries an SES event, signed like SNS signs version 2. */
export const signSns = (message: unknown, topicArn: string, key: string): SnsPost =>
  signEnvelope({ Type: 'Notification', Message: JSON.stringify(message) }, topicArn, key);

/** What SNS posts when an endpoint is subscribed to a topic. */
export const signSnsConfirmation = (topicArn: string, key: string): SnsPost =>
  signEnvelope(
    {
      Type: 'SubscriptionConfirmation',
      Message: 'You have chosen to subscribe.',
      SubscribeURL: `https://sns.${topicArn.split(':')[3]}.amazonaws.com/?Action=ConfirmSubscription`,
      Token: 'f'.repeat(64),
    },
    topicArn,
    key,
  );

interface SnsPost {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** Fields that SNS signs where they are present, in this order. */
const SIGNED = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

function signEnvelope(own: Readonly<Record<string, string>>, topicArn: string, key: string): SnsPost {
  const envelope: Record<string, string> = {
    ...own,
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Timestamp: new Date().toISOString(),
    SignatureVersion: '2',
    SigningCertURL: `https://sns.${topicArn.split(':')[3]}.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem`,
  };
  const signed = SIGNED.filter((name) => name in envelope).map((name) => `${name}\n${envelope[name]}\n`);
  const Signature = sign('sha256', Buffer.from(signed.join('')), key).toString('base64');
  return {
    body: JSON.stringify({ ...envelope, Signature }),
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': own.Type ?? '',
      'x-amz-sns-message-id': envelope.MessageId ?? '',
      'x-amz-sns-topic-arn': topicArn,
    },
  };
}
