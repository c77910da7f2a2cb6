import { LogWatch } from '../ops/commands/doctor/watch-logs.ts';
import type { RequestLog } from '../ops/console/context.ts';
import { type Console, changesInFolder, serveConsole } from '../ops/console/server.ts';
import { productVersion } from '../ops/console/version.ts';
import { localTargetOf } from '../ops/target/local.ts';
import type { StackFile } from './home.ts';

/** The console of the stack that runs in this process: it sees its requests, too. */
export const serveLocalConsole = (stack: StackFile, requests: RequestLog, port = 0): Promise<Console> =>
  serveConsole(
    {
      context: {
        target: localTargetOf(stack, process.cwd()),
        watch: new LogWatch(stack.logsDir),
        readOnly: false,
        requests,
        now: Date.now,
      },
      version: productVersion(),
      watchChanges: changesInFolder(stack.logsDir),
    },
    port,
  );
