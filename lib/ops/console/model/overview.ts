import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import { explain } from '../../cli/errors.ts';
import { depthOf } from '../../commands/doctor/checks/plumbing.ts';
import { examineSource } from '../../commands/doctor/checks/source.ts';
import type { Finding } from '../../commands/doctor/finding.ts';
import type { HourLine, Traffic } from '../../commands/doctor/watch.ts';
import { readMapping } from '../../stack/mapping.ts';
import type { Context, SeenRequest } from '../context.ts';
import { type Lately, latelyModel } from './lately.ts';
import { type WeekModel, weekModel } from './rates.ts';

/** In one glance: is every source alive, is anything lost or late. */
export interface OverviewModel {
  /** ISO 8601. */
  readonly at: string;
  readonly stack: string;
  readonly readOnly: boolean;
  readonly sources: readonly SourceRow[];
  readonly queue: Seen<{ readonly waiting: number; readonly inFlight: number; readonly oldestSeconds?: number }>;
  readonly letters: Seen<{ readonly waiting: number }>;
  readonly processing: Seen<{ readonly state: string }>;
  readonly lately: Seen<Lately>;
  readonly week: Seen<WeekModel>;
  /** The newest requests at this machine's own gateway; local run only. */
  readonly requests?: readonly SeenRequest[];
}

/** Something that was read, or why it could not be. */
export type Seen<T> = ({ readonly seen: true } & T) | { readonly seen: false; readonly why: string };

export interface SourceRow {
  readonly name: string;
  readonly provider: string;
  readonly title: string;
  readonly url: string;
  /** ISO 8601. */
  readonly lastEvent?: string;
  /** Minutes of silence that are normal, where known; false = any silence is. */
  readonly expectEvery?: number | false;
  readonly refused?: { readonly count: number; readonly reason: string; readonly at: string };
  readonly findings: readonly Finding[];
  /** Why its traffic could not be seen. */
  readonly unseen?: string;
  /** The last 24 hours, the oldest first; absent where they could not be seen. */
  readonly hours?: readonly SourceHour[];
}

export type SourceHour = Omit<HourLine, 'source'>;

const REQUESTS = 20;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export async function overviewModel(context: Context): Promise<OverviewModel> {
  const { target, requests } = context;
  const [sources, queue, letters, processing, lately, week] = await Promise.all([
    sourceRows(context),
    seen(async () => {
      // The depth is worth telling also where nobody tells the age.
      const age = context.watch.queueAge().catch(() => undefined);
      const [depth, oldest] = await Promise.all([depthOf(target, 'delivery'), age]);
      return { ...depth, ...(oldest !== undefined && { oldestSeconds: oldest }) };
    }),
    seen(async () => {
      const { waiting, inFlight } = await depthOf(target, 'deadLetter');
      return { waiting: waiting + inFlight };
    }),
    seen(() => readMapping(target)),
    seen(() => latelyModel(target, context.now())),
    seen(() => weekModel(context)),
  ]);
  return {
    at: new Date(context.now()).toISOString(),
    stack: target.label,
    readOnly: context.readOnly,
    sources,
    queue,
    letters,
    processing,
    lately,
    week,
    ...(requests && { requests: requests.newest(REQUESTS) }),
  };
}

export async function seen<T extends object>(read: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { seen: true, ...(await read()) };
  } catch (error) {
    return { seen: false, why: explain(error).text };
  }
}

/** Every source with what the doctor says of its traffic; secrets are not looked at, so that the viewer's rights are enough. */
export async function sourceRows({ target, watch, now }: Context): Promise<SourceRow[]> {
  const names = [...target.names.sources.keys()];
  const [traffic, hours] = await Promise.all([
    watch.traffic(names).catch((error: unknown) => explain(error).text),
    watch.hours(now() - DAY).catch(() => undefined),
  ]);
  const days = hours && daysBySource(hours, now());
  return [...target.names.sources].map(([name, source]) => {
    const unseen = typeof traffic === 'string' ? traffic : undefined;
    const heard: Traffic = typeof traffic === 'string' ? {} : (traffic.get(name) ?? {});
    const local = target.kind === 'local';
    const findings = examineSource({ name, source, secrets: undefined, traffic: heard, now: now(), local });
    return {
      name,
      provider: source.provider,
      title: PROVIDERS.get(source.provider)?.title ?? source.provider,
      url: source.url,
      ...(heard.storedAt !== undefined && { lastEvent: new Date(heard.storedAt).toISOString() }),
      ...(source.expectEvery !== undefined && { expectEvery: source.expectEvery }),
      ...(heard.refused && { refused: { ...heard.refused, at: new Date(heard.refused.at).toISOString() } }),
      // Of traffic that could not be seen nothing is said.
      findings: unseen === undefined ? findings.filter(({ code }) => code !== 'secret') : [],
      ...(unseen !== undefined && { unseen }),
      ...(days && { hours: days(name) }),
    };
  });
}

/** What was counted, as 24 hours of each source; an hour of which nothing is known holds nothing. */
function daysBySource(lines: readonly HourLine[], now: EpochMs): (source: string) => SourceHour[] {
  const own = Map.groupBy(lines, ({ source }) => source);
  const last = Math.floor(now / HOUR) * HOUR;
  return (source) => {
    const byHour = Map.groupBy(own.get(source) ?? [], ({ at }) => at);
    return Array.from({ length: 24 }, (_, hour): SourceHour => {
      const at = last - (23 - hour) * HOUR;
      const found = byHour.get(at) ?? [];
      const sum = (key: 'stored' | 'delivered' | 'bounced' | 'complained'): number =>
        found.reduce((total, line) => total + line[key], 0);
      return {
        at,
        stored: sum('stored'),
        delivered: sum('delivered'),
        bounced: sum('bounced'),
        complained: sum('complained'),
      };
    });
  };
}
