import { parseArgs } from 'node:util';
import { LocalError } from './error.ts';
import type { LocalOptions } from './options.ts';

const FLAGS = {
  settings: { type: 'string' },
  secrets: { type: 'string' },
  'sns-cert': { type: 'string' },
  data: { type: 'string' },
  'time-scale': { type: 'string' },
} as const;

const USAGE =
  'npm start -- [--settings FILE] [--secrets FILE] [--sns-cert FILE] [--data DIR] [--time-scale N], PORT in the environment';

const HELP = `Usage: npm start -- [options]

Runs the whole stack on this machine, on emulators: no account, no Docker. Ctrl-C stops it.

Options:
  --data DIR        keep tables, queues and keys in this folder; without it they are in memory, and gone at the end
  --settings FILE   settings of a stage, such as settings/prod.json; default: every provider under its own name
  --secrets FILE    JSON map from source to its secret or a list of them; default: throwaway ones
  --sns-cert FILE   PEM that answers every fetch of an SNS signing certificate
  --time-scale N    multiplies waiting times; 0.02 makes three minutes 3.6 seconds
  --help            show this help

In the environment: PORT, of the HTTP API (default 3000; 0 = any free one), and DYNAMODB_ENDPOINT, a DynamoDB Local of your own.

Example:
  PORT=0 npm start -- --data .data

More: docs/local-run.md`;

/** Somebody wants to read, and nothing is to start: what to print. */
export const helpAsked = (args: readonly string[]): string | undefined =>
  args.some((arg) => arg === '--help' || arg === '-h') ? HELP : undefined;

/** What the command line and `PORT` ask for. */
export function localArguments(args: readonly string[], env: NodeJS.ProcessEnv): LocalOptions {
  const values = parse(args);
  return {
    home: '.local',
    port: portOf(env.PORT ?? '3000'),
    timeScale: scaleOf(values['time-scale'] ?? '1'),
    settings: values.settings,
    secrets: values.secrets,
    snsCert: values['sns-cert'],
    dataDir: values.data,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values;
  } catch (error) {
    const [problem] = (error as Error).message.split('. ');
    throw new LocalError(`${problem}. Usage: ${USAGE}`);
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new LocalError(`PORT is "${text}": it must be a number from 0 to 65535, 0 for any free port`);
}

function scaleOf(text: string): number {
  const scale = Number(text);
  if (Number.isFinite(scale) && scale > 0) return scale;
  throw new LocalError(`--time-scale is "${text}": it must be a number above 0, such as 0.02`);
}
