import type { ActWord } from '../audit/kinds.ts';
import type { ExitCode } from './exit.ts';
import type { Io } from './io.ts';

interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in help; on string options. */
  readonly value?: string;
  readonly help: string;
}
export type Options = Readonly<Record<string, Option>>;

/** Options every command has. */
export const COMMON = {
  json: { type: 'boolean', help: 'print one JSON object per line' },
  help: { type: 'boolean', help: 'show this help' },
} as const satisfies Options;

export type Values<O extends Options> = {
  readonly [K in keyof O]?: (O[K]['type'] extends 'boolean' ? boolean : string) | undefined;
};

export interface Invocation<O extends Options> {
  readonly args: readonly string[];
  readonly options: Values<O & typeof COMMON>;
  readonly io: Io;
}

/** One command: its file exports it as `command`, and one line in cli.ts makes it known. */
export interface Command<O extends Options = Options> {
  /** Names of the positional arguments; one that may be left out ends in `?`, a last one of any number in `...` or `...?`. */
  readonly args: readonly string[];
  /** What it does, what it prints, what its exit codes mean. */
  readonly about: string;
  readonly options: O;
  /** The acts it can be, each of which leaves one record in the audit; none = it changes nothing. */
  readonly changes: readonly ActWord[];
  /** A complete command line without the `npm run` part. */
  readonly example: string;
  run(invocation: Invocation<O>): Promise<ExitCode>;
}

/** A command as the overview knows it. */
export interface Entry {
  readonly summary: string;
  /** Loaded when asked for: most commands need no AWS, and the SDK is most of a start. */
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Infers the options' type, so that `run` sees which values exist. */
export const defineCommand = <const O extends Options>(command: Command<O>): Command<O> => command;
