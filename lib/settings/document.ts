/** A settings file as people write it: JSON, and beside it comments (why a number is as it is) and a comma after a last member. */
export interface Document {
  /** Strict JSON, every character at its place. */
  readonly json: string;
  /** Line of the first word that JSON does not know. */
  readonly strangeAt?: number;
  /** Members that stand twice in one object: of these JSON keeps the last, without a word. */
  readonly repeated: readonly { readonly path: readonly string[]; readonly lines: readonly [number, number] }[];
}

/** An object or a list that is open at some point of the text. */
interface Level {
  /** Where each member of an object stands; absent in a list. */
  readonly members?: Map<string, number>;
  readonly path: readonly string[];
  /** Of an object the member that is being read, of a list the index. */
  at: string;
  awaitsName: boolean;
}

const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}[\]:,]|[^\s"{}[\]:,/]+|\S/g;

const KNOWN = /^(?:"[\s\S]*"|[{}[\]:,]|true|false|null|-?\d[\d.eE+-]*)$/;

/** Says nothing about what is no JSON: whoever parses the outcome does. */
export function readDocument(text: string): Document {
  let strangeAt: number | undefined;
  const repeated: { path: readonly string[]; lines: readonly [number, number] }[] = [];
  const blanks: [from: number, to: number][] = [];
  const levels: Level[] = [];
  const lineOf = (index: number) => text.slice(0, index).split('\n').length;
  let before = { token: '', index: 0, wasOpening: true };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token.startsWith('//') || token.startsWith('/*')) {
      blanks.push([index, index + token.length]);
      continue;
    }
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      const path = level ? [...level.path, level.at] : [];
      levels.push({ path, at: '0', awaitsName: token === '{', ...(token === '{' && { members: new Map() }) });
    } else if (token === '}' || token === ']') {
      if (before.token === ',' && !before.wasOpening) blanks.push([before.index, before.index + 1]);
      levels.pop();
    } else if (token === ',' && level) {
      if (level.members) level.awaitsName = true;
      else level.at = String(Number(level.at) + 1);
    } else if (level?.members && level.awaitsName && token.startsWith('"')) {
      level.at = nameIn(token);
      level.awaitsName = false;
      const first = level.members.get(level.at);
      if (first !== undefined)
        repeated.push({ path: [...level.path, level.at], lines: [lineOf(first), lineOf(index)] });
      level.members.set(level.at, index);
    }
    if (!KNOWN.test(token)) strangeAt ??= lineOf(index);
    before = { token, index, wasOpening: /^[{[,]$/.test(before.token) || before.token === '' };
  }
  return { json: blanked(text, blanks), repeated, ...(strangeAt !== undefined && { strangeAt }) };
}

function nameIn(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return token;
  }
}

/** Line breaks stay, so that a parser's line is the file's. */
function blanked(text: string, blanks: readonly (readonly [number, number])[]): string {
  let rest = text;
  for (const [from, to] of blanks)
    rest = rest.slice(0, from) + rest.slice(from, to).replace(/[^\n]/g, ' ') + rest.slice(to);
  return rest;
}
