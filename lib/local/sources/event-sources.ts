import { json } from 'node:stream/consumers';
import type { StandIn } from '../emulators/loopback.ts';
import type { Poller } from './poller.ts';

const PATH = /^\/2015-03-31\/event-source-mappings\/([^/?]+)$/;

interface EventSource {
  state: 'Enabled' | 'Disabling' | 'Disabled';
  poller: Poller;
  readonly start: () => Poller;
}

export interface EventSources {
  readonly listener: StandIn;
  /** Starts one. Its UUID here is the logical id of the queue it empties. */
  add(uuid: string, start: () => Poller): void;
  /** Sends away whoever waits at the queues, so that a poller that is to finish does not wait for a message. */
  wake: () => void;
  stop(): Promise<void>;
}

/** Lambda, as much of it as Quell calls: the event source of a function is looked at, switched off and on. */
export function eventSources(): EventSources {
  const sources = new Map<string, EventSource>();

  function turn(source: EventSource, on: boolean): void {
    if (on === (source.state === 'Enabled')) return;
    if (on) {
      source.poller = source.start();
      source.state = 'Enabled';
    } else {
      source.state = 'Disabling';
      void source.poller.finish().then(() => {
        source.state = 'Disabled';
      });
      all.wake();
    }
  }

  const listener: StandIn = async (request, response) => {
    const answer = (status: number, body: object, error?: string) =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...(error && { 'x-amzn-errortype': error }) })
        .end(JSON.stringify(body));
    const UUID = PATH.exec(request.url ?? '')?.[1] ?? '';
    const source = sources.get(UUID);
    if (!source) return answer(404, { Message: 'There is no such event source.' }, 'ResourceNotFoundException');
    if (request.method === 'PUT') {
      if (source.state === 'Disabling') return answer(400, { Message: 'It is changing.' }, 'ResourceInUseException');
      const { Enabled } = (await json(request)) as { Enabled?: boolean };
      if (Enabled !== undefined) turn(source, Enabled);
    }
    answer(request.method === 'PUT' ? 202 : 200, { UUID, State: source.state });
  };

  const all: EventSources = {
    listener,
    add: (uuid, start) => void sources.set(uuid, { state: 'Enabled', poller: start(), start }),
    wake: () => {},
    async stop() {
      await Promise.all([...sources.values()].map(({ poller }) => poller.stop()));
    },
  };
  return all;
}
