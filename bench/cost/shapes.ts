import { BY_HOUR } from '../../lambda/contract/tables.ts';
import { totalReadUnits } from '../aws/tally.ts';
import { archiveBilled, billedChunks } from '../aws/units.ts';
import type { Counted } from '../count.ts';
import type { ProcessResult } from '../process.ts';
import type { ReceiveResult, ReceiveRow } from '../receive.ts';
import { TABLES } from '../run/subject.ts';
import type { PerEvent } from './model.ts';

export interface Shapes {
  readonly one: PerEvent;
  readonly hundred: PerEvent;
}

/** Messages in a full batch. */
const BATCH = 10;

/** Both shapes of traffic, from what was counted: requests of one event and of a hundred, batches of ten messages. */
export function shapesOf(receive: ReceiveResult, process: ProcessResult): Shapes {
  const row = (events: number) => receive.rows.find((one) => one.events === events) as ReceiveRow;
  return {
    one: perEvent(row(1), process.full.one, process.archived.one),
    hundred: perEvent(row(100), process.full.hundred, process.archived.hundred),
  };
}

function perEvent(request: ReceiveRow, batch: Counted, archived: Counted): PerEvent {
  const { tally, events, invocations } = batch;
  const of = (table: string) => tally.tables[table] ?? { items: 0, bytes: 0, units: 0, consumed: 0 };
  const suppression = of(TABLES.suppression);
  return {
    requests: 1 / request.events,
    sendChunks: request.chunks / request.events,
    receiveChunks: billedChunks((request.queueBytes / request.messages) * BATCH) / (BATCH * request.events),
    deletes: 1 / (BATCH * request.events),
    batches: invocations / events,
    eventWriteUnits: of(TABLES.events).units / events,
    indexWriteUnits: of(`${TABLES.events}/${BY_HOUR.name}`).units / events,
    suppressionWriteUnits: suppression.units / events,
    readUnits: totalReadUnits(tally) / events,
    receiveCpuMs: request.ours.median / 1000 / request.events,
    processCpuMs: batch.cpuMicros / 1000 / events,
    logBytes: request.logBytes / request.events + batch.logBytes / events,
    itemBytes: of(TABLES.events).bytes / events,
    ...archiveOf(archived, request),
    busEvents: (2 * suppression.items) / events,
  };
}

/** Until `process` archives, what it will: a line holds the raw event and what it was taken to mean, twice the event's bytes. */
export const archives = ({ tally }: Counted): boolean => tally.archiveBytes > 0;

function archiveOf(counted: Counted, request: ReceiveRow) {
  const { tally, events } = counted;
  if (archives(counted))
    return { archiveBytes: tally.archiveBytes / events, archiveBilledBytes: tally.archiveBilled / events };
  const archiveBytes = (2 * request.bodyBytes) / request.events;
  const perBatch = BATCH * request.events;
  return { archiveBytes, archiveBilledBytes: archiveBilled(archiveBytes * perBatch) / perBatch };
}
