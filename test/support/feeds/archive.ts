import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { LocalStack } from '../../../lib/local/runner.ts';
import { eventually } from '../driver.ts';

/** A line of the archive, as it lies there. */
export type Line = Readonly<Record<string, unknown>>;

const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

/** What a local stack archived, read as other programs would. */
export class ArchiveReader {
  readonly #bucket: string;
  readonly #s3: S3Client;

  constructor({ stack }: LocalStack) {
    this.#bucket = stack.archive?.bucket ?? '';
    this.#s3 = new S3Client({ ...AWS, endpoint: stack.endpoints.s3 as string, forcePathStyle: true });
  }

  /** Every line, by a plain gunzip and `JSON.parse`. */
  async lines(): Promise<Line[]> {
    const { Contents = [] } = await this.#s3.send(new ListObjectsV2Command({ Bucket: this.#bucket }));
    const objects = await Promise.all(
      Contents.map(async ({ Key }) => {
        const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: Key as string }));
        return gunzipSync(Buffer.from((await Body?.transformToByteArray()) ?? [])).toString('utf8');
      }),
    );
    return objects.flatMap((text) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line),
    );
  }

  /** Waits until this many raw events are there; one that arrived in two requests is two, one that was archived twice is one. */
  holds = (events: number, within = 60_000): Promise<void> =>
    eventually(async () => {
      const lines = await this.lines();
      const found = new Set(lines.map(({ requestId, raw }) => `${requestId} ${raw}`)).size;
      if (found !== events) throw new Error(`the archive holds ${found} events of ${events}`);
    }, within);

  close(): void {
    this.#s3.destroy();
  }
}
