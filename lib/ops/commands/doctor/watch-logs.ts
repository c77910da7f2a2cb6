import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FACTS, LOG } from '../../../../lambda/contract/logs.ts';
import { METRICS } from '../../../../lambda/contract/metrics.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { CannotKnow } from '../../cli/errors.ts';
import { hourLine, rateLines } from './rate-lines.ts';
import { refusalsOf, requestLine } from './request-lines.ts';
import type { HourLine, RateLine, Refusals, RequestLine, Runs, Traffic, Watch, WatchedFunction } from './watch.ts';

type Line = Readonly<Record<string, unknown>>;

const REFUSALS_BACK = 24 * 3_600_000;

/** The local stack's functions, read from their log files. */
export class LogWatch implements Watch {
  readonly #dir: string | undefined;

  constructor(dir: string | undefined) {
    this.#dir = dir;
  }

  async traffic(): Promise<ReadonlyMap<string, Traffic>> {
    const stored = new Map<string, EpochMs>();
    for await (const line of this.#lines('process')) {
      if (Number(line[METRICS.stored]) > 0 && typeof line.source === 'string') stored.set(line.source, timeOf(line));
    }
    const now = Date.now();
    const refusals = new Map<string, Refusals[]>();
    for await (const line of this.#lines('receive')) {
      const source = line[FACTS.source] ?? line[FACTS.from];
      const reason = line[FACTS.reason];
      const at = timeOf(line);
      if (typeof reason !== 'string' || typeof source !== 'string' || at < now - REFUSALS_BACK) continue;
      const own = refusals.get(source) ?? [];
      own.push({ at, reason, count: 1 });
      refusals.set(source, own);
    }
    return new Map(
      [...new Set([...stored.keys(), ...refusals.keys()])].map((source): [string, Traffic] => {
        const storedAt = stored.get(source);
        const refused = refusalsOf(refusals.get(source) ?? [], storedAt, now);
        return [source, { ...(storedAt !== undefined && { storedAt }), ...(refused && { refused }) }];
      }),
    );
  }

  async runs(name: WatchedFunction): Promise<Runs> {
    let runs: Runs = {};
    for await (const line of this.#lines(name)) {
      const failed = Number(line[METRICS.failedMessages]) > 0;
      if (line.type !== 'platform.report' && !failed) continue;
      const ended = failed || (line.record as Line | undefined)?.status !== 'success' ? 'failedAt' : 'succeededAt';
      runs = { ...runs, [ended]: timeOf(line) };
    }
    return runs;
  }

  async heartbeat(): Promise<EpochMs | undefined> {
    let last: EpochMs | undefined;
    for await (const line of this.#lines('pulse')) {
      if (line[METRICS.heartbeat] !== undefined || Number(line[METRICS.pulse]) > 0) last = timeOf(line);
    }
    return last;
  }

  async rates(since: EpochMs): Promise<readonly RateLine[]> {
    const lines: RateLine[] = [];
    for await (const line of this.#lines('process')) {
      if (timeOf(line) < since || typeof line.source !== 'string') continue;
      lines.push(...rateLines(new Date(timeOf(line)).toISOString().slice(0, 10), line.source, line));
    }
    return lines;
  }

  async request(id: string, since: EpochMs): Promise<readonly RequestLine[]> {
    const lines: RequestLine[] = [];
    for (const name of ['receive', 'process'] as const)
      for await (const line of this.#lines(name)) {
        const found = timeOf(line) < since ? undefined : requestLine(id, timeOf(line), line);
        if (found) lines.push(found);
      }
    return lines.sort((a, b) => a.at - b.at);
  }

  async hours(since: EpochMs): Promise<readonly HourLine[]> {
    const lines: HourLine[] = [];
    for await (const line of this.#lines('process'))
      if (typeof line.source === 'string' && timeOf(line) >= since)
        lines.push(hourLine(timeOf(line), line.source, line));
    return lines;
  }

  async queueAge(): Promise<undefined> {
    return undefined;
  }

  async lastProof(source: string): Promise<{ position: number; at: EpochMs } | undefined> {
    let last: { position: number; at: EpochMs } | undefined;
    for await (const line of this.#lines('receive')) {
      if (line.message === LOG.proven && line[FACTS.source] === source)
        last = { position: Number(line[FACTS.position]), at: timeOf(line) };
    }
    return last;
  }

  async *#lines(name: WatchedFunction): AsyncGenerator<Line> {
    if (this.#dir === undefined) throw new CannotKnow('This local stack keeps no logs: start it again.');
    const path = join(this.#dir, `${name}.log`);
    try {
      await access(path);
    } catch {
      // It has not run yet.
      return;
    }
    for await (const text of createInterface({ input: createReadStream(path) })) {
      try {
        yield JSON.parse(text) as Line;
      } catch {
        // A last line that is being written.
      }
    }
  }
}

function timeOf(line: Line): EpochMs {
  const metrics = line._aws as { Timestamp?: number } | undefined;
  return metrics?.Timestamp ?? Date.parse(String(line.time ?? line.timestamp));
}
