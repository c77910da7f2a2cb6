import { BATCH_FACTS, FACTS, readRequestsFact } from '../../../../lambda/contract/logs.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import type { Refusals, RequestLine } from './watch.ts';

/** What a line of `receive` or `process` says of a request; undefined where it says nothing of it. */
export function requestLine(id: string, at: EpochMs, line: Readonly<Record<string, unknown>>): RequestLine | undefined {
  const reason = line[FACTS.reason];
  if (line[FACTS.requestId] === id && typeof reason === 'string') {
    const source = line[FACTS.source] ?? line[FACTS.from];
    return { at, refused: reason, ...(typeof source === 'string' && { source }) };
  }
  const fact = line[BATCH_FACTS.requests];
  const processed = typeof fact === 'string' ? readRequestsFact(fact, id) : undefined;
  return processed && { at, processed };
}

/** Without another one for so long, and with events stored meanwhile, refusals are over: as the runbook has it. Milliseconds. */
const OVER_AFTER = 15 * 60_000;

/**
 * What a source's requests are refused for: all since its last stored event; where others are stored in between, those of the last
 * quarter of an hour too, because one webhook of two may have the wrong key. Of several reasons the one with most requests: a stray one
 * must not hide it.
 * @param refused requests, one by one or counted by reason and a few minutes; times are epoch milliseconds, that of the last of them
 */
export function refusalsOf(
  refused: Iterable<Refusals>,
  storedAt: EpochMs | undefined,
  now: EpochMs,
): Refusals | undefined {
  const since = Math.min(storedAt ?? 0, now - OVER_AFTER);
  const byReason = new Map<string, Refusals>();
  for (const { reason, at, count } of refused) {
    if (at <= since) continue;
    const before = byReason.get(reason);
    byReason.set(reason, { reason, at: Math.max(at, before?.at ?? 0), count: count + (before?.count ?? 0) });
  }
  return [...byReason.values()].sort((a, b) => b.count - a.count || b.at - a.at)[0];
}
