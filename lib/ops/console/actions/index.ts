import type { Hono } from 'hono';
import type { Answers } from '../answers.ts';
import type { Context } from '../context.ts';
import { questionPage } from '../pages/forms.ts';
import { type Action, formOf } from './action.ts';
import { LETTER_ACTIONS } from './letters.ts';
import { PERSON_ACTIONS } from './people.ts';
import { SOURCE_ACTIONS } from './sources.ts';
import { addUndo } from './undo.ts';

/** Everything that can be changed from a page. */
export const ACTIONS: readonly Action[] = [...PERSON_ACTIONS, ...LETTER_ACTIONS, ...SOURCE_ACTIONS];

export function addActions(app: Hono, context: Context, answers: Answers): void {
  for (const { path, ask, run } of ACTIONS) {
    app.get(path, async (c) => {
      const question = await ask(c, context);
      return answers.bare(c, question.title, questionPage(question));
    });
    app.post(path, async (c) => answers.done(c, await run(c, await formOf(c), context)));
  }
  addUndo(app, context, answers);
}
