import { arrivalsOf } from '../load/days.ts';
import { quantile } from '../stats.ts';
import { startFilled } from './stack.ts';

export interface PageTime {
  readonly path: string;
  /** The first time; later ones find some of it in memory. */
  readonly firstMs: number;
  readonly medianMs: number;
  readonly worstMs: number;
  /** Of a page that says first that it is being made: when it was, from the first request on. */
  readonly madeMs?: number;
}

export interface ConsoleResult {
  readonly events: number;
  readonly suppressed: number;
  readonly pages: readonly PageTime[];
}

export const EVENTS = 100_000;
export const SUPPRESSED = 10_000;
const SOURCES = [
  { name: 'shop', provider: 'generic' },
  { name: 'news', provider: 'sendgrid' },
  { name: 'receipts', provider: 'generic' },
] as const;
const ROUNDS = 7;
const HOUR = 3_600_000;

/** How long each page takes, from the request to its last byte, over a day of 100,000 events that suppressed 10,000 people. */
export async function measureConsole(
  into: string,
  { events, suppressed } = { events: EVENTS, suppressed: SUPPRESSED },
): Promise<ConsoleResult> {
  const filled = await startFilled(into, SOURCES);
  try {
    const to = Date.now();
    await filled.fill(arrivalsOf({ seed: 14, sources: SOURCES, from: to - 24 * HOUR, to, events, suppressed }));
    const entrance = filled.stack.console?.url ?? '';
    const { origin } = new URL(entrance);
    const entered = await fetch(entrance, { redirect: 'manual' });
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const ask = async (path: string, accept = 'text/html'): Promise<Response> => {
      const answer = await fetch(origin + path, { headers: { cookie, accept } });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
      return answer;
    };
    const { rows } = (await (await ask('/list', 'application/json')).json()) as { rows: { address: string }[] };
    const person = `/people/${encodeURIComponent(rows[0]?.address ?? '')}`;
    const pages: PageTime[] = [];
    for (const path of pathsOf(person)) {
      const times: number[] = [];
      let madeMs: number | undefined;
      for (let round = 0; round <= ROUNDS; round++) {
        const start = performance.now();
        const answer = await ask(path);
        await answer.text();
        times.push(performance.now() - start);
        if (answer.headers.get('refresh') === null || madeMs !== undefined) continue;
        // Programs wait for it.
        await (await ask(path, 'application/json')).text();
        madeMs = performance.now() - start;
      }
      const [firstMs = 0, ...later] = times;
      pages.push({
        path: path.replace(person, '/people/<address>'),
        firstMs,
        medianMs: quantile(later, 0.5),
        worstMs: Math.max(...later),
        ...(madeMs !== undefined && { madeMs }),
      });
    }
    return { events, suppressed, pages };
  } finally {
    await filled.stop();
  }
}

const pathsOf = (person: string): string[] => [
  '/',
  person,
  '/messages/mail-4711%40shop.example.com',
  '/list',
  '/list?reason=complaint',
  '/list?reason=manual',
  '/events',
  '/events?since=7d&type=complained',
  '/rates',
  '/rates?by=day&since=30d',
  '/requests/days-4700',
  '/audit',
  '/list/undo',
  '/letters',
  '/sources/shop',
  '/reports',
  '/reports/bounce-reasons',
  '/reports/funnel',
];

/** By itself: `node bench/console/measure.ts`. */
if (import.meta.main) {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const into = mkdtempSync(join(tmpdir(), 'quell-console-'));
  const { pages } = await measureConsole(into, {
    events: Number(process.argv[2] ?? EVENTS),
    suppressed: Number(process.argv[3] ?? SUPPRESSED),
  });
  for (const { path, firstMs, medianMs, worstMs, madeMs } of pages)
    process.stdout.write(
      `${path.padEnd(44)} ${medianMs.toFixed(0).padStart(6)} ms  worst ${worstMs.toFixed(0)} ms  first ${firstMs.toFixed(0)} ms${madeMs === undefined ? '' : `  made ${madeMs.toFixed(0)} ms`}\n`,
    );
  rmSync(into, { recursive: true, force: true });
}
