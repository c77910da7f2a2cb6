import { setTimeout as pause } from 'node:timers/promises';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { CannotKnow } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';

/** What brings deliveries to `process`, and whether it does. */
export interface Mapping {
  readonly uuid: string;
  /** `Enabled`, `Disabled`, or on its way (`Enabling`, `Disabling`, `Updating`). */
  readonly state: string;
}

const PATIENCE_MS = 120_000;
const INTERVAL_MS = 1_000;

export async function readMapping(target: Target): Promise<Mapping> {
  const { GetEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
  const uuid = target.names.output('DeliveriesMappingId');
  const client = await target.clients.lambda();
  const { State = 'Unknown' } = await client.send(new GetEventSourceMappingCommand({ UUID: uuid }));
  return { uuid, state: State };
}

/** Switches processing on or off, and waits until it is; false where it was so already. */
export async function switchProcessing(target: Target, on: boolean): Promise<boolean> {
  const wanted = on ? 'Enabled' : 'Disabled';
  const { uuid, state } = await readMapping(target);
  if (state === wanted) return false;
  const { UpdateEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
  const client = await target.clients.lambda();
  await client.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: on }));
  await reached(client, uuid, wanted);
  return true;
}

async function reached(client: LambdaClient, UUID: string, wanted: string): Promise<void> {
  const { GetEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(INTERVAL_MS)) {
    const { State } = await client.send(new GetEventSourceMappingCommand({ UUID }));
    if (State === wanted) return;
  }
  throw new CannotKnow(
    `Lambda has taken the order, but is not ${wanted.toLowerCase()} after two minutes: "ops doctor" tells.`,
  );
}
