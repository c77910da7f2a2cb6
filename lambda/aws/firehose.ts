import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { MAX_PUT_BYTES, MAX_PUT_RECORDS, MAX_RECORD_BYTES } from '../contract/archive.ts';
import { packed } from '../domain/batches.ts';
import { retried, until } from './effort.ts';

/** Lines of one message; they are archived together or the message is tried again. */
export interface Lines<Owner> {
  readonly owner: Owner;
  readonly lines: readonly string[];
}

interface ArchiveRecord<Owner> {
  readonly owners: Set<Owner>;
  readonly lines: string[];
  bytes: number;
}

/** Hands lines to Firehose, as many to a record as one takes: Firehose bills a record as 5 KB at least. */
export class Archive {
  readonly #client: FirehoseClient;
  readonly #stream: string;

  constructor(client: FirehoseClient, stream: string) {
    this.#client = client;
    this.#stream = stream;
  }

  /** Returns the owners of lines that were not taken by `deadline` (epoch milliseconds). */
  async put<Owner>(groups: readonly Lines<Owner>[], deadline: number): Promise<ReadonlySet<Owner>> {
    const left = await retried(records(groups), deadline, async (open) => {
      const requests = packed(open, ({ bytes }) => bytes, { most: MAX_PUT_RECORDS, bytes: MAX_PUT_BYTES });
      return (await Promise.all(requests.map((request) => this.#send(request, until(deadline))))).flat();
    });
    return new Set(left.flatMap(({ owners }) => [...owners]));
  }

  /** Returns the records that were not taken. */
  async #send<Owner>(
    request: readonly ArchiveRecord<Owner>[],
    abortSignal: AbortSignal,
  ): Promise<ArchiveRecord<Owner>[]> {
    const Records = request.map(({ lines }) => ({ Data: Buffer.from(lines.join('')) }));
    try {
      const command = new PutRecordBatchCommand({ DeliveryStreamName: this.#stream, Records });
      const { RequestResponses = [] } = await this.#client.send(command, { abortSignal });
      return request.filter((_record, at) => RequestResponses[at]?.RecordId === undefined);
    } catch {
      return [...request];
    }
  }
}

/** A line longer than a record stands alone: Firehose says no to it, and its message goes to the dead letters in the end. */
function records<Owner>(groups: readonly Lines<Owner>[]): ArchiveRecord<Owner>[] {
  const made: ArchiveRecord<Owner>[] = [];
  for (const { owner, lines } of groups) {
    for (const line of lines) {
      const bytes = Buffer.byteLength(line);
      let record = made.at(-1);
      if (!record || record.bytes + bytes > MAX_RECORD_BYTES) {
        record = { owners: new Set(), lines: [], bytes: 0 };
        made.push(record);
      }
      record.owners.add(owner);
      record.lines.push(line);
      record.bytes += bytes;
    }
  }
  return made;
}
