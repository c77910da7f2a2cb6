import { AIM_PERCENT } from '../../lib/constructs/storage/capacity.ts';
import { GB, PRICES } from './prices.ts';

/** What one event asks of AWS, counted in a real run, and the few things a run on one machine cannot show. */
export interface PerEvent {
  /** Webhook requests: 1 or less. */
  readonly requests: number;
  /** 64 KB chunks put on the queue, and fetched from it; delete requests. */
  readonly sendChunks: number;
  readonly receiveChunks: number;
  readonly deletes: number;
  /** Invocations of `process`. */
  readonly batches: number;
  readonly eventWriteUnits: number;
  /** Of the index by hour, which holds few of the events. */
  readonly indexWriteUnits: number;
  readonly suppressionWriteUnits: number;
  readonly readUnits: number;
  /** CPU milliseconds, as measured. */
  readonly receiveCpuMs: number;
  readonly processCpuMs: number;
  /** Bytes of the functions' own log lines. */
  readonly logBytes: number;
  /** Stored, without DynamoDB's overhead. */
  readonly itemBytes: number;
  /** What Firehose bills for the archive, and what it writes. */
  readonly archiveBilledBytes: number;
  readonly archiveBytes: number;
  /** On the bus: events of the types published by default, and changes of the list. */
  readonly busEvents: number;
}

/** Assumed: what Lambda adds to CPU time. Only a run on AWS can show it; it is under a tenth of the bill either way. */
export const ASSUMED = {
  memoryGb: 0.5,
  /** One CPU comes with 1,769 MB. */
  slowdown: 1769 / 512,
  /** Milliseconds a call waits. */
  sqsMs: 8,
  dynamoMs: 6,
  /** Calls one after the other in one invocation of `process`: insert (four side by side), read, write. */
  processWaits: 4,
  accessLogBytes: 200,
  /** Per item, and per item of an index. */
  itemOverhead: 100,
} as const;

export type Lines = Readonly<Record<string, number>>;

export const total = (lines: Lines): number => Object.values(lines).reduce((sum, line) => sum + line, 0);

const gbSeconds = (cpuMs: number, waitMs: number): number =>
  ((cpuMs * ASSUMED.slowdown + waitMs) / 1000) * ASSUMED.memoryGb;

/** Dollars per million events, line by line. */
export function perMillion(event: PerEvent): Lines {
  const receiveGbs = gbSeconds(event.receiveCpuMs, event.requests * ASSUMED.sqsMs);
  const processGbs = gbSeconds(event.processCpuMs, event.batches * ASSUMED.processWaits * ASSUMED.dynamoMs);
  return scaled({
    'HTTP API': event.requests * PRICES.httpRequest,
    'Lambda requests': (event.requests + event.batches) * PRICES.lambdaRequest,
    'Lambda, receive': receiveGbs * PRICES.lambdaGbSecond,
    'Lambda, process': processGbs * PRICES.lambdaGbSecond,
    'SQS send': event.sendChunks * PRICES.sqsRequest,
    'SQS receive and delete': (event.receiveChunks + event.deletes) * PRICES.sqsRequest,
    'DynamoDB, events': event.eventWriteUnits * PRICES.writeUnit,
    'DynamoDB, index by hour': event.indexWriteUnits * PRICES.writeUnit,
    'DynamoDB, suppression': event.suppressionWriteUnits * PRICES.writeUnit + event.readUnits * PRICES.readUnit,
    // A busy bus fills its batches; a quiet one pays an invocation for each change.
    'EventBridge, publish': event.busEvents * (PRICES.busEvent + PRICES.lambdaRequest),
    'CloudWatch Logs': (event.logBytes / GB) * PRICES.logsIngested,
  });
}

/**
 * The same with `capacity`: the events table and its index provisioned, a share of it used.
 * @param used from 0 to 1; auto scaling aims at {@link AIM_PERCENT}
 */
export function provisioned(event: PerEvent, used = AIM_PERCENT / 100): Lines {
  const unit = PRICES.writeUnitHour / 3600 / used;
  return {
    ...perMillion(event),
    ...scaled({
      'DynamoDB, events': event.eventWriteUnits * unit,
      'DynamoDB, index by hour': event.indexWriteUnits * unit,
    }),
  };
}

/** The share of a provisioned unit that must be used for it to cost what a unit paid per request costs. */
export const BREAK_EVEN = PRICES.writeUnitHour / 3600 / PRICES.writeUnit;

/** The archive, per million events; what it stores is a matter of months. */
export const archive = (event: PerEvent): number => (event.archiveBilledBytes / GB) * PRICES.firehose * 1e6;

/** Dollars a month for a million events a month, once the retention is full. */
export function storage(event: PerEvent, retentionDays: number, restorable: boolean): number {
  const gb = ((event.itemBytes + ASSUMED.itemOverhead) * 1e6 * (retentionDays / 30)) / GB;
  return gb * (PRICES.tableStorage + (restorable ? PRICES.pointInTimeRecovery : 0));
}

/** Dollars for a million events on the bus. */
export const published = (): number => PRICES.busEvent * 1e6;

/** What other settings, and other ways to do it, add per million events. */
export const variants = (event: PerEvent, cpu: { putItemMs: number; idempotencyMs: number }): Lines => {
  const moreCpu = (ms: number) => Math.max(0, gbSeconds(ms - event.processCpuMs, 0)) * PRICES.lambdaGbSecond;
  return scaled({
    '`accessLog` on': ((event.requests * ASSUMED.accessLogBytes) / GB) * PRICES.logsIngested,
    '`byMessageIndex` on': event.eventWriteUnits * PRICES.writeUnit,
    'each of `searchKeys`, of events that have it': event.eventWriteUnits * PRICES.writeUnit,
    'one `PutItem` per event instead': moreCpu(cpu.putItemMs),
    'the idempotency library instead': moreCpu(cpu.idempotencyMs) + 2 * PRICES.writeUnit,
    'EventBridge for every event': PRICES.busEvent,
    'START, END and REPORT in the log': (((event.requests + event.batches) * 700) / GB) * PRICES.logsIngested,
  });
};

const scaled = (lines: Lines): Lines =>
  Object.fromEntries(Object.entries(lines).map(([name, dollars]) => [name, dollars * 1e6]));
