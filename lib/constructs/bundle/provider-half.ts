import { type Expression, parse, print } from '@swc/core';
import type { FunctionName } from '../../../lambda/contract/env.ts';
import type { Provider } from '../../../lambda/providers/provider.ts';

/**
 * What each function uses of a provider. The rest (samples, key making, settings schemas, and for `receive` the whole mapping) would be
 * a quarter of what it loads at a cold start. A function that is not named here keeps everything.
 */
const USED: Readonly<Partial<Record<FunctionName, ReadonlySet<keyof Provider>>>> = {
  receive: new Set(['id', 'keys', 'responses', 'acceptsGet', 'probe', 'verify', 'split']),
  process: new Set(['id', 'normalise', 'control', 'bindToken', 'topics']),
  pulse: new Set(['id', 'normalise', 'control', 'bindToken']),
};

/**
 * A provider's source with only those members in its `defineProvider({...})` that a function uses; what only the others needed is then
 * dead code, which the bundler drops.
 * @param source TypeScript of `lambda/providers/<id>/index.ts`
 */
export async function providerHalf(source: string, name: FunctionName): Promise<string> {
  const used: ReadonlySet<string> | undefined = USED[name];
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
