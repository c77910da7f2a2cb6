import { setTimeout as pause } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { CannotKnow } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';

/** What brings a queue's messages to `process`, and whether it does. */
interface Mapping {
  readonly uuid: string;
  /** `Enabled`, `Disabled`, or on its way (`Enabling`, `Disabling`, `Updating`). */
  readonly state: string;
}

const PATIENCE_MS = 120_000;
/** Between two looks: soon at first, a second at most. */
const FIRST_MS = 50;
const MOST_MS = 1_000;

/** Outputs with the ids of what brings something to `process`. What only waits for the archive goes on. */
const MAPPINGS = ['DeliveriesMappingId', 'ActsMappingId', 'FeedsMappingId'] as const;

/** All of them; `none` stands for a queue that this stack does not have. */
async function readMappings(target: Target): Promise<Mapping[]> {
  const { GetEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
  const client = await target.clients.lambda();
  const uuids = MAPPINGS.map((key) => target.names.output(key)).filter((uuid) => uuid !== 'none');
  return Promise.all(
    uuids.map(async (uuid) => {
      const { State = 'Unknown' } = await client.send(new GetEventSourceMappingCommand({ UUID: uuid }));
      return { uuid, state: State };
    }),
  );
}

/** Whether processing is on: the one that stands for all, which is any that is not enabled. */
export async function readMapping(target: Target): Promise<Mapping> {
  const all = await readMappings(target);
  return all.find(({ state }) => state !== 'Enabled') ?? all[0] ?? { uuid: '', state: 'Unknown' };
}

/** Whether all of it is on, or all of it off. */
export const isSwitched = async (target: Target, on: boolean): Promise<boolean> =>
  (await readMappings(target)).every(({ state }) => state === (on ? 'Enabled' : 'Disabled'));

/** Switches processing on or off, whatever queue it comes from, and waits until it is; false where it was so already. */
export async function switchProcessing(target: Target, on: boolean): Promise<boolean> {
  const wanted = on ? 'Enabled' : 'Disabled';
  const others = (await readMappings(target)).filter(({ state }) => state !== wanted);
  if (others.length === 0) return false;
  const { UpdateEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
  const client = await target.clients.lambda();
  const switched = await Promise.allSettled(
    others.map(async ({ uuid }) => {
      await client.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: on }));
      await reached(client, uuid, wanted);
    }),
  );
  // Whoever hears of a failure may act on it: nothing of this is under way any more by then.
  const failure = switched.find((one) => one.status === 'rejected');
  if (failure) throw failure.reason;
  return true;
}

async function reached(client: LambdaClient, UUID: string, wanted: string): Promise<void> {
  const { GetEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
  const end = Date.now() + PATIENCE_MS;
  for (let wait = FIRST_MS; Date.now() < end; wait = Math.min(2 * wait, MOST_MS)) {
    const { State } = await client.send(new GetEventSourceMappingCommand({ UUID }));
    if (State === wanted) return;
    await pause(wait);
  }
  throw new CannotKnow(
    `Lambda accepted the change, but the queue is not ${wanted.toLowerCase()} after two minutes. "ops doctor" shows when it is.`,
  );
}
