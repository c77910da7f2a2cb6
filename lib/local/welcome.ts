import { relative } from 'node:path';
import type { StackFile } from './home.ts';

/** What is shown once the stack takes requests. */
export function welcome({ url, sources, keysFile, logsDir, console }: StackFile, dataDir: string | undefined): string {
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
    `  npm run --silent ops -- send ${first} --local --to ada@example.com    # a signed bounce: accepted`,
    '  npm run --silent ops -- check ada@example.com --local                 # suppressed, and why',
    `  npm run --silent ops -- send ${first} --local --body my.json          # what you have, signed`,
    `  curl -i -X POST ${sources[first]?.url} -H 'content-type: application/json' -d '[]'   # no proof of origin: 401`,
    '',
    `Logs are in ${relative('', logsDir)}, the keys that sign samples in ${relative('', keysFile)}. Requests show below as they come.`,
    dataDir === undefined
      ? 'Ctrl-C stops it, and everything is gone then, keys too. To keep it: npm start -- --data .data'
      : `Ctrl-C stops it. Tables, queues and keys stay in ${dataDir}: npm start -- --data ${dataDir} goes on with them.`,
    '',
  ].join('\n');
}
