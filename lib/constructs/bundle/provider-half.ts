import { type Expression, parse, print } from '@swc/core';
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
  return (await print(module, {})).code;
}

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
