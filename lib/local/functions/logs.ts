import type { ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Failure } from './child-protocol.ts';

/** What CloudWatch Logs would hold of one function: a file of JSON lines. */
export interface FunctionLog {
  /** Takes every line that a process writes. */
  follow(child: ChildProcess): void;
  /** Notes one finished invocation, as Lambda's own report line does. */
  report(durationMs: number, failure?: Failure): void;
  close(): Promise<void>;
}

const SHOWN = 200;

/** @param show says an error on the console, in one short line. */
export function openLog(folder: string, name: string, show: (line: string) => void): FunctionLog {
  mkdirSync(folder, { recursive: true });
  const file = createWriteStream(join(folder, `${name}.log`));
  // A full disk costs the log, not the run.
  file
    .once('error', ({ message }) => show(shorten(`${name}: its log ends here: ${message}`)))
    .on('error', () => undefined);

  function line(text: string): void {
    const entry = asObject(text);
    file.write(`${entry ? text : JSON.stringify({ timestamp: new Date().toISOString(), message: text })}\n`);
    if (entry && ['ERROR', 'FATAL', 'CRITICAL'].includes(String(entry.level)))
      show(shorten(`${name}: ${entry.message}`));
  }

  const follow = (stream: Readable | null) => stream && createInterface({ input: stream }).on('line', line);
  return {
    follow(child) {
      follow(child.stdout);
      follow(child.stderr);
    },
    report(durationMs, failure) {
      const record = {
        status: failure ? 'error' : 'success',
        metrics: { durationMs: Math.round(durationMs * 100) / 100 },
      };
      const entry = { time: new Date().toISOString(), type: 'platform.report', record: { ...record, ...failure } };
      file.write(`${JSON.stringify(entry)}\n`);
      if (failure) show(shorten(`${name}: ${failure.errorType}: ${failure.errorMessage}`));
    },
    close: () => new Promise((resolve) => void file.end(() => resolve())),
  };
}

const shorten = (text: string): string => {
  const [first = ''] = text.split('\n');
  return first.length > SHOWN ? `${first.slice(0, SHOWN)}...` : first;
};

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
