import { type Expression, type ModuleItem, parse, print } from '@swc/core';
import type { FunctionName } from '../../../lambda/contract/env.ts';
import { USED } from '../../../lambda/providers/provider.ts';

const KEPT = new Map<string, ReadonlySet<string>>(
  Object.entries(USED).map(([name, members]) => [name, new Set(members)]),
);

/**
 * A provider's source with only those members in its `defineProvider({...})` that a function uses; what only the others needed is then
 * dead code, which the bundler drops. A function that `USED` does not name keeps everything.
 * @param source TypeScript of `lambda/providers/<id>/index.ts`
 */
export async function providerHalf(source: string, name: FunctionName): Promise<string> {
  const used: ReadonlySet<string> | undefined = KEPT.get(name);
  if (!used) return source;
  const module = await parse(source, { syntax: 'typescript', target: 'es2024' });
  for (const item of module.body) {
    if (item.type !== 'ExportDeclaration' || item.declaration.type !== 'VariableDeclaration') continue;
    for (const { init } of item.declaration.declarations) if (init) keepOnly(used, init);
  }
  module.body = withoutUnused(module.body);
  return (await print(module, {})).code;
}

/**
 * Without the constants that nothing in the module speaks of any more. A bundler cannot know that making them does nothing else, and would
 * keep the schemas of options, which are checked before a deploy, and the library that makes those.
 */
function withoutUnused(body: readonly ModuleItem[]): ModuleItem[] {
  const spokenOf = body.map((item) => new Set(variablesIn(item)));
  const kept = body.filter((item, at) => {
    if (item.type !== 'VariableDeclaration') return true;
    return item.declarations.some(
      ({ id }) => !isVariable(id) || spokenOf.some((variables, other) => other !== at && variables.has(variable(id))),
    );
  });
  return kept.length < body.length ? withoutUnused(kept) : kept;
}

/** Every variable that is spoken of in it, other than in types; one that hides another of the same name is another. */
function variablesIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  if (isVariable(node)) return [variable(node)];
  const isType = 'type' in node && String(node.type).startsWith('Ts');
  // `value as Type` and its like.
  if (isType) return 'expression' in node ? variablesIn(node.expression) : [];
  return Object.values(node).flatMap(variablesIn);
}

interface Variable {
  readonly type: 'Identifier';
  readonly value: string;
  /** The scope it is of; names of members have none. */
  readonly ctxt: number;
}

const isVariable = (node: object): node is Variable => 'type' in node && node.type === 'Identifier' && 'ctxt' in node;
const variable = ({ value, ctxt }: Variable): string => `${value} ${ctxt}`;

function keepOnly(used: ReadonlySet<string>, expression: Expression): void {
  if (
    expression.type !== 'CallExpression' ||
    expression.callee.type !== 'Identifier' ||
    expression.callee.value !== 'defineProvider'
  )
    return;
  const [argument] = expression.arguments;
  if (argument?.expression.type !== 'ObjectExpression')
    throw new Error('defineProvider takes its object as it is written, so that a bundle can leave members out');
  argument.expression.properties = argument.expression.properties.filter((member) => {
    if (member.type === 'SpreadElement')
      throw new Error('a provider names its members one by one, so that a bundle can leave some out');
    const key = member.type === 'Identifier' ? member : member.key;
    return key.type === 'Identifier' && used.has(key.value);
  });
}
