import { relative } from 'node:path';
import type { StackFile } from './home.ts';

/** What is shown once the stack takes requests. */
export function welcome({ url, sources, keysFile, logsDir, console }: StackFile): string {
  const names = Object.keys(sources);
  const first = names.includes('sendgrid') ? 'sendgrid' : (names[0] ?? '');
  const width = Math.max(...names.map((name) => name.length));
  const urls = Object.entries(sources).map(([name, source]) => `  ${name.padEnd(width)}  ${source.url}`);
  return [
    '',
    ...(console ? [`Look at it: ${console.url}`, ''] : []),
    `Quell is running at ${url}`,
    '',
    ...urls,
    '',
    'Try, in another terminal:',
    `  npm run --silent ops -- send ${first} --local                     # a signed bounce: accepted`,
    `  curl -i -X POST ${sources[first]?.url} -H 'content-type: application/json' -d '[]'   # no proof of origin: 401`,
    '',
    `Logs are in ${relative('', logsDir)}, the keys that sign samples in ${relative('', keysFile)}. Ctrl-C stops it.`,
    '',
  ].join('\n');
}
