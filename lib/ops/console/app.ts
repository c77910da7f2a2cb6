import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Context as Call, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { EVENT_TYPES } from '../../../lambda/contract/event/types.ts';
import { normaliseAddress } from '../../../lambda/domain/address.ts';
import { REPORTS } from '../../reports/reports.ts';
import { CannotKnow, explain, UsageError } from '../cli/errors.ts';
import * as act from './actions.ts';
import type { Context } from './context.ts';
import { lettersModel } from './model/letters.ts';
import { type ListFilter, listModel } from './model/list.ts';
import { messageModel } from './model/message.ts';
import { eventsModel, reportModel } from './model/numbers.ts';
import { overviewModel } from './model/overview.ts';
import { personModel } from './model/person.ts';
import { ratesModel } from './model/rates.ts';
import { sourceModel } from './model/source.ts';
import { eventsPage } from './pages/events.ts';
import {
  eraseFields,
  faultPage,
  muteFields,
  type Question,
  questionPage,
  saidBox,
  suppressFields,
} from './pages/forms.ts';
import { lettersPage } from './pages/letters.ts';
import { listPage } from './pages/list.ts';
import { messagePage } from './pages/message.ts';

import { overviewPage } from './pages/overview.ts';
import { personPage } from './pages/person.ts';
import { ratesPage } from './pages/rates.ts';
import { reportPage, reportsPage } from './pages/reports.ts';
import { sourcePage } from './pages/source.ts';
import { type Html, page } from './parts/page.ts';
import { clean } from './parts/shown.ts';
import { many, messagePath, personPath } from './parts/words.ts';
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

/** The whole console as a function of requests: no socket, so that tests and the widget can call it too. */
export function consoleApp({ context, door, version, watchChanges }: App): Hono {
  const app = new Hono();
  const said = new Map<string, act.Done>();
  const { target, readOnly } = context;
  app.use(guarded(door));
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES, onError: (c) => c.text('The form is too large.\n', 413) }));

  /** The page for people, or its model for programs. */
  async function answer<M extends object>(
    c: Call,
    title: string,
    model: () => Promise<M>,
    view: (model: M, now: number) => Html,
    search = '',
  ): Promise<Response> {
    const found = await model();
    if (wantsJson(c)) return c.json(found);
    const done = said.get(c.req.query('said') ?? '');
    const body = [...(done ? [saidBox(done.ok, done.says)] : []), view(found, context.now())];
    return c.html(await page(frameOf(c), clean(title), body, search));
  }

  const frameOf = (c: Call) => ({ label: target.label, readOnly, path: c.req.path, version });

  app.get('/', (c) => answer(c, 'Overview', () => overviewModel(context), overviewPage));
  app.get('/people', (c) => c.redirect(foundAt(c.req.query('q') ?? ''), 303));
  app.get('/people/:address', (c) => {
    const address = addressOf(c);
    return answer(
      c,
      address,
      () => personModel(context, address),
      (model, now) => personPage(model, now, readOnly),
      address,
    );
  });
  app.get('/messages/:id', (c) => {
    const id = c.req.param('id');
    return answer(c, id, () => messageModel(context, id), messagePage, id);
  });
  app.get('/list', (c) => {
    const { reason, source, since, from } = c.req.query();
    const filter = Object.fromEntries(
      Object.entries({ reason, source, since, from }).filter(([, value]) => value !== undefined && value !== ''),
    ) as ListFilter;
    const sources = [...target.names.sources.keys()];
    return answer(
      c,
      'List',
      () => listModel(context, filter),
      (model, now) => listPage(model, sources, now, readOnly),
    );
  });
  app.get('/letters', (c) =>
    answer(
      c,
      'Dead letters',
      () => lettersModel(context),
      (model, now) => lettersPage(model, now, readOnly),
    ),
  );
  app.get('/sources/:name', (c) => {
    const name = c.req.param('name');
    return answer(
      c,
      name,
      () => sourceModel(context, name),
      (model, now) => sourcePage(model, now, readOnly),
    );
  });

  app.get('/events', (c) => {
    const { type, source, since = '24h' } = c.req.query();
    const known = EVENT_TYPES.find((one) => one === type);
    const filter = { type: known, source: source || undefined, since };
    const sources = [...target.names.sources.keys()];
    return answer(
      c,
      'What went wrong',
      () => eventsModel(context, filter),
      (model, now) => eventsPage(model, sources, now),
    );
  });
  app.get('/rates', (c) => {
    const { by = 'operator', since = '7d' } = c.req.query();
    return answer(c, 'Rates', () => ratesModel(context, by, since), ratesPage);
  });
  app.get('/reports', async (c) =>
    wantsJson(c)
      ? c.json({ reports: REPORTS.map(({ name, about }) => ({ name, about })) })
      : c.html(await page(frameOf(c), 'Reports', reportsPage())),
  );
  app.get('/reports/:name', (c) => {
    const { from, to } = c.req.query();
    const days = { ...(from && { from }), ...(to && { to }) };
    return answer(c, 'Report', () => reportModel(context, c.req.param('name'), days), reportPage);
  });

  for (const [name, type] of Object.entries(ASSETS)) {
    const content = readFileSync(join(import.meta.dirname, 'assets', name), 'utf8');
    app.get(`/assets/${name}`, (c) => c.body(content, 200, { 'Content-Type': `${type}; charset=utf-8` }));
  }
  app.get('/live', (c) =>
    streamSSE(c, async (stream) => {
      let stop = (): void => {};
      const ended = new Promise<void>((resolve) => stream.onAbort(resolve));
      stop = watchChanges(() => void stream.writeSSE({ event: 'changed', data: '' }));
      await ended;
      stop();
    }),
  );

  if (!readOnly) {
    /** An act: GET asks, POST does it and leads on. */
    const action = (
      path: string,
      ask: (c: Call) => Question | Promise<Question>,
      run: (c: Call, form: act.Form) => Promise<act.Done>,
    ): void => {
      app.get(path, async (c) => {
        const question = await ask(c);
        return c.html(await page(frameOf(c), clean(question.title), questionPage(question)));
      });
      app.post(path, async (c) => {
        const done = await run(c, await formOf(c));
        const key = String(said.size);
        said.set(key, done);
        if (wantsJson(c)) return c.json(done, done.ok ? 200 : 409);
        return c.redirect(`${done.back}?said=${key}`, 303);
      });
    };
    const person = (c: Call) => {
      const address = addressOf(c);
      return { address, back: personPath(address), action: c.req.path };
    };
    action(
      '/people/:address/suppress',
      (c) => ({
        title: `Suppress ${person(c).address}`,
        says: [
          'No service that asks the list will mail this address, from the next second on. It goes through the delivery queue like every event, and is recorded.',
        ],
        button: 'Suppress',
        fields: suppressFields(),
        ...person(c),
      }),
      (c, form) => act.suppress(target, addressOf(c), form),
    );
    action(
      '/people/:address/lift',
      (c) => ({
        title: `Lift ${person(c).address}`,
        says: [
          'Every reason that stands against this address ends now. Older evidence that arrives late does not bring it back; newer evidence does.',
        ],
        button: 'Lift',
        ...person(c),
      }),
      (c, form) => act.lift(target, addressOf(c), form),
    );
    action(
      '/people/:address/erase',
      (c) => ({
        title: `Erase ${person(c).address}`,
        says: [
          "Every recorded event of this address and its entry on the list are removed. Not reached: the archive, dead letters, published events, and every ESP's own records.",
        ],
        button: 'Erase',
        final: 'I know that this cannot be undone',
        fields: eraseFields(),
        ...person(c),
      }),
      (c, form) => act.erase(target, addressOf(c), form),
    );
    const group = async (c: Call) => {
      const key = c.req.param('group') ?? '';
      return { key, letters: await act.lettersOf(target, key), back: '/letters', action: c.req.path };
    };
    action(
      '/letters/:group/redrive',
      async (c) => {
        const { letters, key, ...rest } = await group(c);
        return {
          title: `Redrive ${many(letters, 'dead letter')}: ${key.replace('~', ', ')}`,
          says: [
            'They go back to the delivery queue and are processed like new events; what was counted before counts once. What fails again comes back here.',
          ],
          button: 'Redrive',
          ...rest,
        };
      },
      (c, form) => act.redrive(target, c.req.param('group') ?? '', form),
    );
    action(
      '/letters/:group/drop',
      async (c) => {
        const { letters, key, ...rest } = await group(c);
        return {
          title: `Drop ${many(letters, 'dead letter')}: ${key.replace('~', ', ')}`,
          says: ['They are deleted. Whoever they speak of is not suppressed by them.'],
          button: 'Drop',
          final: 'I know that these events are lost then',
          ...rest,
        };
      },
      (c, form) => act.drop(target, c.req.param('group') ?? '', form),
    );
    const source = (c: Call) => {
      const name = c.req.param('name') ?? '';
      return { name, back: `/sources/${encodeURIComponent(name)}`, action: c.req.path };
    };
    action(
      '/sources/:name/pause',
      (c) => ({
        title: 'Pause processing',
        says: [
          `There is one queue for all sources, so that this pauses ${many(target.names.sources.size, 'source')}, not ${source(c).name} alone.`,
          'Events are still taken in and wait in the queue for 14 days at most. Nothing is lost, and nobody is suppressed meanwhile.',
        ],
        button: 'Pause',
        ...source(c),
      }),
      (c, form) => act.pause(target, source(c).name, form),
    );
    action(
      '/sources/:name/resume',
      (c) => ({
        title: 'Resume processing',
        says: ['What has waited in the delivery queue is worked off, oldest first.'],
        button: 'Resume',
        ...source(c),
      }),
      (c, form) => act.resume(target, source(c).name, form),
    );
    action(
      '/sources/:name/mute',
      (c) => ({
        title: `Mute the alarms of ${source(c).name}`,
        says: [
          'They go on measuring and notify nobody until the time is over. An alarm that is still on then notifies.',
        ],
        button: 'Mute',
        fields: muteFields(),
        ...source(c),
      }),
      (c, form) => act.mute(target, source(c).name, form),
    );
  }

  app.notFound(async (c) => {
    if (wantsJson(c)) return c.json({ error: 'There is no such page.' }, 404);
    return c.html(
      await page(
        frameOf(c),
        'Not found',
        faultPage('There is no such page', 'Look for an address or a message above.'),
      ),
      404,
    );
  });
  app.onError(async (error, c) => {
    const status = error instanceof UsageError ? 400 : error instanceof CannotKnow ? 503 : 500;
    const { text } = explain(error);
    if (wantsJson(c)) return c.json({ error: text }, status);
    const title = status === 400 ? 'That does not work' : 'This could not be read';
    return c.html(await page(frameOf(c), title, faultPage(title, text)), status);
  });
  return app;
}

const wantsJson = (c: Call): boolean => {
  const accept = c.req.header('accept') ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
};

function addressOf(c: Call): string {
  const address = normaliseAddress(c.req.param('address') ?? '');
  if (address === undefined) throw new UsageError('That is not an e-mail address.');
  return address;
}

/** Where a search leads: an address to its person, everything else to a message. */
function foundAt(query: string): string {
  const text = query.trim();
  if (text === '') return '/';
  const address = /@/.test(text) && !/^<.*>$/.test(text) ? normaliseAddress(text) : undefined;
  return address === undefined ? messagePath(text) : personPath(address);
}

async function formOf(c: Call): Promise<act.Form> {
  const form: Record<string, string> = {};
  for (const [name, value] of Object.entries(await c.req.parseBody()))
    if (typeof value === 'string') form[name] = value;
  return form;
}
