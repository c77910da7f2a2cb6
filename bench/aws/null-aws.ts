import { fork } from 'node:child_process';
import { join } from 'node:path';
import { PUBLIC_KEY, SOURCE } from '../load/invocations.ts';
import { nextMessage } from '../run/message.ts';
import type { Tally } from './tally.ts';

export interface NullAws {
  readonly url: string;
  /** What was counted since the last look. */
  tally(): Promise<Tally>;
  stop(): void;
}

/** @param emulator address of a DynamoDB emulator that calls are passed on to. */
export async function startNullAws(emulator = ''): Promise<NullAws> {
  const server = fork(
    join(import.meta.dirname, 'null-server.ts'),
    [JSON.stringify({ [SOURCE]: PUBLIC_KEY }), emulator],
    { execArgv: [] },
  );
  const { port } = await nextMessage<{ port: number }>(server);
  return {
    url: `http://127.0.0.1:${port}`,
    async tally() {
      const answer = nextMessage<{ tally: Tally }>(server);
      server.send('tally');
      return (await answer).tally;
    },
    stop: () => server.disconnect(),
  };
}
