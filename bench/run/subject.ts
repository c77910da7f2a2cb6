import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENV } from '../../lambda/contract/env.ts';
import { fileIn } from './bundles.ts';
import { nextMessage } from './message.ts';

export interface Run {
  /** CPU time of all invocations, in microseconds. */
  readonly cpuMicros: number;
  readonly wallMs: number;
  /** Largest resident set after loading, and until now. */
  readonly loadedKb: number;
  readonly peakKb: number;
  /** Bytes written to the log meanwhile. */
  readonly logBytes: number;
}

/** A bundle in a process of its own. */
export interface Subject {
  run(invocations: number): Promise<Run>;
  stop(): void;
}

export const TABLES = { events: 'bench-events', suppression: 'bench-suppression', idempotency: 'bench-idempotency' };

/** What Lambda and the stack would set; whatever a function wants to know that is not listed here is `bench`. */
export const environment = (aws: string): Record<string, string> => ({
  ...Object.fromEntries(Object.values(ENV).flatMap((names) => Object.keys(names).map((name) => [name, 'bench']))),
  PATH: process.env.PATH ?? '',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_ENDPOINT_URL: aws,
  DELIVERY_QUEUE_URL: `${aws}/000000000000/delivery`,
  DEAD_LETTER_QUEUE_URL: `${aws}/000000000000/dead-letters`,
  PUBLIC_URL: 'https://abcdefghij.execute-api.us-east-1.amazonaws.com',
  TOPIC_ARNS: '{}',
  EVENTS_TABLE: TABLES.events,
  SUPPRESSION_TABLE: TABLES.suppression,
  IDEMPOTENCY_TABLE: TABLES.idempotency,
  TZ: ':UTC',
});

/** What a function has, as the stack sets it, and of that what its heap may grow to: the rest is code, buffers and sockets. */
export const MEMORY_MB = 512;
export const HEAP = [`--max-old-space-size=${MEMORY_MB - 112}`];

/** How a bundle is run otherwise than usual: options of Node, and what an invocation may take. */
interface Means {
  readonly execArgv?: readonly string[];
  readonly invocationMs?: number;
}

/** Loads the bundle in `folder`; each invocation gets the next of `events`, from the first again after the last. */
export function startSubject(
  folder: string,
  events: readonly object[],
  aws: string,
  { execArgv = [], invocationMs = 30_000 }: Means = {},
): Subject {
  const file = join(folder, 'invocations.json');
  writeFileSync(file, JSON.stringify(events));
  const child = fork(join(import.meta.dirname, 'child.ts'), [fileIn(folder), file], {
    env: { ...environment(aws), INVOCATION_MS: String(invocationMs) },
    execArgv: [...execArgv],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let logBytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    logBytes += chunk.length;
  });
  return {
    async run(invocations) {
      const before = logBytes;
      child.send(invocations);
      const answer = await nextMessage<Omit<Run, 'logBytes'>>(child);
      return { ...answer, logBytes: logBytes - before };
    },
    stop: () => child.connected && child.disconnect(),
  };
}
