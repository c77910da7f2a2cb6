import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { explain } from '../../cli/errors.ts';
import { AwsWatch } from '../../commands/doctor/watch-aws.ts';
import { answersOf } from '../answers.ts';
import type { Context } from '../context.ts';
import { addFaults } from '../faults.ts';
import { fragment } from '../parts/page.ts';
import { addPages } from '../routes.ts';
import { DESCRIPTION, pathOf, type WidgetEvent } from './event.ts';
import { widgetOf } from './markup.ts';
import { ownTarget } from './target.ts';

/**
 * The console as a custom widget of CloudWatch: the same pages, read-only. CloudWatch calls it as whoever looks, who therefore needs the
 * right to; what it may see itself is what the viewer policy says. It writes no log line: paths hold addresses.
 */
const STYLE = readFileSync(join(__dirname, 'widget.css'), 'utf8');
/** Less than the function's own time: a report that takes longer says so, and whoever looks again finds it made. */
const PATIENCE_MS = 20_000;
let app: Hono | undefined;

function widgetApp(): Hono {
  const target = ownTarget();
  const watch = new AwsWatch(target);
  const context: Context = { target, watch, readOnly: true, now: Date.now, patience: PATIENCE_MS };
  const answers = answersOf(context, '', fragment);
  const pages = new Hono();
  addPages(pages, context, answers);
  addFaults(pages, answers);
  return pages;
}

/** A search leads on once; more would be a circle. */
const MOST_REDIRECTS = 3;

export async function handler(
  event: WidgetEvent,
  { invokedFunctionArn }: { readonly invokedFunctionArn: string },
): Promise<string> {
  if (event.describe) return DESCRIPTION;
  app ??= widgetApp();
  let here = pathOf(event);
  let html: string;
  try {
    let answer = await app.request(here);
    for (let led = 0; answer.status === 303 && led < MOST_REDIRECTS; led++) {
      here = answer.headers.get('location') ?? '/';
      answer = await app.request(here);
    }
    html = await answer.text();
  } catch (error) {
    // Thrown, it would stand in the log with whatever it quotes.
    html = `<p>${explain(error).text.replace(/[<>&]/g, '')}</p>`;
  }
  const dark = event.widgetContext?.theme === 'dark';
  return widgetOf(html, { endpoint: invokedFunctionArn, style: STYLE, dark, here });
}
