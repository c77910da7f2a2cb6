import { totalCalls } from './aws/tally.ts';
import type { ConsoleResult } from './console/measure.ts';
import { archive, perMillion, provisioned, total } from './cost/model.ts';
import { shapesOf } from './cost/shapes.ts';
import type { Wave } from './end-to-end/bounces.ts';
import type { EndToEnd } from './end-to-end/measure.ts';
import type { ProcessResult } from './process.ts';
import type { ReceiveResult } from './receive.ts';
import { TABLES } from './run/subject.ts';
import type { Loaded } from './start.ts';

export interface Results {
  readonly receive: ReceiveResult;
  readonly process: ProcessResult;
  readonly start: Readonly<Record<'receive' | 'receiveOne' | 'process' | 'processOne' | 'floor', Loaded>>;
  readonly endToEnd: EndToEnd;
  readonly wave: Wave;
  readonly console: ConsoleResult;
}

/** One flat object of numbers; the names are a contract. A ratio is the worst of its sizes. */
export function keysOf({ receive, process, start, endToEnd, wave, console }: Results): Record<string, number> {
  const { one, hundred } = shapesOf(receive, process);
  const { ours, putItem, idempotency } = process.counted;
  const events = ours.tally.tables[TABLES.events];
  const emulated = process.emulated.ours.tally.tables[TABLES.events];
  const perThousand = (counted: typeof ours) => (totalCalls(counted.tally) / counted.events) * 1000;
  const byEvents = receive.rows.map((row) => [`receive.cpuRatioToFloor.${row.events}`, row.ratio.median] as const);
  const sameClient = receive.rows.map(
    (row) => [`receive.cpuRatioToFloorByEngine.${row.events}`, row.ratioByEngine.median] as const,
  );
  const keys: Record<string, number> = {
    'receive.awsCallsPerRequest': Math.max(...receive.rows.map(({ calls }) => calls)),
    'process.writeUnitsPerEvent': (events?.units ?? 0) / ours.events,
    'process.writeUnitsPerEvent.consumed': (emulated?.consumed ?? 0) / process.emulated.ours.events,
    'process.awsCallsPer1000Events': perThousand(process.full.hundred),
    'process.awsCallsPer1000Events.oneMessageEach': perThousand(ours),
    'process.awsCallsPer1000Events.putItem': perThousand(putItem),
    'process.awsCallsPer1000Events.idempotency': perThousand(idempotency),
    'process.cpuRatioToPutItem': process.ratio.putItem.median,
    'process.cpuRatioToIdempotency': process.ratio.idempotency.median,
    'process.cpuRatioToFloor': process.floor.ratio.median,
    'process.cpuMicrosPerEvent': process.cpu.ours.median,
    'receive.cpuRatioToFloor': Math.max(...receive.rows.map(({ ratio }) => ratio.median)),
    ...Object.fromEntries(byEvents),
    ...Object.fromEntries(sameClient),
    'receive.peakMB': receive.largest.peakMB,
    'process.peakMB': process.peakMB,
    'archive.bytesPerEvent': hundred.archiveBytes,
    'receive.bundleKB': start.receive.kilobytes,
    'process.bundleKB': start.process.kilobytes,
    'receive.bundleKB.oneProvider': start.receiveOne.kilobytes,
    'process.bundleKB.oneProvider': start.processOne.kilobytes,
    'receive.loadMs': start.receive.loadMs.median,
    'process.loadMs': start.process.loadMs.median,
    'cost.onePerRequest': total(perMillion(one)) + archive(one),
    'cost.hundredPerRequest': total(perMillion(hundred)) + archive(hundred),
    'cost.provisioned': total(provisioned(hundred)) + archive(hundred),
    'endToEnd.eventsPerSecond': endToEnd.eventsPerSecond,
    'endToEnd.bouncesPerSecond': wave.bounces / wave.indexed.median,
    'endToEnd.hourIndexRatio': wave.ratio.median,
    'endToEnd.postToSuppressedP50Ms': endToEnd.calm.p50,
    'endToEnd.postToSuppressedP99Ms': endToEnd.calm.p99,
    'endToEnd.complaintInFloodP50Ms': endToEnd.flood.p50,
    'endToEnd.complaintInFloodP99Ms': endToEnd.flood.p99,
    'console.slowestPageMs': Math.max(...console.pages.map(({ medianMs }) => medianMs)),
  };
  return Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, Math.round(value * 1e4) / 1e4]));
}

/** What each number must not pass. */
export const TO_HOLD = {
  'receive.awsCallsPerRequest': 1,
  'process.writeUnitsPerEvent': 1.02,
  'process.awsCallsPer1000Events': 60,
  'process.cpuRatioToPutItem': 1 / 6,
  'process.cpuRatioToFloor': 2,
  'receive.cpuRatioToFloor': 1.2,
  'process.peakMB': 512,
  'receive.bundleKB': 340,
  'process.bundleKB': 450,
  'receive.loadMs': 45,
  'cost.onePerRequest': 2.75,
  'cost.hundredPerRequest': 0.85,
  'cost.provisioned': 0.4,
  'console.slowestPageMs': 300,
} as const satisfies Record<string, number>;
export type Held = keyof typeof TO_HOLD;
