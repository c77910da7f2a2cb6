import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { EpochMs } from '../../../../../lambda/contract/units.ts';
import type { Target } from '../../../target/target.ts';
import { ago, type Finding, fault, note, ok } from '../finding.ts';
import type { Runs, Watch, WatchedFunction } from '../watch.ts';

/** The age at which the queue's alarm rings. */
const LATE_SECONDS = 15 * 60;
const RECENT_MS = 30 * 60_000;
const HEARTBEAT_MS = 15 * 60_000;

interface Depth {
  readonly waiting: number;
  readonly inFlight: number;
}

export async function depthOf(target: Target, queue: 'delivery' | 'deadLetter'): Promise<Depth> {
  const client = await target.clients.sqs();
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: target.names.queues[queue],
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}

/**
 * Does the delivery queue move?
 * @param age seconds that the oldest message has waited, where that is measured
 * @param moved messages have gone between two looks; undefined where the age says it
 */
export function examineQueue({ waiting, inFlight }: Depth, age: number | undefined, moved: boolean): Finding {
  const messages = `${waiting} waiting, ${inFlight} in work`;
  const fix = 'is processing paused (ops resume), or does the process function fail? Its log says why';
  if (waiting + inFlight > 0 && age !== undefined && age > LATE_SECONDS) {
    return fault('queue-stuck', 'delivery queue', `${messages}; the oldest for ${Math.round(age / 60)} min.`, fix);
  }
  if (waiting + inFlight > 0 && !moved) {
    return fault('queue-stuck', 'delivery queue', `${messages}; nothing moves.`, fix);
  }
  return ok('queue', 'delivery queue', messages);
}

export function examineDeadLetters({ waiting, inFlight }: Depth): Finding {
  const letters = waiting + inFlight;
  if (letters === 0) return ok('dead-letters', 'dead-letter queue', 'empty');
  return fault(
    'dead-letters',
    'dead-letter queue',
    `${letters} dead letters; they are kept for 14 days.`,
    'ops dlq list',
  );
}

/** Does a function fail? What failed and has succeeded since was a hiccup, unless it is `process`, which retries the same messages. */
export function examineRuns(name: WatchedFunction, { failedAt, succeededAt }: Runs, now: EpochMs): Finding {
  const about = `${name} function`;
  if (failedAt !== undefined && now - failedAt < RECENT_MS && failedAt >= (succeededAt ?? 0)) {
    return fault(
      'function-failing',
      about,
      `it failed ${ago(failedAt, now)}.`,
      `its log says why; ops dlq list, and docs/runbook.md#function-errors`,
    );
  }
  if (succeededAt === undefined) return note('function-idle', about, 'has not run lately');
  return ok('function', about, `last run ${ago(succeededAt, now)}`);
}

export async function examineHeartbeat(watch: Watch, local: boolean, now: EpochMs): Promise<Finding> {
  const at = await watch.heartbeat();
  if (at !== undefined && now - at < HEARTBEAT_MS) return ok('heartbeat', 'heartbeat', `last seen ${ago(at, now)}`);
  if (local) return note('heartbeat', 'heartbeat', 'none seen yet; one goes round every five minutes');
  return fault(
    'heartbeat',
    'heartbeat',
    'no test event has gone through the public URL into the table for 15 minutes.',
    'is the public URL reachable (DNS, certificate), does pulse run? docs/runbook.md#heartbeat',
  );
}
