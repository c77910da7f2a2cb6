import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import { explain } from '../../cli/errors.ts';
import type { Finding } from '../../commands/doctor/finding.ts';
import { depthOf } from '../../commands/doctor/plumbing.ts';
import { examineSource } from '../../commands/doctor/source.ts';
import type { Traffic } from '../../commands/doctor/watch.ts';
import { readMapping } from '../../stack/mapping.ts';
import type { Context, SeenRequest } from '../context.ts';

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
}

const REQUESTS = 20;

export async function overviewModel(context: Context): Promise<OverviewModel> {
  const { target, requests } = context;
  const [sources, queue, letters, processing] = await Promise.all([
    sourceRows(context),
    seen(async () => {
      const [depth, oldest] = await Promise.all([depthOf(target, 'delivery'), context.watch.queueAge()]);
      return { ...depth, ...(oldest !== undefined && { oldestSeconds: oldest }) };
    }),
    seen(async () => {
      const { waiting, inFlight } = await depthOf(target, 'deadLetter');
      return { waiting: waiting + inFlight };
    }),
    seen(() => readMapping(target)),
  ]);
  return {
    at: new Date(context.now()).toISOString(),
    stack: target.label,
    readOnly: context.readOnly,
    sources,
    queue,
    letters,
    processing,
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
  const traffic = await watch.traffic(names).catch((): ReadonlyMap<string, Traffic> => new Map());
  return [...target.names.sources].map(([name, source]) => {
    const heard = traffic.get(name) ?? {};
    const local = target.kind === 'local';
    const findings = examineSource({ name, source, secrets: undefined, traffic: heard, now: now(), local });
    return {
      name,
      provider: source.provider,
      title: PROVIDERS.get(source.provider)?.title ?? source.provider,
      url: source.url,
      ...(heard.acceptedAt !== undefined && { lastEvent: new Date(heard.acceptedAt).toISOString() }),
      ...(source.expectEvery !== undefined && { expectEvery: source.expectEvery }),
      ...(heard.refused && { refused: { ...heard.refused, at: new Date(heard.refused.at).toISOString() } }),
      findings: findings.filter(({ code }) => code !== 'secret'),
    };
  });
}
