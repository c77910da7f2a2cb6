import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { sesInput } from '../../../lib/constructs/ses/direct-input.ts';
import type { LocalOptions, LocalStack } from '../../../lib/local/runner.ts';
import { Driver, eventually, signSendGrid } from '../driver.ts';
import { strictly } from '../event-schema.ts';
import { amongUsual } from '../stack/settings.ts';
import { ArchiveReader, type Line } from './archive.ts';

/** What other services see of a running stack: its bus and its archive, read as they would. */

const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

export const ERASURE_SECRET = 'erasure-secret-of-a-test';

export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Record<string, unknown>;
}

const schema = (name: string) => strictly(JSON.parse(readFileSync(`docs/schemas/${name}.json`, 'utf8'))) as object;
const ajv = new Ajv2020({ allErrors: true });
const VALID = new Map([
  ['Email Event', ajv.compile(schema('email-event'))],
  ['Suppression Changed', ajv.compile(schema('suppression-changed'))],
  ['Clicks Surging', ajv.compile(schema('clicks-surging'))],
]);

/** What a detail has wrong by its published schema, and what it has beside it; empty = nothing. */
export function schemaErrors(event: BusEvent): string[] {
  const valid = VALID.get(event['detail-type']);
  if (!valid) return [`no schema for ${event['detail-type']}`];
  return valid(event.detail)
    ? []
    : (valid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What EventBridge puts on the queue for an event: the template's transformer, filled in as EventBridge does. */
export function transformed(source: string, event: Readonly<Record<string, unknown>>): string {
  const { inputTemplate, inputPathsMap } = sesInput(source).bind(undefined as never);
  const paths = Object.entries(inputPathsMap ?? {}).map(([name, path]) => [name, event[path.replace('$.', '')]]);
  const values: Record<string, unknown> = { ...Object.fromEntries(paths), 'aws.events.event.json': event };
  return String(inputTemplate).replace(/<([\w.-]+)>/g, (_, name: string) => JSON.stringify(values[name]));
}

export const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:feedback';

const SETTINGS = {
  sources: amongUsual({
    sendgrid: { provider: 'sendgrid' },
    'ses-http': { provider: 'ses', topicArns: [TOPIC], dedupeGroup: 'ses' },
    'ses-queue': { provider: 'ses', topicArns: [TOPIC], dedupeGroup: 'ses', via: 'sns-queue' },
    'ses-bus': { provider: 'ses', dedupeGroup: 'ses', via: 'eventbridge' },
  }),
  heartbeat: false,
  publish: { types: ['bounced', 'complained', 'clicked'], surgeClicks: 20 },
  archive: { retentionDays: 30 },
};

/** A stack with a SendGrid source and the three ways of SES, that publishes and archives: the same for all, so that it is synthesized once. */
export function feedSettings(): Pick<LocalOptions, 'settings' | 'secrets'> & { readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'quell-feeds-'));
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const file = (name: string, content: object) => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    settings: file('settings.json', SETTINGS),
    secrets: file('secrets.json', {
      sendgrid: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      'quell-erasure': ERASURE_SECRET,
    }),
  };
}

export class Feeds {
  readonly driver: Driver;
  readonly #local: LocalStack;
  readonly #key: string;
  readonly #archive: ArchiveReader;
  readonly #sqs: SQSClient;

  constructor(local: LocalStack, key: string) {
    this.#local = local;
    this.#key = key;
    this.driver = new Driver(local.stack);
    this.#archive = new ArchiveReader(local);
    this.#sqs = new SQSClient({ ...AWS, endpoint: local.stack.endpoints.sqs });
  }

  async send(events: readonly object[] | string): Promise<number> {
    const body = typeof events === 'string' ? events : JSON.stringify(events);
    return (await this.driver.post('sendgrid', body, signSendGrid(body, this.#key))).status;
  }

  /** Puts a message on a queue, as operators and AWS itself would. */
  async enqueue(body: string, queue: 'delivery' | 'acts' | 'feeds' = 'delivery'): Promise<void> {
    const QueueUrl = this.#local.stack.queues[queue] ?? '';
    await this.#sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  }

  async published(): Promise<BusEvent[]> {
    return (await (await fetch(this.#local.stack.endpoints.eventbridge)).json()) as BusEvent[];
  }

  /**
   * Sends an event of which both tables tell the bus, and waits until they have. Changes of a table are told in their order, so all that was
   * processed before is on the bus as well.
   */
  async sendLast(event: { readonly email: string; readonly sg_message_id: string }): Promise<void> {
    await this.driver.nothingUnderWay();
    await this.send([event]);
    await eventually(async () => {
      const told = (await this.published()).filter(({ detail }) => JSON.stringify(detail).includes(event.email));
      if (new Set(told.map((one) => one['detail-type'])).size < 2)
        throw new Error(`not told of: ${event.sg_message_id}`);
    });
  }

  archived = (): Promise<Line[]> => this.#archive.lines();

  close(): void {
    this.driver.close();
    this.#archive.close();
    this.#sqs.destroy();
  }
}
