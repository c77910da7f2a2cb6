import { userInfo } from 'node:os';
import type { Options, Values } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import type { Target } from '../target/target.ts';

/** Options of every command that changes something by hand. */
export const AUTHOR_OPTIONS = {
  note: { type: 'string', value: 'TEXT', help: 'why; kept with the change (required)' },
  actor: { type: 'string', value: 'NAME', help: 'who; default: the AWS caller, or the user of this machine' },
} as const satisfies Options;

export interface Author {
  readonly actor: string;
  readonly note: string;
}

/** The note, checked before anything else is asked: nobody should wait for a refusal. */
export function noteOf(command: string, { note }: Values<typeof AUTHOR_OPTIONS>): string {
  const text = note?.trim() ?? '';
  if (text !== '') return text;
  throw new UsageError(`${command}: --note is missing. It says why, to whoever wonders later.`);
}

/** Who acts, and why. */
export async function authorOf(command: string, given: Values<typeof AUTHOR_OPTIONS>, target: Target): Promise<Author> {
  const note = noteOf(command, given);
  const actor = given.actor?.trim() || (target.kind === 'deployed' ? await awsCaller(target) : undefined);
  return { actor: actor ?? userInfo().username, note };
}

/** Everybody with AWS credentials may ask who they are. */
async function awsCaller(target: Target): Promise<string | undefined> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const client = await target.clients.sts();
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  // What tells people apart is at its end: the role's and the session's name.
  return Arn?.slice(-128);
}
