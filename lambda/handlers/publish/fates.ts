import type { DynamoDBRecord } from 'aws-lambda';
import type { Sent } from '../../aws/eventbridge.ts';
import type { EpochMs } from '../../contract/units.ts';

/** A change that the bus refuses for so long goes to the queue: what comes after it must not wait for ever. In milliseconds. */
const PATIENCE = 3600_000;

/** What becomes of changes that were put on the bus in their order. */
interface Fates<C> {
  /** Those that the bus will never take, and those that it has refused for too long: buried. */
  readonly never: readonly C[];
  readonly late: readonly C[];
  /** The first that has to come again; those behind it come again with it, and none of them is buried. */
  readonly stop: C | undefined;
}

/** @param outcomes of the changes, in their order @param now epoch milliseconds */
export function fatesOf<C extends { readonly record: DynamoDBRecord }>(
  changes: readonly C[],
  outcomes: readonly Sent[],
  now: EpochMs,
): Fates<C> {
  const at = changes.findIndex(({ record }, index) => outcomes[index] === 'failed' && now - madeAt(record) < PATIENCE);
  const done = at === -1 ? changes : changes.slice(0, at);
  const of = (outcome: Sent) => done.filter((_change, index) => outcomes[index] === outcome);
  return { never: of('never'), late: of('failed'), stop: changes[at] };
}

const madeAt = ({ dynamodb }: DynamoDBRecord): EpochMs => Number(dynamodb?.ApproximateCreationDateTime ?? 0) * 1000;
