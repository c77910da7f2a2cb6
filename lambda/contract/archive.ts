import { stackName } from './outputs.ts';
import type { Iso } from './units.ts';

/**
 * The archive: what came in, as it came in. A line is one raw event as JSON; objects are gzip files of such lines, under the day on which
 * they were archived. Names of members and prefixes are a contract: saved queries, `ops replay` and other readers build on them.
 */
export interface ArchiveLine {
  /** First member: readers skip what lies outside their time without parsing the line. ISO 8601. */
  readonly receivedAt: Iso;
  readonly source: string;
  readonly provider: string;
  readonly channel: string;
  readonly origin: string;
  readonly requestId: string;
  readonly meta?: Readonly<Record<string, string>>;
  /** The raw event to the letter, as text: no reader can round its numbers. */
  readonly raw?: string;
  /** In its place where it is too long for a line: gzip, base64. */
  readonly rawGzip?: string;
  /** What it was taken to mean at that time, one normalised event per recipient; empty where it meant none. */
  readonly events: readonly object[];
}

export const archiveStreamName = (stage: string): string => `${stackName(stage)}-archive`;

/** Under it `day=YYYY-MM-DD/`, the day of archiving in UTC. */
export const ARCHIVE_PREFIX = 'events/';

export const dayPrefix = (day: string): string => `${ARCHIVE_PREFIX}day=${day}/`;

/** Where Athena writes its answers. */
export const RESULTS_PREFIX = 'query-results/';
export const archiveDatabase = (stage: string): string => `quell_${stage.replaceAll('-', '_')}`;
export const archiveWorkGroup = (stage: string): string => stackName(stage);

/**
 * Lines of one gzip member, in bytes before it is made: however little of it gzip can save, the member fits a record of Firehose (1,000 KiB)
 * and, as base64, a message of SQS (1 MiB).
 */
export const MAX_MEMBER_BYTES = 700 * 1024;
/** Firehose takes 500 records or 4 MiB in one request. */
export const MAX_PUT_RECORDS = 500;
export const MAX_PUT_BYTES = 4 * 1024 * 1024;
