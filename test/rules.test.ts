import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { API_IDS, apiOf } from '../lambda/providers/apis.ts';
import { PROVIDERS } from '../lambda/providers/index.ts';
import { LIST_FILES } from '../lambda/providers/list-files.ts';
import { circles } from './support/house/circles.ts';
import { unusedExports } from './support/house/exports.ts';
import { FOLDERS, withFolders } from './support/house/folders.ts';
import { withTables } from './support/providers/table.ts';

/** Rules of the house that no type holds: which folder may import which, and what belongs to every provider. */

const sources = globSync('{bin,lib,lambda}/**/*.ts').map((file) => file.replaceAll('\\', '/'));

/** Project files that a file imports, as paths from the root; packages as they are written. */
function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
    target.startsWith('.') ? normalize(join(dirname(file), target)).replaceAll('\\', '/') : target,
  );
}

const AWS = /^(@aws-sdk|@smithy|@aws-lambda-powertools|@middy|aws-cdk-lib|constructs)/;

describe('imports point one way', () => {
  test.each(FOLDERS.map(({ folder, imports }) => [folder, [folder, ...imports]] as const))('%s', (folder, allowed) => {
    const files = sources.filter((file) => file.startsWith(folder));
    expect(files.length).toBeGreaterThan(0);
    const wrong = files.flatMap((file) =>
      imports(file)
        .filter(
          (target) => /^(bin|lib|lambda|test)\//.test(target) && !allowed.some((prefix) => target.startsWith(prefix)),
        )
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the table of docs/architecture.md is this one', () => {
    const text = readFileSync('docs/architecture.md', 'utf8');
    expect(text).toBe(withFolders(text));
  });

  test('handlers see a provider as their bundle holds it: through `providerIn`, or as the one whole they name', () => {
    const handlers = sources.filter((file) => file.startsWith('lambda/handlers/'));
    expect(handlers.filter((file) => imports(file).includes('lambda/providers/index.ts'))).toEqual([]);
    const whole = handlers.filter((file) =>
      imports(file).some((target) => /^lambda\/providers\/[^/]+\/index/.test(target)),
    );
    expect(whole).toEqual(['lambda/handlers/pulse/heartbeat.ts']);
  });

  test('every file stands in one of these folders, or begins a program', () => {
    const outside = sources.filter((file) => !FOLDERS.some(({ folder }) => file.startsWith(folder)));
    expect(outside.sort()).toEqual(['bin/app.ts', 'bin/local.ts', 'bin/ops.ts', 'lib/stack.ts']);
  });

  test('contract, domain and providers know no AWS', () => {
    const pure = sources.filter((file) => /^lambda\/(contract|domain|providers)\//.test(file));
    expect(
      pure.flatMap((file) =>
        imports(file)
          .filter((target) => AWS.test(target))
          .map((target) => `${file} imports ${target}`),
      ),
    ).toEqual([]);
  });

  test('domain and contract do no input or output, and ask no clock', () => {
    const pure = sources.filter((file) => /^lambda\/(contract|domain|providers)\//.test(file));
    const impure = pure.filter((file) => {
      const text = readFileSync(file, 'utf8');
      return /\bDate\.now\(|new Date\(\)|\bfetch\(|\bprocess\.(stdout|stderr|exit|argv)|from 'node:(fs|http|https|net|child_process)/.test(
        text,
      );
    });
    expect(impure).toEqual([]);
  });
});

describe('shape', () => {
  test('no import circle, types included', () => {
    expect(circles(new Map(sources.map((file) => [file, imports(file)])))).toEqual([]);
    // The walk itself: a circle of types only, one through a third file, and a file that imports itself.
    const made = { a: ['b'], b: ['c', 'd'], c: ['a'], d: [], e: ['e'] };
    expect(circles(new Map(Object.entries(made))).map((circle) => circle.toSorted())).toEqual([['a', 'b', 'c'], ['e']]);
  });

  test('a file holds one idea: none of the product has more than 200 lines', () => {
    const long = globSync('{bin,lib,lambda,bench}/**/*.{ts,mjs}').filter(
      (file) => readFileSync(file, 'utf8').split('\n').length > 201,
    );
    expect(long).toEqual([]);
  });

  test('what a file exports, another one imports', () => {
    const files = globSync('{bin,lib,lambda,test,bench}/**/*.{ts,mjs}').map((file) => file.replaceAll('\\', '/'));
    const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
    // Imported by AWS Lambda, by other people's programs and by the SDK's own files.
    const forOthers = /\/handler\.ts: handler$|^lib\/reader\/index\.ts: |^lib\/constructs\/bundle\/sdk-stubs\.ts: /;
    const unused = unusedExports(texts, (file) => /^(bin|lib|lambda)\//.test(file));
    expect(unused.filter((name) => !forOthers.test(name))).toEqual([]);
    // The look itself: by its own name, under another, as a type, as a whole, while the program runs; and nobody.
    const made = {
      'a/x.ts':
        'export const one = 1;\nexport const two = 2;\nexport interface Three {}\nexport async function four() {}\n',
      'a/y.ts': 'export class Five {}\n',
      'a/z.ts': 'export type Six = 6;\n',
      'b/w.ts':
        "import { one, type Three as T, two as zwei } from '../a/x.ts';\nimport * as y from '../a/y.ts';\nimport('../a/z.ts')",
    };
    expect(unusedExports(new Map(Object.entries(made)), () => true)).toEqual(['a/x.ts: four']);
  });

  test('no folder with more than 15 loose files, but where each ESP has one', () => {
    const all = globSync('{bin,lib,lambda,test,bench}/**/*.{ts,mjs,json}').map((file) => file.replaceAll('\\', '/'));
    const loose = Map.groupBy(all, (file) => dirname(file));
    const crowded = [...loose].filter(([, files]) => files.length > 15).map(([folder]) => folder);
    expect(crowded).toEqual(['test/lambda/providers']);
  });
});

test('what a test draws can be drawn again: chance has a seed', () => {
  const drawing = globSync('test/**/*.{ts,mjs}').filter((file) =>
    /\bMath\.random\(|\brandomInt\(/.test(readFileSync(file, 'utf8')),
  );
  expect(drawing.map((file) => file.replaceAll('\\', '/'))).toEqual(['test/support/surroundings/chance.ts']);
});

test('words of the contract are spelt there alone: what is about no address, and the name of the stack', () => {
  const spelling = (words: RegExp): string[] => sources.filter((file) => words.test(readFileSync(file, 'utf8')));
  expect(spelling(/startsWith\(['"`]~/)).toEqual(['lambda/contract/tables.ts']);
  expect(spelling(/`quell-\$\{|'quell-local'/)).toEqual(['lambda/contract/outputs.ts']);
});

test('no command and no function has a policy of its own: the default is that of the settings', () => {
  const telling = sources.filter((file) => readFileSync(file, 'utf8').includes('DEFAULT_POLICY'));
  expect(telling).toEqual(['lib/settings/policy.ts']);
});

test('the tables of docs/providers.md are those of the registry', () => {
  const text = readFileSync('docs/providers.md', 'utf8');
  expect(text).toBe(withTables(text));
  for (const { title } of PROVIDERS.values()) expect(text).toContain(`| ${title} |`);
});

describe('what stands in the folder of an ESP is registered', () => {
  const idsWith = (file: string): string[] =>
    globSync(`lambda/providers/*/${file}`)
      .map((path) => basename(dirname(path)))
      .filter((id) => id !== 'shared')
      .sort();
  /** Sentences about what is in one of the two alone. */
  const apart = (file: string, registered: Iterable<string>, place: string): string[] => {
    const [there, known] = [new Set(idsWith(file)), new Set(registered)];
    return [
      ...[...there.difference(known)].map((id) => `lambda/providers/${id}/${file}: add a line for it to ${place}`),
      ...[...known.difference(there)].map(
        (id) => `${place} names ${id}, but there is no lambda/providers/${id}/${file}`,
      ),
    ];
  };

  test('the provider itself', () => {
    const folders = readdirSync('lambda/providers', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
      .map(({ name }) => name);
    const empty = folders.filter((id) => !existsSync(`lambda/providers/${id}/index.ts`));
    expect(empty.map((id) => `lambda/providers/${id}/index.ts is missing`)).toEqual([]);
    expect(apart('index.ts', PROVIDERS.keys(), 'PROVIDERS in lambda/providers/index.ts')).toEqual([]);
  });

  test('its API, and how a webhook is made there', async () => {
    expect(apart('api.ts', API_IDS, '`api` of the provider in its index.ts')).toEqual([]);
    const unused = await Promise.all(
      idsWith('hook-api.ts').map(async (id) => {
        const hooks = `lambda/providers/${id}/hook-api.ts`;
        const given = imports(`lambda/providers/${id}/api.ts`).includes(hooks) && (await apiOf(id))?.webhooks;
        return given ? [] : [`${hooks}: give it to \`webhooks\` of the API in lambda/providers/${id}/api.ts`];
      }),
    );
    expect(unused.flat()).toEqual([]);
  });

  test('the file of its list', () => {
    const ids = LIST_FILES.map(([id]) => id);
    expect(apart('list-file.ts', ids, 'LIST_FILES in lambda/providers/list-files.ts')).toEqual([]);
  });
});

describe.each([...PROVIDERS.keys()])('provider %s', (id) => {
  test('stands in one folder of its name, is tested and documented', () => {
    expect(existsSync(`lambda/providers/${id}/index.ts`)).toBe(true);
    expect(readFileSync(`test/lambda/providers/${id}.test.ts`, 'utf8')).toContain(`providerContract('${id}'`);
    const docs = readFileSync(`docs/providers/${id}.md`, 'utf8');
    const headings = [...docs.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'Set up',
      'Secret',
      'Test button',
      'Retries and failures',
      'What it cannot tell us',
      'Fields read',
    ]);
    expect(readFileSync('docs/providers.md', 'utf8')).toContain(
      `| [${PROVIDERS.get(id)?.title}](providers/${id}.md) | \`${id}\` |`,
    );
  });

  test('names on its page each field that it reads', () => {
    const [, named = ''] = readFileSync(`docs/providers/${id}.md`, 'utf8').split('## Fields read');
    const code = globSync(`lambda/providers/${id}/!(*api|samples).ts`).map((file) => readFileSync(file, 'utf8'));
    const READ =
      /\b(?:text|number|instant|\w+Time|fields|list|listed|tagList|stringMap|country)\(\w+(?:\.\w+)*?(?:\.(\w+)|\['([^']+)'\])\)/g;
    const read = code.flatMap((text) => [...text.matchAll(READ)].map(([, name, quoted]) => name ?? quoted ?? ''));
    expect(read.filter((name) => !new RegExp(`(?<!\\w)${RegExp.escape(name)}(?!\\w)`).test(named))).toEqual([]);
  });
});
