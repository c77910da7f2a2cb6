import type { Closers } from '../closers.ts';
import type { Watchdog } from '../watchdog/watchdog.ts';
import { type LocalFunction, startFunction } from './functions.ts';
import type { Lambda } from './lambdas.ts';
import { openLog } from './logs.ts';

interface RunningFunctions {
  pid(lambda: Lambda): number;
  invoke(functionArn: string, event: object): Promise<unknown>;
}

interface FunctionRun {
  readonly lambdas: readonly Lambda[];
  readonly closers: Closers;
  readonly watchdog: Watchdog;
  readonly logs: string;
  readonly show: (line: string) => void;
  readonly restarted: () => unknown;
}

/** Starts every function, each with its own log. */
export function runFunctions({ lambdas, closers, watchdog, logs, show, restarted }: FunctionRun): RunningFunctions {
  const running = new Map<string, LocalFunction>();
  const showNew = unlessRepeated(show);
  for (const lambda of lambdas) {
    const log = openLog(logs, lambda.name, showNew);
    closers.add(() => log.close());
    const started = startFunction(lambda, { log, watchdog, restarted });
    closers.add(() => started.stop());
    running.set(lambda.arn, started);
  }
  return {
    pid: ({ arn }) => running.get(arn)?.pid() ?? 0,
    async invoke(functionArn, event) {
      const found = running.get(functionArn);
      if (!found) throw new Error(`no function ${functionArn}`);
      return found.invoke(event);
    },
  };
}

/** A queue can bring the same failure back many times a second; the log has each of them. */
function unlessRepeated(show: (line: string) => void): (line: string) => void {
  let last: string | undefined;
  return (line) => {
    if (line !== last) show(line);
    last = line;
  };
}
