import type { Hono } from 'hono';
import { REPORTS } from '../../reports/reports.ts';
import { type Answers, addressOf, wantsJson } from './answers.ts';
import type { Context } from './context.ts';
import { auditModel } from './model/audit.ts';
import { eventsModel } from './model/events.ts';
import { foundAt } from './model/find.ts';
import { lettersModel } from './model/letters.ts';
import { type ListFilter, listModel } from './model/list.ts';
import { messageModel } from './model/message.ts';
import { overviewModel } from './model/overview.ts';
import { personModel } from './model/person.ts';
import { ratesModel } from './model/rates.ts';
import { reportModel, reportSoon } from './model/report.ts';
import { requestModel } from './model/request.ts';
import { sourceModel } from './model/source.ts';
import { auditPage } from './pages/audit.ts';
import { eventsPage } from './pages/events.ts';
import { lettersPage } from './pages/letters.ts';
import { listPage } from './pages/list.ts';
import { messagePage } from './pages/message.ts';
import { overviewPage } from './pages/overview.ts';
import { personPage } from './pages/person.ts';
import { ratesPage } from './pages/rates.ts';
import { awaitedPage, reportPage, reportsPage } from './pages/reports.ts';
import { requestPage } from './pages/request.ts';
import { sourcePage } from './pages/source.ts';

/** Every page that shows something, and changes nothing. */
export function addPages(app: Hono, context: Context, answers: Answers): void {
  const { target, readOnly } = context;
  const sources = [...target.names.sources.keys()];

  app.get('/', (c) => answers.page(c, 'Overview', () => overviewModel(context), overviewPage));
  app.get('/people', async (c) => c.redirect(await foundAt(target, c.req.query('q') ?? ''), 303));
  app.get('/people/:address', (c) => {
    const address = addressOf(c);
    return answers.page(
      c,
      address,
      () => personModel(context, address),
      (model, now) => personPage(model, now, readOnly),
      address,
    );
  });
  app.get('/messages/:id', (c) => {
    const id = c.req.param('id');
    return answers.page(c, id, () => messageModel(context, id), messagePage, id);
  });
  app.get('/requests/:id', (c) => {
    const id = c.req.param('id');
    const { since = '24h' } = c.req.query();
    return answers.page(c, id, () => requestModel(context, id, since), requestPage, id);
  });
  app.get('/list', (c) => {
    const { reason, source, since, from } = c.req.query();
    const filter = given({ reason, source, since, from }) as ListFilter;
    return answers.page(
      c,
      'List',
      () => listModel(context, filter),
      (model, now) => listPage(model, sources, now, readOnly),
    );
  });
  app.get('/letters', (c) =>
    answers.page(
      c,
      'Dead letters',
      () => lettersModel(context),
      (model, now) => lettersPage(model, now, readOnly),
    ),
  );
  app.get('/sources/:name', (c) => {
    const name = c.req.param('name');
    return answers.page(
      c,
      name,
      () => sourceModel(context, name),
      (model, now) => sourcePage(model, now, readOnly),
    );
  });
  app.get('/events', (c) => {
    const { type, source, since = '24h' } = c.req.query();
    const filter = { type: type || undefined, source: source || undefined, since };
    return answers.page(
      c,
      'What went wrong',
      () => eventsModel(context, filter),
      (model, now) => eventsPage(model, sources, now),
    );
  });
  app.get('/audit', (c) => {
    const { on, by, what, since, after } = c.req.query();
    return answers.page(
      c,
      'Audit',
      () => auditModel(context, given({ on, by, what, since, after })),
      (model, now) => auditPage(model, new Set(sources), now),
    );
  });
  app.get('/rates', (c) => {
    const { by = 'operator', since = '7d' } = c.req.query();
    return answers.page(c, 'Rates', () => ratesModel(context, by, since), ratesPage);
  });
  app.get('/reports', async (c) =>
    wantsJson(c)
      ? c.json({ reports: REPORTS.map(({ name, about }) => ({ name, about })) })
      : answers.bare(c, 'Reports', reportsPage()),
  );
  app.get('/reports/:name', (c) => {
    const { from, to } = c.req.query();
    const days = given({ from, to });
    const name = c.req.param('name');
    if (wantsJson(c)) return answers.page(c, name, () => reportModel(context, name, days), reportPage);
    return answers.page(
      c,
      name,
      () => reportSoon(context, name, days),
      (model, now) => {
        if (!('begun' in model)) return reportPage(model);
        c.header('Refresh', '1');
        return awaitedPage(model, now);
      },
    );
  });
}

/** What a query says: a field of a form that was left empty says nothing. */
function given(query: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return Object.fromEntries(said) as Record<string, string>;
}
