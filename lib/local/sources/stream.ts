import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsCall, REGION } from '../emulators/aws-json.ts';
import { type Pattern, passes } from './stream-filter.ts';

/** One event source mapping over a table's stream, resolved. */
export interface StreamSpec {
  readonly table: string;
  readonly streamArn: string;
  readonly batchSize: number;
  readonly filters: readonly Pattern[];
  /** Where to remember how far it has come, for tables that outlive the run. */
  readonly positionFile?: string;
}

interface StreamRecord {
  readonly dynamodb: { readonly SequenceNumber: string };
}
interface Records {
  readonly Records: readonly StreamRecord[];
  readonly NextShardIterator?: string;
}

interface StreamPoller {
  stop(): Promise<void>;
}

const IDLE_MS = 100;
/** Lambda tries again at once, then waits longer; here it is always this long. */
const RETRY_MS = 250;

/**
 * Feeds the changes of a table to a function as Lambda's event source mapping does: in order, one batch at a time, and again from the first
 * record that failed. The emulator has one shard per table.
 */
export function startStream(
  spec: StreamSpec,
  streams: AwsCall,
  invoke: (event: object) => Promise<unknown>,
): StreamPoller {
  const stopping = new AbortController();
  const { signal } = stopping;
  // Read here: one that cannot be read stops the start.
  let done = spec.positionFile && existsSync(spec.positionFile) ? readFileSync(spec.positionFile, 'utf8') : undefined;

  async function iterator(after?: string): Promise<string | undefined> {
    const [stream] = (await streams<{ Streams: { StreamArn: string }[] }>('ListStreams', { TableName: spec.table }))
      .Streams;
    if (!stream) return undefined;
    const { StreamDescription } = await streams<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      'DescribeStream',
      { StreamArn: stream.StreamArn },
    );
    const shard = StreamDescription.Shards.at(-1);
    if (!shard) return undefined;
    const from = after
      ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }
      : { ShardIteratorType: 'TRIM_HORIZON' };
    const input = { StreamArn: stream.StreamArn, ShardId: shard.ShardId, ...from };
    return (await streams<{ ShardIterator: string }>('GetShardIterator', input, signal)).ShardIterator;
  }

  /** Returns the sequence number up to which everything is done. */
  async function handle(records: readonly StreamRecord[]): Promise<string | undefined> {
    const wanted = records.filter(
      (record) => spec.filters.length === 0 || spec.filters.some((one) => passes(one, record)),
    );
    const failed = wanted.length > 0 ? await firstFailure(wanted) : undefined;
    if (failed === undefined) return records.at(-1)?.dynamodb.SequenceNumber;
    return records[records.indexOf(failed) - 1]?.dynamodb.SequenceNumber;
  }

  async function firstFailure(records: readonly StreamRecord[]): Promise<StreamRecord | undefined> {
    const Records = records.map((record) => ({ ...record, eventSourceARN: spec.streamArn, awsRegion: REGION }));
    try {
      const answer = (await invoke({ Records })) as { batchItemFailures?: { itemIdentifier: string }[] } | null;
      const failed = new Set((answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
      if (failed.size === 0) return undefined;
      return records.find(({ dynamodb }) => failed.has(dynamodb.SequenceNumber)) ?? records[0];
    } catch {
      return records[0];
    }
  }

  async function poll(): Promise<void> {
    let next: string | undefined;
    while (!signal.aborted) {
      try {
        next ??= await iterator(done);
        const batch: Records = next
          ? await streams('GetRecords', { ShardIterator: next, Limit: spec.batchSize }, signal)
          : { Records: [] };
        next = batch.NextShardIterator;
        if (batch.Records.length === 0) await sleep(IDLE_MS, undefined, { signal });
        else {
          const last = batch.Records.at(-1)?.dynamodb.SequenceNumber;
          const reached = await handle(batch.Records);
          done = reached ?? done;
          if (spec.positionFile && done) writeFileSync(spec.positionFile, done);
          if (reached === last) continue;
          next = undefined;
          await sleep(RETRY_MS, undefined, { signal });
        }
      } catch {
        next = undefined;
        if (!signal.aborted) await sleep(RETRY_MS);
      }
    }
  }

  const polling = poll();
  return {
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}
