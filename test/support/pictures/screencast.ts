import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { startFilled } from '../../../bench/console/stack.ts';
import { requestLine } from '../../../lib/local/gateway/requests.ts';
import { openPage } from '../browser.ts';
import { ops } from '../ops.ts';

const [WIDTH, HEIGHT] = [900, 560];
/** Seconds that each scene stays. */
const STAY = 3.5;

/** The first two minutes with a stack, as scenes of one animated SVG: what is typed, and what the browser then shows. */
export async function screencast(browser: Browser, into: string): Promise<string> {
  const filled = await startFilled(join(into), [{ name: 'sendgrid', provider: 'sendgrid' }]);
  try {
    const entrance = filled.stack.console?.url ?? '';
    const page = await openPage(browser, { width: WIDTH, height: HEIGHT });
    await page.goto(entrance);
    const shot = async (path?: string): Promise<string> => {
      if (path !== undefined) await page.goto(new URL(path, entrance).href);
      const picture = await page.screenshot({ type: 'webp', quality: 70, encoding: 'base64' });
      return `<image width="${WIDTH}" height="${HEIGHT}" href="data:image/webp;base64,${picture}"/>`;
    };
    const send = async (type: string, to: string): Promise<string> => {
      const args = ['send', 'sendgrid', '--type', type, '--to', to, '--local'];
      const { out } = await ops([...args, '--wait'], { root: filled.root });
      return terminal([`$ npm run --silent ops -- ${args.join(' ')} --wait`, ...out.trim().split('\n')]);
    };
    const started = terminal(
      [
        '$ npm ci && npm start',
        '',
        'Look at it: http://127.0.0.1:3001/?token=…',
        '',
        'Quell is running at http://127.0.0.1:3000',
        requestLine({ at: Date.now(), method: 'POST', source: 'sendgrid', status: 200, accepted: 1 }),
      ].slice(0, 5),
    );
    const empty = await shot();
    const bounce = await send('bounced', 'ada@example.com');
    await page.waitForFunction("document.body.innerText.includes('1 of 1 source alive')", { timeout: 30_000 });
    const live = await shot();
    const person = await shot('/people/ada%40example.com');
    const check = terminal([
      '$ npm run --silent ops -- check ada@example.com --local',
      ...(await ops(['check', 'ada@example.com', '--local'], { root: filled.root })).out.trim().split('\n'),
    ]);
    await page.close();
    return animated([started, empty, bounce, live, person, check]);
  } finally {
    await filled.stop();
  }
}

/** Longer lines are cut as a terminal's window would. */
const COLUMNS = 98;

const terminal = (lines: readonly string[]): string =>
  `<rect width="${WIDTH}" height="${HEIGHT}" fill="#10161c"/><g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="14" fill="#e8edf2">${lines
    .map(
      (line, at) => `<text x="24" y="${44 + at * 24}" xml:space="preserve">${escaped(line.slice(0, COLUMNS))}</text>`,
    )
    .join('')}</g>`;

const escaped = (text: string): string =>
  text
    .replace(/[^\P{Cc}\t]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

/** One scene after the other, round and round; whoever wants no motion sees the last. */
function animated(scenes: readonly string[]): string {
  const total = scenes.length * STAY;
  const share = (100 / scenes.length).toFixed(3);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="The first two minutes: the stack starts, a bounce arrives, the person is on the list">
<style>.s{visibility:hidden;animation:s ${total}s step-end infinite}@keyframes s{0%{visibility:visible}${share}%,100%{visibility:hidden}}@media (prefers-reduced-motion:reduce){.s{animation:none}.s:last-of-type{visibility:visible}}</style>
${scenes.map((scene, at) => `<g class="s" style="animation-delay:${(at * STAY).toFixed(1)}s">${scene}</g>`).join('\n')}
</svg>
`;
}
