/**
 * `npm run pictures`: pictures of the console for README and docs, of a local stack after a shop's day, and a screencast of the first two
 * minutes with one. `-- --all DIR` writes every page at three widths, light and dark, for whoever looks at them before they are shown.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'puppeteer-core';
import { openPage, startBrowser } from '../browser.ts';
import { EXAMPLES } from '../console/examples.ts';
import { ready } from '../console/place.ts';
import { ops } from '../ops.ts';
import { screencast } from './screencast.ts';
import { shopDay } from './traffic.ts';

const DOCS = join(import.meta.dirname, '../../../docs/pictures');
const PERSON = 'ada@example.com';

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

const PICTURES: readonly Picture[] = [
  { name: 'overview', path: '/', height: 1240 },
  { name: 'overview-dark', path: '/', height: 1240, dark: true },
  { name: 'person', path: `/people/${PERSON}`, height: 920 },
  { name: 'rates', path: '/rates', height: 1140 },
  { name: 'list', path: '/list', height: 760 },
  { name: 'telephone', path: `/people/${PERSON}`, width: 360, height: 780 },
];

const { values } = parseArgs({ options: { all: { type: 'string' } } });
const into = mkdtempSync(join(tmpdir(), 'quell-pictures-'));
const browser: Browser = await startBrowser();
try {
  if (values.all === undefined) writeFileSync(join(DOCS, 'first-minutes.svg'), await screencast(browser, into));
  const filled = await shopDay(into);
  try {
    const send = (...args: string[]) => ops(['send', ...args, '--local'], { root: filled.root });
    await send('shop', '--type', 'delivered', '--to', PERSON, '--wait');
    await send('shop', '--type', 'opened', '--to', PERSON, '--wait');
    await send('shop', '--type', 'bounced', '--to', PERSON, '--wait');
    await send('marketing', '--type', 'complained', '--to', 'bob@example.com', '--wait');
    const entrance = filled.stack.console?.url ?? '';
    if (values.all === undefined) for (const picture of PICTURES) await take(entrance, picture, DOCS);
    else await takeAll(entrance, values.all);
  } finally {
    await filled.stop();
  }
} finally {
  await browser.close();
  rmSync(into, { recursive: true, force: true });
}

async function enter(entrance: string, look: Omit<Picture, 'name' | 'path'>): Promise<Page> {
  const page = await openPage(browser, { width: 1200, ...look });
  await page.goto(entrance);
  return page;
}

async function take(entrance: string, { name, path, ...look }: Picture, folder: string): Promise<void> {
  const page = await enter(entrance, look);
  await page.goto(new URL(path, entrance).href);
  await page.screenshot({ path: join(folder, `${name}.webp`) as `${string}.webp`, type: 'webp', quality: 82 });
  await page.close();
}

async function takeAll(entrance: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const width of [360, 768, 1440])
    for (const dark of [false, true]) {
      const page = await enter(entrance, { width, dark });
      for (const [at, path] of Object.values(EXAMPLES).entries()) {
        await page.goto(new URL(path, entrance).href);
        await ready(page);
        const name = `${String(at).padStart(2, '0')}${path.replace(/[^a-z]+/gi, '-')}-${width}${dark ? '-dark' : ''}`;
        await page.screenshot({ path: join(folder, `${name}.png`) as `${string}.png`, fullPage: true });
      }
      await page.close();
    }
}
