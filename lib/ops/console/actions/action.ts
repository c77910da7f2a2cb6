import type { Context as Call } from 'hono';
import type { ActWord } from '../../audit/kinds.ts';
import type { Target } from '../../target/target.ts';
import { authorOf, type Hand } from '../../words/author.ts';
import type { Done } from '../answers.ts';
import type { Context } from '../context.ts';
import type { Question } from '../pages/forms.ts';

/** What a form holds; every value is a stranger's until it is read. */
export type Form = Readonly<Record<string, string>>;

/** Something that can be done from a page: its path asks first (GET), and does it then (POST). */
export interface Action {
  /** What it is in the audit. */
  readonly act: ActWord;
  readonly path: string;
  ask(call: Call, context: Context): Question | Promise<Question>;
  run(call: Call, form: Form, context: Context): Promise<Done>;
}

/** Who acts, and why, as the form says. */
export const handIn = (target: Target, what: string, form: Form): Promise<Hand> =>
  authorOf(what, { note: form.note, actor: form.actor }, target, 'console');

export const PATIENCE = 'It is in the queue, and not in effect yet. Is processing paused or behind?';

export async function formOf(call: Call): Promise<Form> {
  const form: Record<string, string> = {};
  for (const [name, value] of Object.entries(await call.req.parseBody()))
    if (typeof value === 'string') form[name] = value;
  return form;
}
