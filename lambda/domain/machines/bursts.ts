import type { EpochMs } from '../../contract/units.ts';
import type { NormalisedEvent } from '../event/event.ts';

/**
 * Two links of one mail in less than a second, or three in less than three: no hand is so quick. In milliseconds. Less, because an ESP that
 * tells whole seconds calls one second apart what may be almost two.
 */
export const BURST = { pair: 1000, several: 3000, links: 3 } as const;

interface Click {
  readonly at: EpochMs;
  readonly url: string;
}

/**
 * The same events in the same order; clicks that came in a burst are a machine's, unless the ESP says of them whether they are. A lone
 * click never is, nor several on one link. Of some events of a mail it marks only what it would mark of all: whoever sees more of them,
 * sees more bursts.
 */
export function withBursts<E extends NormalisedEvent>(events: readonly E[]): readonly E[] {
  const mails = new Map<string, (Click & { readonly event: E })[]>();
  for (const event of events) {
    const { type, recipient, messageId, url, occurredAt } = event;
    if (type !== 'clicked' || !recipient || !messageId || !url || !occurredAt) continue;
    const click = { at: Date.parse(occurredAt), url, event };
    const mail = `${recipient}\n${messageId}`;
    const known = mails.get(mail);
    if (known) known.push(click);
    else mails.set(mail, [click]);
  }
  const swept = new Set([...mails.values()].flatMap((clicks) => burstsIn(clicks).map(({ event }) => event)));
  if (swept.size === 0) return events;
  return events.map((event) =>
    swept.has(event) && event.machine === undefined ? { ...event, machine: true, machineWhy: 'burst' as const } : event,
  );
}

/** Those of one mail's clicks that came in a burst. */
function burstsIn<C extends Click>(clicks: readonly C[]): readonly C[] {
  if (clicks.length < 2) return [];
  const sorted = clicks.toSorted((a, b) => a.at - b.at);
  return [...new Set([...crowded(sorted, BURST.pair, 2), ...crowded(sorted, BURST.several, BURST.links)])];
}

/** Clicks, in order of time, of which so many distinct links lie within less than so many milliseconds. One pass, however many there are. */
function* crowded<C extends Click>(sorted: readonly C[], ms: number, links: number): Generator<C> {
  const inside = new Map<string, number>();
  let [first, told] = [0, 0];
  for (const [last, { at, url }] of sorted.entries()) {
    inside.set(url, (inside.get(url) ?? 0) + 1);
    for (let oldest = sorted[first]; oldest && at - oldest.at >= ms; oldest = sorted[++first]) {
      const left = (inside.get(oldest.url) ?? 0) - 1;
      if (left > 0) inside.set(oldest.url, left);
      else inside.delete(oldest.url);
    }
    if (inside.size < links) continue;
    yield* sorted.slice(Math.max(first, told), last + 1);
    told = last + 1;
  }
}
