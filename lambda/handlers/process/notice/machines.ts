import type { NormalisedEvent } from '../../../domain/event/event.ts';
import { withBursts } from '../../../domain/machines/bursts.ts';
import type { Opened } from '../opened.ts';

/**
 * Tells the clicks of machines from people's as far as this batch shows it: a scanner's sweep mostly comes in one. What only events of
 * several batches show is judged where they are read. Who listens to the bus hears what is known here.
 */
export function noticeMachines(messages: readonly Opened[]): readonly Opened[] {
  const events = messages.flatMap((opened) => opened.events.map(({ event }) => event));
  const marked = withBursts(events);
  if (marked === events) return messages;
  let at = 0;
  return messages.map((opened) => ({
    ...opened,
    events: opened.events.map(({ raw }) => ({ raw, event: marked[at++] as NormalisedEvent })),
  }));
}
