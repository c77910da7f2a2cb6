import type { Page } from 'puppeteer-core';
import { eventually } from '../driver.ts';

/** Somewhere the console's pages are shown, for somebody without a mouse. */
export interface Place {
  readonly page: Page;
  open(path: string): Promise<void>;
  /** Presses Enter on what has the focus, and waits for where that leads. */
  enter(): Promise<void>;
}

/** The console's own server: links and forms lead on. */
export const served = (page: Page, origin: string): Place => ({
  page,
  open: async (path) => {
    await page.goto(origin + path);
    await ready(page);
  },
  enter: async () => {
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await ready(page);
  },
});

/** A report that takes long says so first, and is looked at again by the browser itself. */
export const ready = (page: Page): Promise<void> =>
  eventually(async () => {
    if (await page.$('[data-awaited]')) throw new Error('not ready');
  }, 60_000);

export const textOf = (page: Page): Promise<string> => page.evaluate('document.body.innerText') as Promise<string>;

/** What somebody hears of the element that has the focus: its label, else its text. */
const NAME = `(() => {
  const at = document.activeElement;
  return at?.getAttribute('aria-label') ?? at?.labels?.[0]?.textContent ?? at?.innerText ?? '';
})()`;
const MOST_TABS = 150;

/** Tabs to what is called so. */
export async function reach({ page }: Place, words: string): Promise<void> {
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press('Tab');
    if (String(await page.evaluate(NAME)).startsWith(words)) return;
  }
  throw new Error(`nothing called "${words}" can be reached`);
}

/** Tabs to it and presses Enter. */
export async function press(place: Place, words: string): Promise<void> {
  await reach(place, words);
  await place.enter();
}

/** Tabs to a field and fills it. */
export async function fill(place: Place, field: string, text: string): Promise<void> {
  await reach(place, field);
  await place.page.keyboard.type(text);
}
