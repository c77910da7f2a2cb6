/**
 * `npm run bench`: the numbers this project holds itself to, each beside its floor or a peer measured in the same run.
 * `-- --json` prints one flat object, `-- --write-docs` writes docs/performance.md and docs/cost.md.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keysOf } from './keys.ts';
import { costDoc } from './report/cost-doc.ts';
import { performanceDoc } from './report/performance-doc.ts';
import { printed } from './report/print.ts';
import { measureAll } from './run/all.ts';

const DOCS = join(import.meta.dirname, '../docs');
const USAGE = 'npm run bench -- [--json] [--write-docs]\n';

async function main(): Promise<number> {
  let values: { json?: boolean; 'write-docs'?: boolean };
  try {
    ({ values } = parseArgs({ options: { json: { type: 'boolean' }, 'write-docs': { type: 'boolean' } } }));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const everything = await measureAll((line) => process.stderr.write(`bench: ${line}\n`));
  process.stdout.write(`${values.json ? JSON.stringify(keysOf(everything), undefined, 2) : printed(everything)}\n`);
  if (values['write-docs']) {
    writeFileSync(join(DOCS, 'performance.md'), performanceDoc(everything));
    writeFileSync(join(DOCS, 'cost.md'), costDoc(everything));
  }
  return 0;
}

process.exitCode = await main();
