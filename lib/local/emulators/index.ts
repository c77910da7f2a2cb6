import type { Closers } from '../closers.ts';
import { together } from '../closers.ts';
import type { StackFile } from '../home.ts';
import type { EventSources } from '../sources/event-sources.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import { eventBus } from './bus.ts';
import { type Emulator, startDynamo } from './dynoxide.ts';
import type { Firehose } from './firehose.ts';
import { guarded, listen, type StandIn } from './loopback.ts';
import { type QueueServer, startQueueServer } from './queue-server.ts';
import { type StoredSecret, secretStore } from './secret-store.ts';
import { subscriptionConfirmer } from './sns.ts';

type Endpoints = StackFile['endpoints'];

/** Every service that the functions call. The secrets' names and values follow, once the template and the keys are known. */
export async function startEmulators(
  closers: Closers,
  watchdog: Watchdog,
  secrets: readonly StoredSecret[],
  firehose: Firehose,
  eventSources: EventSources,
  dataDir: string | undefined,
): Promise<Endpoints> {
  const closing = async <T extends Emulator>(started: Promise<T>): Promise<T> => {
    const emulator = await started;
    closers.add(() => emulator.stop());
    return emulator;
  };
  const standIn = async (handler: StandIn): Promise<Emulator> => {
    const { url, close } = await listen(guarded(handler));
    return { url, stop: close };
  };
  const [dynamodb, sqs, secretsmanager, sns, lambda, eventbridge, archive] = await together<
    readonly [Emulator, QueueServer, Emulator, Emulator, Emulator, Emulator, Emulator]
  >(
    closing(startDynamo(watchdog, dataDir)),
    closing(startQueueServer(dataDir)),
    closing(standIn(secretStore(...secrets))),
    closing(standIn(subscriptionConfirmer())),
    closing(standIn(eventSources.listener)),
    closing(standIn(eventBus())),
    closing(standIn(firehose.listener)),
  );
  eventSources.wake = () => sqs.wake();
  return {
    dynamodb: dynamodb.url,
    sqs: sqs.url,
    secretsmanager: secretsmanager.url,
    sns: sns.url,
    lambda: lambda.url,
    eventbridge: eventbridge.url,
    firehose: archive.url,
    // One program emulates both.
    s3: sqs.url,
  };
}
