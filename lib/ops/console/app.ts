import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { addActions } from './actions/index.ts';
import { answersOf } from './answers.ts';
import type { Context } from './context.ts';
import { addFaults } from './faults.ts';
import { addPages } from './routes.ts';
import { type Door, guarded } from './safety.ts';

const ASSETS = { 'console.css': 'text/css', 'console.js': 'text/javascript', 'icon.svg': 'image/svg+xml' } as const;
const MAX_FORM_BYTES = 64 * 1024;

export interface App {
  readonly context: Context;
  readonly door: Door;
  readonly version: string;
  /** Calls back whenever something may have changed; the result ends it. */
  readonly watchChanges: (changed: () => void) => () => void;
}

/** The whole console as a function of requests: no socket, so that tests can call it too. */
export function consoleApp({ context, door, version, watchChanges }: App): Hono {
  const app = new Hono();
  const answers = answersOf(context, version);
  app.use(guarded(door));
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: (c) => c.text('The form is too large.\n', 413) }));

  addPages(app, context, answers);
  if (!context.readOnly) addActions(app, context, answers);
  addAssets(app);
  addLive(app, watchChanges);
  addFaults(app, answers);
  return app;
}

function addAssets(app: Hono): void {
  for (const [name, type] of Object.entries(ASSETS)) {
    const content = readFileSync(join(import.meta.dirname, 'assets', name), 'utf8');
    app.get(`/assets/${name}`, (c) => c.body(content, 200, { 'Content-Type': `${type}; charset=utf-8` }));
  }
}

/** Tells an open page that something may have changed. */
function addLive(app: Hono, watchChanges: App['watchChanges']): void {
  app.get('/live', (c) =>
    streamSSE(c, async (stream) => {
      const ended = new Promise<void>((resolve) => stream.onAbort(resolve));
      const stop = watchChanges(() => void stream.writeSSE({ event: 'changed', data: '' }));
      await ended;
      stop();
    }),
  );
}
