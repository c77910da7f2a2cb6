import { isInternal } from '../../../../lambda/contract/tables.ts';
import type { EpochSeconds } from '../../../../lambda/contract/units.ts';
import { UsageError } from '../../cli/errors.ts';
import type { RequestLine } from '../../commands/doctor/watch.ts';
import { isRequestId, requestEvents } from '../../commands/request/request.ts';
import type { StoredEvent } from '../../stack/events/stored.ts';
import { type Entry, readEntries } from '../../stack/suppression.ts';
import { parseDays } from '../../words/time.ts';
import type { Context } from '../context.ts';
import { type Seen, seen } from './overview.ts';

/** What came in with one request, and what became of it. */
export interface RequestModel {
  readonly requestId: string;
  /** How far back logs were read: 1h, 7d. */
  readonly since: string;
  /** What the functions logged of it, in order of time. */
  readonly logged: Seen<{ readonly lines: readonly RequestLine[] }>;
  readonly events: readonly RequestedEvent[];
  /** Whether these are all that are stored, or only those that went wrong. */
  readonly complete: boolean;
  /** Too much went wrong around that time to look at all of it: more may be of this request. */
  readonly cut?: true;
}

/** Mail that a person does not get. */
export type Stopped = 'all mail' | 'marketing' | 'nothing';

/** An event, and what its person gets now. */
export interface RequestedEvent {
  readonly event: StoredEvent;
  /** Absent where it names nobody. */
  readonly stopped?: Stopped;
  /** It is evidence that counts now. */
  readonly counts: boolean;
}

/** @throws UsageError where that is no id of a request */
export async function requestModel({ target, watch, now }: Context, id: string, since: string): Promise<RequestModel> {
  if (!isRequestId(id)) throw new UsageError('That is not the id of a request, as the answer to it holds it.');
  const from = now() - parseDays('since', since);
  const logged = await seen(async () => ({ lines: await watch.request(id, from) }));
  const { events, complete, cut } = await requestEvents(target, id, logged.seen ? logged.lines : [], now());
  const people = new Set(events.flatMap(({ recipient }) => (recipient && !isInternal(recipient) ? recipient : [])));
  const entries = await readEntries(target, [...people]);
  const seconds = now() / 1000;
  return {
    requestId: id,
    since,
    logged,
    complete,
    ...(cut && { cut }),
    events: events.map((event) => {
      const { recipient = '' } = event;
      const entry = entries.get(recipient);
      return {
        event,
        ...(people.has(recipient) && { stopped: stoppedBy(entry, seconds) }),
        counts: marksOf(entry).some(({ fingerprint, until }) => fingerprint === event.fingerprint && until > seconds),
      };
    }),
  };
}

function stoppedBy(entry: Entry | undefined, now: EpochSeconds): Stopped {
  if (entry && entry.transactionalUntil > now) return 'all mail';
  return entry && entry.suppressedUntil > now ? 'marketing' : 'nothing';
}

const marksOf = (entry: Entry | undefined) => Object.values(entry?.reasons ?? {}).flat();
