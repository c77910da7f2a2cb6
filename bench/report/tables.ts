import { archives } from '../cost/shapes.ts';
import { type Held, keysOf, TO_HOLD } from '../keys.ts';
import type { Everything } from '../run/all.ts';
import type { Part } from '../start.ts';
import { figure, range } from './text.ts';

/** The results as rows, the heads of their columns first. */
type Table = readonly (readonly string[])[];

const NAMES: Readonly<Record<Held, string>> = {
  'receive.awsCallsPerRequest': 'AWS calls per request, receive',
  'process.writeUnitsPerEvent': 'Write units per event, suppression apart',
  'process.awsCallsPer1000Events': 'AWS calls per 1,000 events, process',
  'process.cpuRatioToPutItem': 'CPU per event, process, to one PutItem each',
  'process.cpuRatioToFloor': 'CPU per event, process, to its floor',
  'receive.cpuRatioToFloor': 'CPU per request, receive, to its floor',
  'process.peakMB': 'MB of process at most, with the largest batches',
  'receive.bundleKB': 'KB of receive, every provider in it',
  'process.bundleKB': 'KB of process, every provider in it',
  'receive.loadMs': 'ms to load receive, over an empty module',
  'cost.onePerRequest': '$ per million events, 1 per request',
  'cost.hundredPerRequest': '$ per million events, 100 per request',
  'cost.provisioned': '$ per million events, 100 per request, with a capacity',
  'console.slowestPageMs': "ms of the console's slowest page",
};

export function held(everything: Everything): Table {
  const keys = keysOf(everything);
  return [
    ['', 'measured', 'to hold', ''],
    ...Object.entries(NAMES).map(([key, name]) => {
      const [value = Number.NaN, limit] = [keys[key], TO_HOLD[key as Held]];
      return [name, figure(value), `<= ${figure(limit)}`, value <= limit ? 'held' : 'NOT HELD'];
    }),
  ];
}

export const receive = ({ receive: { rows } }: Everything): Table => [
  [
    'receive: events',
    'us',
    'floor us',
    'ratio',
    'by engine',
    'calls',
    'body bytes',
    'queue bytes',
    'messages',
    'chunks',
  ],
  ...rows.map((row) => [
    figure(row.events),
    figure(row.ours.median),
    figure(row.floor.median),
    range(row.ratio),
    range(row.ratioByEngine),
    figure(row.calls),
    figure(row.bodyBytes),
    figure(row.queueBytes),
    figure(row.messages),
    figure(row.chunks),
  ]),
];

const WAY = {
  ours: 'ours: 25 conditional inserts a call',
  putItem: 'one conditional PutItem per event',
  idempotency: 'idempotency library around one PutItem',
} as const;

export const process = ({ process: { cpu, ratio, floor, counted, emulated } }: Everything): Table => [
  ['process, 100 events a message', 'us per event', 'ours to it', 'calls per 1,000', 'write units', 'consumed'],
  ['floor: the same requests, built beforehand', range(floor.cpu, 0), range(floor.ratio, 2), '', '', ''],
  ...(['ours', 'putItem', 'idempotency'] as const).map((way) => {
    const sum = (of: 'units' | 'consumed', { tally, events }: typeof counted.ours) =>
      Object.values(tally.tables).reduce((total, table) => total + table[of], 0) / events;
    const calls = Object.values(counted[way].tally.calls).reduce((total, count) => total + count, 0);
    return [
      WAY[way],
      range(cpu[way], 0),
      way === 'ours' ? '' : range(ratio[way], 3),
      figure((calls / counted[way].events) * 1000),
      figure(sum('units', counted[way])),
      figure(sum('consumed', emulated[way])),
    ];
  }),
];

export const start = ({ start: loaded }: Everything): Table => [
  ['bundle', 'KB', 'load ms', 'CPU ms'],
  ...(
    [
      ['receive', 'receive, every provider'],
      ['receiveOne', 'receive, one provider'],
      ['process', 'process, every provider'],
      ['processOne', 'process, one provider'],
      ['floor', 'floor of receive'],
    ] as const
  ).map(([key, name]) => [
    name,
    figure(loaded[key].kilobytes),
    range(loaded[key].loadMs, 1),
    loaded[key].cpuMs.toFixed(1),
  ]),
];

const MOST = 12;

export function contents({ parts }: Everything): Table {
  const kb = (list: readonly Part[], name: string) => list.find((part) => part.name === name)?.kilobytes ?? 0;
  const names = [...new Set([...parts.process, ...parts.receive].map(({ name }) => name))];
  const most = names.map((name) => [name, kb(parts.receive, name), kb(parts.process, name)] as const);
  return [
    ['KB of what is in it', 'receive', 'process'],
    ...most
      .toSorted((a, b) => b[2] + b[1] - a[2] - a[1])
      .slice(0, MOST)
      .map(([name, inReceive, inProcess]) => [name, inReceive.toFixed(1), inProcess.toFixed(1)]),
  ];
}

export const endToEnd = ({ endToEnd: { eventsPerSecond, calm, flood } }: Everything): Table => [
  ['local stack', 'p50 ms', 'p99 ms', 'samples'],
  [`complaint to suppressed, at ${figure(eventsPerSecond / 10)} events/s`, ...latency(calm)],
  ['complaint to suppressed, amid 20,000 opens', ...latency(flood)],
];

const latency = ({ p50, p99, samples }: Everything['endToEnd']['calm']): string[] => [
  figure(p50),
  figure(p99),
  String(samples),
];

/** Sentences that go with the tables. */
export function notes(everything: Everything): string[] {
  const { largest } = everything.receive;
  const { wave } = everything;
  const { eventsPerSecond } = everything.endToEnd;
  return [
    `Sustained end to end: ${figure(eventsPerSecond)} events/s, from the first POST to the last event stored.`,
    `${figure(wave.bounces)} bounces at once: ${wave.indexed.median.toFixed(1)} s with the index by hour, ${wave.plain.median.toFixed(1)} s without; ratio ${range(wave.ratio)}. The fullest of its 16 partitions held ${(100 * wave.fullest).toFixed(1)} % of them.`,
    `Largest body, ${figure(largest.bytes)} bytes with ${figure(largest.events)} events: ${largest.calls} calls, peak memory ${figure(largest.peakMB)} MB (${figure(largest.loadedMB)} MB once loaded).`,
    ...(archives(everything.process.archived.hundred)
      ? []
      : ['The archive is not built yet: its cost is worked out, not counted.']),
  ];
}

export const console = ({ console: { pages } }: Everything): Table => [
  ['console', 'ms', 'worst ms', 'first ms'],
  ...pages.map(({ path, medianMs, worstMs, firstMs }) => [
    path,
    ...[medianMs, worstMs, firstMs].map((ms) => figure(Math.round(ms))),
  ]),
];
