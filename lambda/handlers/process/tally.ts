import type { Recorded } from '../../aws/event-store.ts';
import { countBatch } from '../../aws/telemetry.ts';
import { METRICS, type MetricName } from '../../contract/metrics.ts';
import type { NormalisedEvent } from '../../domain/event.ts';
import type { Opened } from './message.ts';

/**
 * Counts of one batch. Live events only: a replay must not look like traffic. One metrics line per batch and source, none per event.
 */
export class Tally {
  readonly #accepted = new Map<string, number>();
  readonly #counts = new Map<MetricName, number>();

  add({ message }: Opened, event: NormalisedEvent, outcome: Recorded): void {
    if (message?.origin !== 'live' || outcome === 'failed' || outcome === 'poison') return;
    this.#accepted.set(message.source, (this.#accepted.get(message.source) ?? 0) + 1);
    if (outcome === 'seen') this.#count(METRICS.duplicates, 1);
    if (event.type === 'unknown') this.#count(METRICS.unknownEvents, 1);
  }

  deadLettered(events: number): void {
    this.#count(METRICS.deadLettered, events);
  }

  set suppressionChanges(changes: number) {
    this.#count(METRICS.suppressionChanges, changes);
  }

  set failedMessages(messages: number) {
    this.#count(METRICS.failedMessages, messages);
  }

  publish(): void {
    const bySource = new Map(
      [...this.#accepted].map(([source, accepted]) => [source, { [METRICS.accepted]: accepted }]),
    );
    countBatch(bySource, Object.fromEntries(this.#counts));
  }

  #count(name: MetricName, by: number): void {
    if (by > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }
}
