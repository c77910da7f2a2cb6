import type { EventMembers, MappedMembers } from '../../contract/event/fields.ts';
import type { EpochMs } from '../../contract/units.ts';

export {
  BOUNCE_CAUSES,
  BOUNCE_CLASSES,
  type BounceCause,
  type BounceClass,
  DROP_REASONS,
  type DropReason,
  EVENT_TYPES,
  type EventType,
} from '../../contract/event/types.ts';

/** What a provider's `normalise` returns: the facts in our vocabulary, still without source, key and normal forms. */
export interface Draft extends Omit<MappedMembers, 'scope'> {
  /** As the ESP wrote it; display names allowed. Absent where the ESP does not name one person. */
  readonly recipient?: string;
  /** Epoch milliseconds. Absent where the ESP gives none: never "now". */
  readonly occurredAt?: EpochMs;
  /** On un/resubscribed: `all`, or `<kind>:<id>` (list, group, topic, stream). */
  readonly scope?: string;
  /**
   * What makes two deliveries the same event, in the ESP's own words: event name, raw recipient, raw time, message id and the
   * discriminators this provider needs. Never a mapped value, so that a mended mapping meets its old record.
   */
  readonly identity: readonly (string | number | boolean | null | undefined)[];
}

/**
 * The normalised event: what is stored, published and printed. Absent means absent: no empty strings, no guesses. Its members stand in
 * `lambda/contract/event/fields.ts`.
 */
export interface NormalisedEvent extends EventMembers {}
