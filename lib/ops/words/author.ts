import { userInfo } from 'node:os';
import type { Options, Values } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';

const ACTOR = {
  type: 'string',
  value: 'NAME',
  help: 'who; default: the AWS caller, or the user of this machine',
} as const;

/** Options of every command that decides about people. */
export const AUTHOR_OPTIONS = {
  note: { type: 'string', value: 'TEXT', help: 'why; kept with the change (required)' },
  actor: ACTOR,
} as const satisfies Options;

/** Options of every other command that changes something: whoever is woken at night needs no prose to pause. */
export const HAND_OPTIONS = {
  note: { type: 'string', value: 'TEXT', help: 'why; "audit" shows it' },
  actor: ACTOR,
} as const satisfies Options;

export interface Author {
  readonly actor: string;
  readonly note: string;
}

/** Who does something, from where, and why: an empty note gives no reason. */
export interface Hand extends Author {
  /** Who it is by the credentials, whatever name was given. Absent where that cannot be known and a name was given. */
  readonly by?: string;
  readonly via: 'command' | 'console';
}

/** The note, checked before anything else is asked: nobody should wait for a refusal. */
export function noteOf(command: string, { note }: Values<typeof AUTHOR_OPTIONS>): string {
  const text = note?.trim() ?? '';
  if (text !== '') return text;
  throw new UsageError(`${command}: --note is missing. It says why, to whoever wonders later.`);
}

/** Who decides about people, and why. */
export async function authorOf(
  command: string,
  given: Values<typeof AUTHOR_OPTIONS>,
  target: Target,
  via: Hand['via'] = 'command',
): Promise<Hand> {
  noteOf(command, given);
  return handOf(given, target, via);
}

/** Who does something else, and why, where that was said. */
export async function handOf(
  given: Values<typeof HAND_OPTIONS>,
  target: Target,
  via: Hand['via'] = 'command',
): Promise<Hand> {
  const named = given.actor?.trim() || undefined;
  const by = await caller(target).catch((error: unknown) => {
    if (named === undefined) throw error;
    return undefined;
  });
  return {
    actor: named ?? by ?? '',
    note: given.note?.trim() ?? '',
    via,
    ...(by !== undefined && { by }),
  };
}

/** Whom the credentials name. Everybody with AWS credentials may ask who they are. */
async function caller(target: Target): Promise<string> {
  if (target.kind === 'local') return userInfo().username;
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const client = await target.clients.sts();
  const { Arn = 'somebody with AWS credentials' } = await client.send(new GetCallerIdentityCommand({}));
  // What distinguishes people is at its end: the role's and the session's name.
  return Arn.slice(-128);
}
