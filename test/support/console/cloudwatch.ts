import type { Browser, Page } from 'puppeteer-core';
import type { Place } from './place.ts';

export type WidgetHandler = (event: object, context: object) => Promise<unknown>;

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:quell-test-console';

/** What CloudWatch says of a widget in its documentation, with what was typed into the widget's forms. */
export const contextOf = (all: object, theme: 'light' | 'dark' = 'light') => ({
  widgetContext: {
    dashboardName: 'quell-test',
    widgetId: 'widget-16',
    accountId: '111122223333',
    locale: 'en',
    timezone: { label: 'UTC', offsetISO: '+00:00', offsetInMinutes: 0 },
    period: 300,
    isAutoPeriod: true,
    timeRange: {
      mode: 'relative',
      start: 1627236199729,
      end: 1627322599729,
      relativeStart: 86400012,
      zoom: { start: 1627276030434, end: 1627282956521 },
    },
    theme,
    linkCharts: true,
    title: 'Quell',
    forms: { all },
    params: {},
    width: 588,
    height: 369,
  },
});

/**
 * A dashboard with this one widget, as CloudWatch documents it: no script, frame or `use` is left in what the function answers; an action
 * belongs to the element before it, and calls the function with its JSON and with every field of the widget's forms.
 */
const HOST = `
  const widget = document.querySelector('#widget');
  globalThis.shown = 0;
  globalThis.show = async (parameters) => {
    const all = {};
    for (const field of widget.querySelectorAll('form [name]')) if (field.type !== 'checkbox' || field.checked) all[field.name] = field.value;
    const html = await globalThis.invoke(parameters, all);
    const page = new DOMParser().parseFromString(html, 'text/html');
    for (const one of page.querySelectorAll('script, iframe, use, object, embed, link, meta')) { globalThis.cleaned = one.outerHTML; one.remove(); }
    for (const one of page.querySelectorAll('*')) for (const { name } of [...one.attributes]) if (/^on/i.test(name)) { globalThis.cleaned = one.outerHTML; one.removeAttribute(name); }
    for (const action of page.querySelectorAll('cwdb-action')) {
      const { previousElementSibling: element, textContent: json } = action;
      if (action.getAttribute('action') !== 'call' || action.getAttribute('endpoint') !== '${ARN}') throw new Error('an action that calls nobody');
      action.remove();
      element.addEventListener('click', () => globalThis.show(JSON.parse(json)));
    }
    widget.replaceChildren(...page.head.childNodes, ...page.body.childNodes);
    globalThis.shown += 1;
  };
`;

export interface Dashboard extends Place {
  /** What CloudWatch had to clean from an answer. */
  cleaned(): Promise<unknown>;
  dress(theme: 'light' | 'dark'): Promise<void>;
}

export async function dashboard(browser: Browser, handler: WidgetHandler): Promise<Dashboard> {
  const page: Page = await browser.newPage();
  let theme: 'light' | 'dark' = 'light';
  await page.exposeFunction('invoke', (parameters: object, all: object) =>
    handler({ ...parameters, ...contextOf(all, theme) }, { invokedFunctionArn: ARN }),
  );
  await page.goto(
    'data:text/html,<!doctype html><html lang="en"><title>Dashboard</title><main id="widget"></main></html>',
  );
  await page.evaluate(HOST);
  const next = async (act: () => Promise<unknown>): Promise<void> => {
    const before = Number(await page.evaluate('shown'));
    await act();
    await page.waitForFunction(`shown > ${before}`);
  };
  const open = (path: string) => next(() => page.evaluate(`void show(${JSON.stringify({ path })})`));
  return {
    page,
    open,
    enter: () => next(() => page.keyboard.press('Enter')),
    cleaned: () => page.evaluate('globalThis.cleaned'),
    async dress(next) {
      theme = next;
      await page.evaluate(`document.body.style.background = '${next === 'dark' ? '#0f1419' : '#ffffff'}'`);
      await open('/');
    },
  };
}
