import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../aws/effort.ts';
import { HEARTBEAT_SOURCE, type SourceConfig } from '../../contract/config.ts';
import { webhookPath } from '../../contract/paths.ts';
import { type EventKey, eventKey } from '../../domain/event/record.ts';
import { interpreter } from '../../domain/interpret.ts';
import { generic } from '../../providers/generic/index.ts';
import type { Half } from '../../providers/provider.ts';
import { hexHmac } from '../../providers/shared/proof/hmac.ts';

/** What a heartbeat needs of the world. */
export interface Means {
  /** Base URL that ESPs are given. */
  readonly publicUrl: string;
  readonly source: SourceConfig;
  /** Live keys, newest first; `fresh` asks the store again. */
  readonly keys: (fresh: boolean, signal: AbortSignal) => Promise<readonly string[]>;
  /** Whether the event stands in the table. */
  readonly arrived: (key: EventKey, signal: AbortSignal) => Promise<boolean>;
}

/** How a heartbeat ended: found after `ms`, or `lost` and at what. */
export type Beat = { readonly ms: number } | { readonly lost: string };

const POST_TIMEOUT = 5000;
const BETWEEN_POSTS = 1000;
const BETWEEN_LOOKS = 150;

/**
 * One event, signed and posted as an ESP would, sent again like an ESP sends again, and looked for where it must end up.
 * The time counts from the first post, so a slow start of a function is in it.
 * @param giveUpAfter milliseconds; no call outlasts them
 */
export async function beat(means: Means, giveUpAfter: number): Promise<Beat> {
  const started = Date.now();
  const end = until(started + giveUpAfter);
  const body = JSON.stringify({ event_id: randomUUID(), event: 'heartbeat', timestamp: started });
  const refusal = await post(means, body, end);
  if (refusal !== undefined) return { lost: refusal };
  const key = keyOf(means, body);
  do {
    // A table that does not answer for a moment is asked again.
    if (await means.arrived(key, end).catch(() => false)) return { ms: Date.now() - started };
    await waiting(BETWEEN_LOOKS, end);
  } while (!end.aborted);
  return { lost: 'accepted, and not found in the events table' };
}

/** Waits, but not beyond the end: what is left then is for saying so. */
const waiting = (ms: number, end: AbortSignal): Promise<void> =>
  pause(ms, undefined, { signal: end }).catch(() => undefined);

/** Posts until it is accepted. Returns what the last answer was otherwise. */
async function post({ publicUrl, keys }: Means, body: string, end: AbortSignal): Promise<string | undefined> {
  const url = publicUrl + webhookPath(HEARTBEAT_SOURCE);
  let answer = 'not posted';
  for (let attempt = 0; ; attempt++) {
    if (attempt > 0) await waiting(BETWEEN_POSTS, end);
    // What the last answer was says more than that the time is over.
    if (end.aborted) break;
    try {
      // A refusal may mean a key that was rotated a moment ago, on either side: the live ones take turns.
      const live = await keys(attempt > 0, end);
      const signature = hexHmac(live[attempt % live.length] ?? '', body);
      const { status } = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-webhook-signature': signature },
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(POST_TIMEOUT), end]),
      });
      if (status === 200) return undefined;
      answer = `answered ${status}`;
    } catch (error) {
      answer = `not posted (${(error as Error).name})`;
    }
  }
  return answer;
}

/** Where `process` will store it: by the same code. */
function keyOf({ source }: Means, body: string): EventKey {
  const provider: Half<'pulse'> = generic;
  const read = interpreter(HEARTBEAT_SOURCE, { provider, options: source.options });
  const meaning = read(body, {}, { receivedAt: '' });
  const [event] = 'events' in meaning ? meaning.events : [];
  if (!event) throw new Error('a heartbeat is no event');
  return eventKey(event);
}
