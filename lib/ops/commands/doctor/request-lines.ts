import { BATCH_FACTS, FACTS, readRequestsFact } from '../../../../lambda/contract/logs.ts';
import type { RequestLine } from './watch.ts';

/** What a line of `receive` or `process` says of a request; undefined where it says nothing of it. */
export function requestLine(id: string, at: number, line: Readonly<Record<string, unknown>>): RequestLine | undefined {
  const reason = line[FACTS.reason];
  if (line[FACTS.requestId] === id && typeof reason === 'string') {
    const source = line[FACTS.source] ?? line[FACTS.from];
    return { at, refused: reason, ...(typeof source === 'string' && { source }) };
  }
  const fact = line[BATCH_FACTS.requests];
  const processed = typeof fact === 'string' ? readRequestsFact(fact, id) : undefined;
  return processed && { at, processed };
}
