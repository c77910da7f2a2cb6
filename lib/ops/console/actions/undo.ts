import type { Hono } from 'hono';
import { takeBack } from '../../commands/lift/take-back.ts';
import type { Answers } from '../answers.ts';
import type { Context } from '../context.ts';
import { askedRetraction, isAsked, type UndoAsked, undoChoice, undoPreview } from '../model/undo.ts';
import { undoChoicePage, undoPreviewPage } from '../pages/undo.ts';
import { type Form, formOf, handIn } from './action.ts';

export const UNDO = { act: 'take back', path: '/list/undo' } as const;

/** A page waits for so long without anybody coming back before it says that not all is in effect, in milliseconds. */
const PATIENCE = 10_000;

/** Taking back a window or an import: what, whom it concerns, and then why. */
export function addUndo(app: Hono, context: Context, answers: Answers): void {
  const { target } = context;
  const sources = [...target.names.sources.keys()];
  app.get(UNDO.path, (c) => {
    const asked = askedIn(c.req.query());
    return isAsked(asked)
      ? answers.page(c, 'Undo', () => undoPreview(context, asked), undoPreviewPage)
      : answers.page(
          c,
          'Undo',
          () => undoChoice(context, asked),
          (model, now) => undoChoicePage(model, sources, now),
        );
  });
  app.post(UNDO.path, async (c) => {
    const form = await formOf(c);
    const hand = await handIn(target, 'undo', form);
    const says: string[] = [];
    const telling = { say: (line: string) => void says.push(line) };
    const { left } = await takeBack(target, askedRetraction(target, askedIn(form), hand), hand, telling, PATIENCE);
    if (left > 0) says.push(`Not in effect yet: ${left}. It will be once what waits is worked off.`);
    return answers.done(c, { ok: left === 0, says, back: '/list' });
  });
}

const FIELDS = ['source', 'from', 'until', 'reason', 'import'] as const;

/** What a form says: a field that was left empty says nothing. */
function askedIn(form: Form): UndoAsked {
  return Object.fromEntries(FIELDS.flatMap((name) => (form[name] ? [[name, form[name]]] : [])));
}
