import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import chromium from '@sparticuz/chromium';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';

/** Where a browser stands that somebody installed; `CHROME_PATH` names another. The package brings one for Linux on x64 only. */
const INSTALLED = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** No look-ups, no updates, no sync: a test talks to the loopback only. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** No page is looked at for so long that it would pay to compile its scripts for speed; axe is a script too, and most of what there is. */
const THRIFTY = ['--js-flags=--no-maglev,--no-turbofan'];

/** A real Chromium without a window. The caller closes it. */
export async function startBrowser(): Promise<Browser> {
  const own = process.env.CHROME_PATH ?? INSTALLED.find((path) => existsSync(path));
  const bundled = process.platform === 'linux' && process.arch === 'x64';
  if (own === undefined && !bundled)
    throw new Error('No Chrome was found: install one, or say where it is with CHROME_PATH.');
  return puppeteer.launch({
    executablePath: own ?? (await chromium.executablePath()),
    args: [...(own === undefined ? chromium.args : []), ...QUIET, ...THRIFTY],
    headless: 'shell',
    pipe: true,
  });
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly script?: boolean;
}

/** A page of a given size and taste. */
export async function openPage(browser: Browser, look: Look = {}): Promise<Page> {
  const page = await browser.newPage();
  await lookAt(page, look);
  await page.setJavaScriptEnabled(look.script ?? true);
  return page;
}

/** Gives a page that is open another size and taste. */
export async function lookAt(page: Page, look: Omit<Look, 'script'>): Promise<void> {
  await page.setViewport({ width: look.width ?? 1440, height: look.height ?? 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: look.dark ? 'dark' : 'light' }]);
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds wrong with the page as it stands: a line for each violation, with the first place it was seen at. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger, so that a page's own content policy, which allows no such script, stays as it is.
  if (await page.evaluate('globalThis.axe === undefined')) await page.evaluate(readFileSync(AXE, 'utf8'));
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: Finding[] }> };
    };
    interface Finding {
      readonly id: string;
      readonly help: string;
      readonly nodes: readonly { readonly html: string }[];
    }
    return (await axe.run({ resultTypes: ['violations'] })).violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`,
    );
  });
  return found;
}

/** Whether axe looks at the nth of many pages in this scheme: by day at every other one in the dark, by night at each in both. */
export const inScheme = (nth: number, scheme: 'light' | 'dark'): boolean =>
  process.env.NIGHTLY !== undefined || (nth % 2 === 0) === (scheme === 'light');

/** Pixels by which the page is wider than its window. */
export const overflow = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'));
