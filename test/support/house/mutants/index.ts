/**
 * What no test guards: changes one thing at a time and runs the quick tests near it, until one fails.
 * `npm run mutants -- lambda/domain 100 7` takes a sample of a hundred changes with the seed 7; every survivor is printed with its line.
 * It changes files while it runs, and puts each back: use a clean checkout. DEBUG=1 tells what each change cost, and which suite noticed it.
 * `npm run mutants -- template 100 7` changes a property, grant, condition, target or threshold of the synthesized templates instead.
 */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../../../../bench/load/days.ts';
import { changesOf } from './changes.ts';
import { affordable, run, stop, suitesFor } from './suites.ts';
import { changesOfTemplates } from './template-changes.ts';

const [what = 'lambda/domain', many = '50', seed = '1', where] = process.argv.slice(2);

function sampled<T>(all: readonly T[]): T[] {
  const next = seeded(Number(seed));
  const keyed = all.map((item) => ({ item, key: next() })).sort((a, b) => a.key - b.key);
  return keyed.map(({ item }) => item).slice(0, Number(many));
}

interface Try {
  /** As it is printed when nothing fails. */
  readonly name: string;
  /** Which suite fails with it. */
  readonly noticed: () => Promise<string | undefined>;
}

function ofSources(): Try[] {
  const tests = globSync(`${where ?? `test/${what.split('/')[0]}`}/**/*.test.ts`).sort();
  return globSync(`${what}/**/*.ts`)
    .sort()
    .flatMap(changesOf)
    .map(({ file, line, was, becomes, text }) => ({
      name: `${file}:${line}  ${was.replace(/\s+/g, ' ').slice(0, 90)}  ->  ${becomes}`,
      noticed: async () => {
        const suites = await suitesFor(file, tests);
        const before = readFileSync(file, 'utf8');
        writeFileSync(file, text);
        try {
          return (await run(suites)).failed;
        } finally {
          writeFileSync(file, before);
        }
      },
    }));
}

function ofTemplates(): Try[] {
  process.env.CHANGED_TEMPLATE = join(import.meta.dirname, 'changed-template.ts');
  process.env.TEMPLATES = mkdtempSync(join(tmpdir(), 'quell-templates-'));
  const readers = globSync(`${where ?? 'test/lib'}/**/*.test.ts`)
    .filter((file) => /support\/(template|relations\/view)\.ts'/.test(readFileSync(file, 'utf8')))
    // Those of the whole template first.
    .sort((a, b) => Number(b.includes('/template/')) - Number(a.includes('/template/')) || (a < b ? -1 : 1));
  return changesOfTemplates().map((change) => ({
    name: `${change.type} ${change.id}  ${change.path.join('.')}  ->  ${JSON.stringify(change.becomes) ?? 'left out'}`,
    noticed: async () => (await run(await affordable(readers), JSON.stringify(change))).failed,
  }));
}

const all = what === 'template' ? ofTemplates() : ofSources();
const sample = sampled(all);
let noticed = 0;
for (const [index, one] of sample.entries()) {
  const suite = await one.noticed();
  if (suite === undefined) process.stdout.write(`${one.name}\n`);
  else noticed++;
  if ((index + 1) % 10 === 0) process.stderr.write(`${index + 1} of ${sample.length}: ${noticed} noticed\n`);
}
stop();
if (process.env.TEMPLATES) rmSync(process.env.TEMPLATES, { recursive: true });
process.stdout.write(
  `${what}, seed ${seed}: ${noticed} of ${sample.length} changes noticed (${all.length} possible)\n`,
);
