import { Logger } from '@aws-lambda-powertools/logger';
import { METRICS, type MetricName, SOURCE_DIMENSION } from '../contract/metrics.ts';

/**
 * Logs and metrics. What may be logged is decided by the types here: words of ours, source names, counts and request ids, never an
 * address, a body, a path, a query, a secret, or the message of an error that is not ours (parsers and SDKs quote their input).
 */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

const logger = new Logger({ serviceName: 'quell' });

export const logInfo = (message: string, facts: LogFields): void => logger.info(message, facts);

export const logWarning = (message: string, facts: LogFields): void => logger.warn(message, facts);

/** An unexpected error: its name and where it was thrown, without its message and without its cause. */
export function logError(message: string, error: unknown, facts: LogFields = {}): void {
  logger.error(message, { ...facts, ...describe(error) });
}

function describe(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { errorName: error.name, stack: frames.slice(0, 8).join('\n') };
}

export type Counts = Readonly<Partial<Record<MetricName, number>>>;

/**
 * One line in CloudWatch's embedded metric format. With a source its name is the only dimension; `facts` are searchable in the
 * logs and no metric. Nothing is written where there is nothing to count.
 */
export function countMetrics(counts: Counts, source?: string, facts: LogFields = {}): void {
  write(embedded(counts, source), facts);
}

/** What is counted of one source: metrics, and facts that are searchable and no metric. */
export interface SourceTally {
  readonly counts: Counts;
  readonly facts: LogFields;
}

/** What is counted of one batch. */
export interface Tally {
  readonly bySource: ReadonlyMap<string, SourceTally>;
  readonly overall: Counts;
  /** Searchable in the logs and no metric. */
  readonly facts: LogFields;
}

/** One line per source, the counts without a source and the facts in the first of them. */
export function emit({ bySource, overall, facts }: Tally): void {
  const [first, ...others] = [...bySource].map(([source, { counts, facts: own }]) => ({
    line: embedded(counts, source),
    own,
  }));
  write(join(first?.line, embedded(overall)), { ...facts, ...first?.own });
  for (const { line, own } of others) write(line, own);
}

interface Embedded {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: 'Count' | 'Milliseconds' }[];
    }[];
  };
}

function embedded(counts: Counts, source?: string): Embedded | undefined {
  const names = Object.keys(counts);
  if (names.length === 0) return undefined;
  const Metrics = names.map((Name) => ({ Name, Unit: Name === METRICS.heartbeat ? 'Milliseconds' : 'Count' }) as const);
  const Namespace = process.env.METRICS_NAMESPACE ?? '';
  // "No dimension" is one empty set in this format; an empty list of sets is not taken.
  const Dimensions = [source === undefined ? [] : [SOURCE_DIMENSION]];
  return {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace, Dimensions, Metrics }] },
    ...(source !== undefined && { [SOURCE_DIMENSION]: source }),
    ...counts,
  };
}

/** Two sets of metrics with different dimensions, in one line. */
function join(a: Embedded | undefined, b: Embedded | undefined): Embedded | undefined {
  if (!a || !b) return a ?? b;
  return {
    ...a,
    ...b,
    _aws: { ...a._aws, CloudWatchMetrics: [...a._aws.CloudWatchMetrics, ...b._aws.CloudWatchMetrics] },
  };
}

function write(line: Embedded | undefined, facts: LogFields = {}): void {
  if (line) process.stdout.write(`${JSON.stringify({ ...line, ...facts })}\n`);
}
