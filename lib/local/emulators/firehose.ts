import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { LocalError } from '../error.ts';
import type { StackView } from '../template/stack-view.ts';

interface StreamProperties {
  readonly DeliveryStreamName: string;
  readonly ExtendedS3DestinationConfiguration: {
    readonly BucketARN: string;
    readonly Prefix: string;
    readonly CompressionFormat?: string;
    readonly FileExtension?: string;
  };
}

/** Firehose waits for minutes to fill an object; a person at the keyboard does not. */
const WAIT_MS = 500;

export interface Firehose {
  readonly listener: RequestListener;
  /** Makes the template's buckets and streams; before that nothing is taken. */
  connect(stack: StackView, s3: string): Promise<void>;
  /** Writes what is waiting. */
  flush(): Promise<void>;
}

/** Firehose, as much of it as Quell calls: what `PutRecordBatch` brings is written to the stream's bucket, one after the other, by day. */
export function firehose(): Firehose {
  const streams = new Map<string, { readonly url: string; readonly to: Target; waiting: Buffer[] }>();
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    for (const stream of streams.values()) {
      const { waiting } = stream;
      stream.waiting = [];
      if (waiting.length > 0) await write(stream.url, stream.to, Buffer.concat(waiting));
    }
  }

  const listener: RequestListener = async (request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    if (request.headers['x-amz-target'] !== 'Firehose_20150804.PutRecordBatch')
      return void answer(400, { __type: 'UnknownOperationException' });
    const input = (await json(request)) as { DeliveryStreamName: string; Records: { Data: string }[] };
    const stream = streams.get(input.DeliveryStreamName);
    if (!stream) return void answer(400, { __type: 'ResourceNotFoundException' });
    stream.waiting.push(...input.Records.map(({ Data }) => Buffer.from(Data, 'base64')));
    timer ??= setTimeout(() => void flush(), WAIT_MS);
    answer(200, { FailedPutCount: 0, RequestResponses: input.Records.map(() => ({ RecordId: randomUUID() })) });
  };

  async function connect(stack: StackView, s3: string): Promise<void> {
    for (const { place } of stack.ofType('AWS::S3::Bucket')) await put(`${s3}/${place.ref}`);
    for (const { properties } of stack.ofType<StreamProperties>('AWS::KinesisFirehose::DeliveryStream')) {
      const { DeliveryStreamName: name, ExtendedS3DestinationConfiguration: to } = properties;
      const bucket = to.BucketARN.split(':::')[1] ?? '';
      streams.set(name, { url: `${s3}/${bucket}`, to, waiting: [] });
    }
  }
  return { listener, connect, flush };
}

type Target = StreamProperties['ExtendedS3DestinationConfiguration'];

async function write(bucket: string, to: Target, content: Buffer): Promise<void> {
  const now = new Date().toISOString();
  const prefix = to.Prefix.replace('!{timestamp:yyyy-MM-dd}', now.slice(0, 10));
  const key = `${prefix}local-1-${now.slice(0, 19).replace(/[T:]/g, '-')}-${randomUUID()}${to.FileExtension ?? ''}`;
  await put(`${bucket}/${key}`, to.CompressionFormat === 'GZIP' ? gzipSync(content) : content);
}

async function put(url: string, body?: Buffer): Promise<void> {
  const response = await fetch(url, { method: 'PUT', ...(body && { body: new Uint8Array(body) }) });
  // A bucket that `--data` kept is there already.
  if (!response.ok && response.status !== 409) throw new LocalError(`the S3 emulator answered ${response.status}`);
}
