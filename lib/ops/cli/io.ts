import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { UsageError } from './errors.ts';

/** All that a command sees of its surroundings: data goes to `print`, messages to `say`. */
export interface Io {
  /** Project directory, where `.local` is. */
  readonly root: string;
  /** Where the user stands; file arguments are relative to it. */
  readonly cwd: string;
  print(line: string): void;
  say(line: string): void;
  /** Resolves once what was printed has gone on: whoever prints much waits for a slow reader. */
  flushed?(): Promise<void>;
  /** Somebody sits at a keyboard and can be asked. */
  readonly interactive?: boolean;
  /** Standard input to its end; at a keyboard, says first what is awaited. */
  readInput(awaited: string): Promise<Buffer>;
  /** A secret: typed without echo, or all of standard input less one trailing line break. */
  readSecret(prompt: string): Promise<string>;
}

export function processIo(): Io {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  const say = (line: string): void => void process.stderr.write(`${visible(line)}\n`);
  return {
    root: process.cwd(),
    // npm runs scripts in the project directory and says where it was called.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    print: (line) => void process.stdout.write(`${visible(line)}\n`),
    say,
    interactive: process.stdin.isTTY === true,
    flushed: () =>
      process.stdout.writableNeedDrain ? once(process.stdout, 'drain').then(() => {}) : Promise.resolve(),
    readInput(awaited) {
      if (process.stdin.isTTY) say(`Reading ${awaited} from the keyboard; end with Ctrl-D on a new line.`);
      return buffer(process.stdin);
    },
    async readSecret(prompt) {
      if (process.stdin.isTTY) return askWithoutEcho(prompt);
      return (await buffer(process.stdin)).toString('utf8').replace(/\r?\n$/, '');
    },
  };
}

/** Events carry text from anywhere: nothing in it may steer the terminal. Line breaks and tabs are ours. */
export const visible = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, '\ufffd');

/** One line of JSON that is safe on a terminal and still parses to the same value. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029]|\p{Cf}/gu, (char) =>
    char.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );

/** Far above any body that a stack takes: a device without an end must not fill the memory. */
const MAX_FILE_BYTES = 64 << 20;

/** A file named on the command line; a pipe too. @throws UsageError where it cannot be read, or is larger than 64 MiB */
export async function readUserFile(io: Io, option: string, path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of createReadStream(resolve(io.cwd, path)) as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (bytes > MAX_FILE_BYTES) break;
    }
  } catch (error) {
    throw new UsageError(`${option}: cannot read the file (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
  if (bytes > MAX_FILE_BYTES) throw new UsageError(`${option}: the file is larger than 64 MiB.`);
  return Buffer.concat(parts);
}

function askWithoutEcho(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((answer) => {
    lines.on('SIGINT', () => {
      process.stderr.write('\n');
      process.exit(130);
    });
    lines.on('close', () => answer(''));
    lines.question('', (typed) => {
      answer(typed);
      process.stderr.write('\n');
      lines.close();
    });
  });
}
