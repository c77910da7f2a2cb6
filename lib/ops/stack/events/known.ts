import { recordedIn } from '../../../../lambda/aws/dynamodb/known.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import type { Target } from '../../target/target.ts';

/** Which of these events are recorded at this very moment, as positions: a read unit each. */
export const recordedOf = async (
  { clients, names }: Target,
  events: readonly NormalisedEvent[],
): Promise<ReadonlySet<number>> =>
  recordedIn({ client: await clients.dynamodb(), table: names.tables.events, consistent: true }, events);
