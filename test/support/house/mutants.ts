/**
 * What no test guards: changes one operator, constant, key or call of a file at a time and runs the quick tests that import the file.
 * `npm run mutants -- lambda/domain 100` takes a seeded sample of a hundred changes; every survivor is printed with its line.
 * It changes files while it runs, and puts each back: use a clean checkout.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from '@swc/core';

interface Change {
  readonly file: string;
  readonly line: number;
  readonly was: string;
  readonly becomes: string;
  readonly text: string;
}

type Node = { readonly type?: string; readonly span?: { readonly start: number; readonly end: number } } & Record<
  string,
  unknown
>;

const SWAPPED = new Map([
  ['===', '!=='],
  ['!==', '==='],
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['+', '-'],
  ['-', '+'],
  ['*', '/'],
  ['/', '*'],
  ['&&', '||'],
  ['||', '&&'],
]);

/** Every single change of a file: `[start, end, text]` of the bytes that are replaced. */
function changesOf(file: string): Change[] {
  const source = readFileSync(file);
  // A semicolon of our own tells where the parser begins to count: it counts on from one file to the next.
  const tree = parseSync(`;${source.toString()}`, { syntax: 'typescript', target: 'es2024' }) as unknown as Node;
  const zero = (tree.span?.start ?? 0) + 1;
  const found: Change[] = [];
  const slice = (start: number, end: number): string => source.subarray(start, end).toString();
  const add = (start: number, end: number, becomes: string): void => {
    const text = slice(0, start) + becomes + slice(end, source.length);
    const line = slice(0, start).split('\n').length;
    found.push({ file, line, was: slice(start, end), becomes, text });
  };
  const visit = (value: unknown, parent?: Node): void => {
    if (Array.isArray(value)) for (const one of value) visit(one, parent);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const node = value as Node;
    const { type = '' } = node;
    if (type.startsWith('Ts') && !/^Ts(As|Satisfies|NonNull|Const)/.test(type)) return;
    if (type === 'ImportDeclaration' || /^Export(All|Named)Declaration$/.test(type)) return;
    const at = node.span && { start: node.span.start - zero, end: node.span.end - zero };
    if (at) change(node, at, parent);
    for (const [key, inner] of Object.entries(node)) if (key !== 'span') visit(inner, node);
  };
  const change = (node: Node, { start, end }: { start: number; end: number }, parent?: Node): void => {
    const text = slice(start, end);
    if (node.type === 'BinaryExpression') {
      const left = (node.left as Node).span?.end ?? 0;
      const right = (node.right as Node).span?.start ?? 0;
      const between = slice(left - zero, right - zero);
      const operator = String(node.operator);
      const other = SWAPPED.get(operator);
      const place = between.indexOf(operator);
      if (other !== undefined && place >= 0) add(left - zero + place, left - zero + place + operator.length, other);
    } else if (node.type === 'NumericLiteral') add(start, end, String(Number(node.value) + 1));
    else if (node.type === 'BooleanLiteral') add(start, end, node.value === true ? 'false' : 'true');
    else if (node.type === 'StringLiteral' && node.value !== '' && parent?.type !== 'ImportDeclaration')
      add(start, end, "''");
    else if (node.type === 'UnaryExpression' && node.operator === '!') add(start, start + 1, '');
    else if (node.type === 'ConditionalExpression') {
      const test = (node.test as Node).span;
      if (test) add(test.start - zero, test.end - zero, 'false');
    } else if (node.type === 'IfStatement') {
      const test = (node.test as Node).span;
      if (test) add(test.start - zero, test.end - zero, 'false');
    } else if (node.type === 'KeyValueProperty' && text.length < 400) add(start, end, '...{}');
    else if (node.type === 'ExpressionStatement' && text.length < 200) add(start, end, ';');
  };
  visit(tree);
  return found;
}

const imports = new Map<string, string[]>();
function importsOf(file: string): string[] {
  const known = imports.get(file);
  if (known) return known;
  const found = [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
    .map(([, to = '']) => normalize(join(dirname(file), to)))
    .filter((to) => existsSync(to));
  imports.set(file, found);
  return found;
}

/** Fewest imports between a test and the file, or undefined: the nearest tests are asked first. */
function distance(test: string, file: string): number | undefined {
  const seen = new Set([test]);
  let ring = [test];
  for (let steps = 0; ring.length > 0; steps++) {
    if (ring.includes(file)) return steps;
    ring = ring.flatMap(importsOf).filter((next) => next.endsWith('.ts') && !seen.has(next) && seen.add(next));
  }
  return undefined;
}

function testsFor(file: string, tests: readonly string[]): string[] {
  return tests
    .map((test) => ({ test, steps: distance(test, file) }))
    .filter((one): one is { test: string; steps: number } => one.steps !== undefined)
    .sort((a, b) => a.steps - b.steps)
    .slice(0, 4)
    .map(({ test }) => test);
}

/** Whether one of the tests fails. A run that takes longer than ten minutes counts as failed. */
function noticed(tests: readonly string[]): boolean {
  const { status } = spawnSync(
    process.execPath,
    ['bin/preflight.mjs', 'test/support/run-jest.mjs', '-i', '--bail', ...tests],
    { stdio: 'ignore', timeout: 600_000 },
  );
  return status !== 0;
}

/** A random order that is the same in each run. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return items
    .map((item) => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

const [folder = 'lambda/domain', many = '50', seed = '1', where = 'test/lambda'] = process.argv.slice(2);
const tests = globSync(`${where}/**/*.test.ts`).sort();
const changes = globSync(`${folder}/**/*.ts`).sort().flatMap(changesOf);
const sample = shuffled(changes, Number(seed)).slice(0, Number(many));
let guarded = 0;
for (const [index, { file, line, was, becomes, text }] of sample.entries()) {
  const before = readFileSync(file, 'utf8');
  const suites = testsFor(file, tests);
  writeFileSync(file, text);
  try {
    if (suites.length > 0 && noticed(suites)) guarded++;
    else process.stdout.write(`${file}:${line}  ${was.replace(/\s+/g, ' ').slice(0, 90)}  ->  ${becomes}\n`);
  } finally {
    writeFileSync(file, before);
  }
  if ((index + 1) % 10 === 0) process.stderr.write(`${index + 1} of ${sample.length}: ${guarded} noticed\n`);
}
process.stdout.write(`${folder}: ${guarded} of ${sample.length} changes noticed (${changes.length} possible)\n`);
