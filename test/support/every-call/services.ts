import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

/** What AWS answers. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/x-amz-json-1.0';
export const success = (json: object): Answer => ({ status: 200, type: JSON_TYPE, body: JSON.stringify(json) });
export const failure = (code: string, status = 400): Answer => ({
  status,
  type: JSON_TYPE,
  body: JSON.stringify({ __type: code, message: code }),
});

export interface QueueMessage {
  readonly body: string;
  readonly reason: string | undefined;
}

/** Members of the requests that are read here. */
export interface Input {
  readonly QueueUrl?: string;
  readonly Entries?: readonly {
    readonly Id?: string;
    readonly MessageBody?: string;
    readonly MessageAttributes?: { readonly reason?: { readonly StringValue: string } };
    readonly DetailType?: string;
    readonly Detail?: string;
  }[];
  readonly Records?: readonly { readonly Data?: string }[];
  readonly SecretId?: string;
  readonly SecretString?: string;
  readonly VersionStage?: string;
  readonly ClientRequestToken?: string;
}

/** What stands behind the functions of one run beside the tables: queues, secrets, the bus, the archive; all in memory. */
export class Services {
  readonly queues = new Map<string, QueueMessage[]>();
  /** Detail type and detail of what is on the bus. */
  readonly bus: string[] = [];
  readonly archive: string[] = [];
  /** Versions of each secret by its ARN, the oldest first. */
  readonly secrets = new Map<string, { readonly id: string; readonly value: string }[]>();

  queue(name: string): QueueMessage[] {
    const queue = this.queues.get(name) ?? [];
    this.queues.set(name, queue);
    return queue;
  }

  readonly #operations: Readonly<Record<string, (input: Input) => Answer>> = {
    SendMessageBatch: ({ QueueUrl = '', Entries = [] }) => {
      const queue = this.queue(QueueUrl.split('/').at(-1) ?? '');
      const isRefused = ({ MessageBody = '' }: (typeof Entries)[number]) => /[\ufffe\uffff]/.test(MessageBody);
      const taken = Entries.filter((entry) => !isRefused(entry));
      for (const { MessageBody: body = '', MessageAttributes = {} } of taken)
        queue.push({ body, reason: MessageAttributes.reason?.StringValue });
      const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
      return success({
        Successful: taken.map(({ Id, MessageBody = '' }) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: md5(MessageBody),
        })),
        Failed: Entries.filter(isRefused).map(({ Id }) => ({ Id, Code: 'InvalidMessageContents', SenderFault: true })),
      });
    },
    GetSecretValue: ({ SecretId = '', VersionStage = 'AWSCURRENT' }) => {
      const found = this.secrets.get(SecretId)?.at(VersionStage === 'AWSCURRENT' ? -1 : -2);
      return found ? success({ SecretString: found.value, VersionId: found.id }) : failure('ResourceNotFoundException');
    },
    PutSecretValue: ({ SecretId = '', SecretString = '', ClientRequestToken = '' }) => {
      const versions = this.secrets.get(SecretId) ?? [];
      this.secrets.set(SecretId, versions);
      // A repeated request makes no second version.
      if (!versions.some(({ id }) => id === ClientRequestToken))
        versions.push({ id: ClientRequestToken, value: SecretString });
      return success({ VersionId: ClientRequestToken });
    },
    PutEvents: ({ Entries = [] }) => {
      this.bus.push(...Entries.map(({ DetailType, Detail }) => `${DetailType} ${Detail}`));
      return success({ FailedEntryCount: 0, Entries: Entries.map((_entry, at) => ({ EventId: String(at) })) });
    },
    PutRecordBatch: ({ Records = [] }) => {
      for (const { Data = '' } of Records) this.archive.push(...archivedLines(Data));
      const RequestResponses = Records.map((_record, at) => ({ RecordId: String(at) }));
      return success({ FailedPutCount: 0, RequestResponses });
    },
  };

  answer(operation: string, input: Input): Answer {
    return new Map(Object.entries(this.#operations)).get(operation)?.(input) ?? failure('UnknownOperationException');
  }
}

/** The lines of one member of the archive, base64. */
export const archivedLines = (gzip: string): string[] =>
  gunzipSync(Buffer.from(gzip, 'base64')).toString().split('\n').slice(0, -1);
