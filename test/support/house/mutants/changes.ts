/** Every single change of an operator, constant, key, argument or call of a source file. */
import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';

export interface Change {
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

/** Calls whose opposite is as easily written. */
const OPPOSITES = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
  ['some', 'every'],
  ['every', 'some'],
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
  ['push', 'unshift'],
  ['toLowerCase', 'toUpperCase'],
]);

/** What people read, and nothing decides by. */
const SENTENCE = /\S\s+\S+\s+\S/;

/** Every single change of a file, with the whole text that it becomes. */
export function changesOf(file: string): Change[] {
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
      if (operator === '??') add(left - zero, end, '');
    } else if (node.type === 'NumericLiteral') add(start, end, String(Number(node.value) + 1));
    else if (node.type === 'BooleanLiteral') add(start, end, node.value === true ? 'false' : 'true');
    else if (node.type === 'StringLiteral' && node.value !== '' && !SENTENCE.test(String(node.value)))
      add(start, end, "''");
    else if (node.type === 'Identifier' && parent?.type === 'MemberExpression' && OPPOSITES.has(text))
      add(start, end, OPPOSITES.get(text) ?? '');
    else if (node.type === 'ArrayExpression' || node.type === 'CallExpression') withoutLast(node, add, zero);
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

/** The last item of a list, or the last of several arguments, left out. */
function withoutLast(node: Node, add: (start: number, end: number, becomes: string) => void, zero: number): void {
  const items = ((node.elements ?? node.arguments) as ({ expression: Node } | undefined)[]).map(
    (item) => item?.expression,
  );
  const [before, last] = items.slice(-2);
  if (before?.span && last?.span && !SENTENCE.test(String(last.value)))
    add(before.span.end - zero, last.span.end - zero, '');
}
