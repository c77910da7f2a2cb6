import type { Hono } from 'hono';
import { CannotKnow, explain, UsageError } from '../cli/errors.ts';
import { type Answers, wantsJson } from './answers.ts';
import { faultPage } from './pages/forms.ts';

/** What cannot be shown, as a page of its own. */
export function addFaults(app: Hono, answers: Answers): void {
  app.notFound((c) => {
    if (wantsJson(c)) return c.json({ error: 'There is no such page.' }, 404);
    const body = faultPage('There is no such page', 'Look for an address, a message or a request above.');
    return answers.bare(c, 'Not found', body, 404);
  });
  app.onError((error, c) => {
    const status = error instanceof UsageError ? 400 : error instanceof CannotKnow ? 503 : 500;
    const { text: said } = explain(error);
    const text = status === 400 ? onPage(said) : said;
    if (wantsJson(c)) return c.json({ error: text }, status);
    const title = status === 400 ? 'That does not work' : 'This could not be read';
    return answers.bare(c, title, faultPage(title, text), status);
  });
}

/** A mistake in the words of a page: the command's name and the dashes of its options belong to the command line. */
const onPage = (text: string): string => text.replace(/^[a-z]+: /, '').replace(/^--([a-z]+)/, '“$1”');
