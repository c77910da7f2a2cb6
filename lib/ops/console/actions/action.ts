import type { Context as Call } from 'hono';
import type { Target } from '../../target/target.ts';
import { type Author, authorOf } from '../../words/author.ts';
import type { Done } from '../answers.ts';
import type { Context } from '../context.ts';
import type { Question } from '../pages/forms.ts';

/** What a form holds; every value is a stranger's until it is read. */
export type Form = Readonly<Record<string, string>>;

/** Something that can be done from a page: its path asks first (GET), and does it then (POST). */
export interface Action {
  readonly path: string;
  ask(call: Call, context: Context): Question | Promise<Question>;
  run(call: Call, form: Form, context: Context): Promise<Done>;
}

/** Who acts, and why, as the form says. */
export const author = (target: Target, what: string, form: Form): Promise<Author> =>
  authorOf(what, { note: form.note, actor: form.actor }, target);

export const PATIENCE = 'It is in the delivery queue, and not in effect yet. Is processing paused or behind?';
