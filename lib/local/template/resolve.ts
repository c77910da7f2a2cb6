import { LocalError } from '../error.ts';

/** What a resource is called here: the value of `Ref`, and of each `Fn::GetAtt`. */
export interface Place {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}
export type Places = ReadonlyMap<string, Place>;

/** `AWS::NoValue`: the property that holds it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

/**
 * A template value with every intrinsic function replaced by its local value.
 * @throws LocalError naming a function, resource or attribute that has none.
 */
export function resolve(value: unknown, places: Places): unknown {
  const resolved = walk(value, places);
  return resolved === NO_VALUE ? undefined : resolved;
}

function walk(value: unknown, places: Places): unknown {
  if (Array.isArray(value)) return value.map((item) => walk(item, places)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && isIntrinsic(first[0])) return intrinsic(first[0], first[1], places);
  const resolved = entries.map(([key, item]) => [key, walk(item, places)] as const);
  return Object.fromEntries(resolved.filter(([, item]) => item !== NO_VALUE));
}

export const isIntrinsic = (key: string): boolean => key === 'Ref' || key.startsWith('Fn::');

function intrinsic(name: string, input: unknown, places: Places): unknown {
  switch (name) {
    case 'Ref':
      return input === 'AWS::NoValue' ? NO_VALUE : place(String(input), places).ref;
    case 'Fn::GetAtt': {
      const [id = '', ...path] = typeof input === 'string' ? input.split('.') : (input as string[]);
      return attribute(id, path.join('.'), places);
    }
    case 'Fn::Join': {
      const [separator, parts] = input as [string, unknown];
      return (walk(parts, places) as unknown[]).join(separator);
    }
    case 'Fn::Split': {
      const [separator, text] = input as [string, unknown];
      return String(walk(text, places)).split(separator);
    }
    case 'Fn::Select': {
      const [index, list] = input as [number | string, unknown];
      return (walk(list, places) as unknown[])[Number(index)];
    }
    case 'Fn::Sub':
      return substitute(input as string | [string, Record<string, unknown>], places);
    default:
      throw new LocalError(
        `the template uses ${name}, which the local run does not know (lib/local/template/resolve.ts)`,
      );
  }
}

function substitute(input: string | [string, Record<string, unknown>], places: Places): string {
  const [text, own] = Array.isArray(input) ? input : [input, {}];
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(own, name)) return String(walk(own[name], places));
    const [id = '', ...path] = name.split('.');
    return path.length > 0 ? attribute(id, path.join('.'), places) : place(id, places).ref;
  });
}

function place(id: string, places: Places): Place {
  const found = places.get(id);
  if (!found)
    throw new LocalError(`the template refers to ${id}, which has no local value (lib/local/template/places.ts)`);
  return found;
}

function attribute(id: string, name: string, places: Places): string {
  const value = place(id, places).attributes[name];
  if (value === undefined)
    throw new LocalError(`the template reads ${id}.${name}, which has no local value (lib/local/template/places.ts)`);
  return value;
}
