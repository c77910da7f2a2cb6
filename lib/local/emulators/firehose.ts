import { randomUUID } from 'node:crypto';
import { json } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { MAX_PUT_BYTES, MAX_PUT_RECORDS } from '../../../lambda/contract/archive.ts';
import { packed } from '../../../lambda/domain/batches.ts';
import { LocalError } from '../error.ts';
import type { StackView } from '../template/stack-view.ts';
import type { StandIn } from './loopback.ts';

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
const MAX_RECORD_BYTES = 1000 * 1024;
/** The S3 emulator refuses what is above 11 MiB. */
const MAX_OBJECT_BYTES = 10 * 1024 * 1024;

export interface Firehose {
  readonly listener: StandIn;
  /** Makes the template's buckets and streams; before that nothing is taken. */
  connect(stack: StackView, s3: string): Promise<void>;
  /** Writes what is waiting. @throws Error where S3 does not take it: it waits on, and is tried again */
  flush(): Promise<void>;
}

/**
 * Firehose, as much of it as Quell calls: what `PutRecordBatch` brings is written to the stream's bucket, one after the other, by day.
 * @param say called with one line when S3 begins to refuse
 */
export function firehose(say: (line: string) => void): Firehose {
  const streams = new Map<string, { readonly url: string; readonly to: Target; readonly waiting: Buffer[] }>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  let isRefused = false;

  async function store(): Promise<void> {
    for (const { url, to, waiting } of streams.values()) {
      for (const portion of packed(waiting, ({ length }) => length, { bytes: MAX_OBJECT_BYTES })) {
        await write(url, to, Buffer.concat(portion));
        // Only now: it was answered as taken, and nobody else has it.
        waiting.splice(0, portion.length);
      }
    }
  }

  /** One at a time: two would write the same records. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const turn = writing.then(store);
    writing = turn.then(
      () => {
        isRefused = false;
      },
      (error: Error) => {
        if (!isRefused) say(`archive: ${error.message}; what waits is kept and tried again`);
        isRefused = true;
        flushLater();
      },
    );
    return turn;
  }

  function flushLater(): void {
    // What goes wrong is told above.
    timer ??= setTimeout(() => void flush().catch(() => undefined), WAIT_MS);
  }

  const listener: StandIn = async (request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    if (request.headers['x-amz-target'] !== 'Firehose_20150804.PutRecordBatch')
      return void answer(400, { __type: 'UnknownOperationException' });
    const input = (await json(request)) as { DeliveryStreamName: string; Records: { Data: string }[] };
    const stream = streams.get(input.DeliveryStreamName);
    if (!stream) return void answer(400, { __type: 'ResourceNotFoundException' });
    const records = input.Records.map(({ Data }) => Buffer.from(Data, 'base64'));
    if (isTooLarge(records)) return void answer(400, { __type: 'InvalidArgumentException' });
    stream.waiting.push(...records);
    flushLater();
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

const isTooLarge = (records: readonly Buffer[]): boolean =>
  records.length > MAX_PUT_RECORDS ||
  records.some(({ length }) => length > MAX_RECORD_BYTES) ||
  records.reduce((sum, { length }) => sum + length, 0) > MAX_PUT_BYTES;

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
