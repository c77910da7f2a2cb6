import { dirname, join, normalize } from 'node:path';

const DECLARED =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;
const NAMED = /\b(?:import|export)\s+(?:type\s+)?(?:\w+\s*,\s*)?\{([^}]*)\}\s*from\s*'(\.[^']+)'/g;
/** All of a module at once, or one that is loaded while the program runs: whatever it exports may be used. */
const WHOLE =
  /\b(?:import|export)\s+(?:type\s+)?\*(?:\s+as\s+\w+)?\s+from\s+'(\.[^']+)'|\bimport\(\s*['`](\.[^'`]+)['`]/g;

/**
 * What is exported and imported nowhere: nobody else needs it, so that whoever changes it need look at one file only.
 * @param texts by path from the root, all files that may import
 * @returns `<file>: <name>`
 */
export function unusedExports(texts: ReadonlyMap<string, string>, isAsked: (file: string) => boolean): string[] {
  const used = new Set<string>();
  for (const [file, text] of texts) {
    const target = (to: string): string => normalize(join(dirname(file), to)).replaceAll('\\', '/');
    for (const [, names = '', to = ''] of text.matchAll(NAMED))
      for (const name of names.split(',')) used.add(`${target(to)}: ${nameIn(name)}`);
    for (const [, all, loaded] of text.matchAll(WHOLE)) used.add(target(all ?? loaded ?? ''));
  }
  return [...texts].flatMap(([file, text]) =>
    isAsked(file) && !used.has(file)
      ? [...text.matchAll(DECLARED)].map(([, name]) => `${file}: ${name}`).filter((name) => !used.has(name))
      : [],
  );
}

/** `type a as b` is `a`. */
const nameIn = (text: string): string => /^(?:type\s+)?(\w*)/.exec(text.trim())?.[1] ?? '';
