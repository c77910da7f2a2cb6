import type { Recorded } from '../../aws/dynamodb/events.ts';
import { takeFailures } from '../../aws/dynamodb/statements.ts';
import { countBatch } from '../../aws/telemetry.ts';
import { HEARTBEAT_SOURCE, type RuntimeConfig } from '../../contract/config.ts';
import { METRICS, type MetricName } from '../../contract/metrics.ts';
import type { NormalisedEvent } from '../../domain/event.ts';
import { mailboxOperator } from '../../domain/mailbox-operators.ts';
import type { Opened } from './opened.ts';

/**
 * Counts of one batch. Live events only: a replay must not look like traffic, nor an operator's act, nor our own heartbeat. One metrics
 * line per batch and source, none per event. Each metric has its price, so what no alarm needs is a plain fact of the first line:
 * events by type, blocks by operator, the slowest event.
 */
export class Tally {
  readonly #countEngagement: boolean;
  readonly #accepted = new Map<string, number>();
  readonly #counts = new Map<MetricName, number>();
  readonly #facts = new Map<string, number>();
  readonly #people = new Set<string>();

  constructor({ countEngagement }: Pick<RuntimeConfig, 'countEngagement'> = {}) {
    this.#countEngagement = countEngagement === true;
  }

  add({ message }: Opened, event: NormalisedEvent, outcome: Recorded): void {
    if (message?.origin !== 'live' || message.source === HEARTBEAT_SOURCE) return;
    if (outcome === 'failed' || outcome === 'poison') return;
    this.#accepted.set(message.source, (this.#accepted.get(message.source) ?? 0) + 1);
    if (event.recipient !== undefined) this.#people.add(event.recipient);
    if (outcome === 'seen') this.#count(METRICS.duplicates, 1);
    else this.#describe(event);
  }

  /** @param suppressed recipients who could be mailed before this batch */
  newlySuppressed(suppressed: ReadonlySet<string>): void {
    this.#count(METRICS.newSuppressions, suppressed.intersection(this.#people).size);
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
    const { throttled, other } = takeFailures();
    this.#count(METRICS.tableFailures, throttled + other);
    if (throttled > 0) this.#facts.set('throttled', throttled);
    const bySource = new Map(
      [...this.#accepted].map(([source, accepted]) => [source, { [METRICS.accepted]: accepted }]),
    );
    countBatch(bySource, Object.fromEntries(this.#counts), Object.fromEntries(this.#facts));
  }

  /** What is counted of an event the first time it arrives. */
  #describe(event: NormalisedEvent): void {
    const { type, bounceClass, recipient = '' } = event;
    this.#note(type, 1);
    if (type === 'unknown') this.#count(METRICS.unknownEvents, 1);
    if (type === 'delivered') this.#count(METRICS.delivered, 1);
    if (type === 'complained') this.#count(METRICS.complaints, 1);
    if (type === 'bounced' && bounceClass === 'hard') this.#count(METRICS.hardBounces, 1);
    if (type === 'bounced' && bounceClass === 'block') this.#blocked(mailboxOperator(recipient));
    if (this.#countEngagement && event.machine !== true) {
      if (type === 'opened') this.#count(METRICS.opens, 1);
      if (type === 'clicked') this.#count(METRICS.clicks, 1);
    }
    const received = Date.parse(event.receivedAt);
    this.#slowest('slowestStoredMs', Date.now() - received);
    if (event.occurredAt !== undefined) this.#slowest('slowestEspMs', received - Date.parse(event.occurredAt));
  }

  #blocked(operator: string | undefined): void {
    if (operator === undefined) return;
    this.#count(METRICS.mailboxBlocks, 1);
    this.#note(`blocked_${operator}`, 1);
  }

  #count(name: MetricName, by: number): void {
    if (by > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  #note(fact: string, by: number): void {
    this.#facts.set(fact, (this.#facts.get(fact) ?? 0) + by);
  }

  #slowest(fact: string, ms: number): void {
    this.#facts.set(fact, Math.max(this.#facts.get(fact) ?? 0, ms));
  }
}
