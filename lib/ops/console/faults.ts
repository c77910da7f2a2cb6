import type { Hono } from 'hono';
import { CannotKnow, explain, UsageError } from '../cli/errors.ts';
import { type Answers, wantsJson } from './answers.ts';
import { faultPage } from './pages/forms.ts';

/** What cannot be shown, as a page of its own. */
export function addFaults(app: Hono, answers: Answers): void {
  app.notFound((c) => {
    if (wantsJson(c)) return c.json({ error: 'There is no such page.' }, 404);
    const body = faultPage('There is no such page', 'Look for an address or a message above.');
    return answers.bare(c, 'Not found', body, 404);
  });
  app.onError((error, c) => {
    const status = error instanceof UsageError ? 400 : error instanceof CannotKnow ? 503 : 500;
    const { text } = explain(error);
    if (wantsJson(c)) return c.json({ error: text }, status);
    const title = status === 400 ? 'That does not work' : 'This could not be read';
    return answers.bare(c, title, faultPage(title, text), status);
  });
}
