/** A settings file as people write it: JSON, and beside it comments (why a number is as it is) and a comma after a last member. */
interface Document {
  /** Strict JSON, every character at its place. */
  readonly json: string;
  /** Line of the first word that JSON does not know. */
  readonly strangeAt?: number;
  /** Members that stand twice in one object: of these JSON keeps the last, without a word. */
  readonly repeated: readonly { readonly path: readonly string[]; readonly lines: readonly [number, number] }[];
}

/** An object or a list that is open at some point of the text. */
interface Level {
  /** The line of each member of an object; absent in a list. */
  readonly members?: Map<string, number>;
  /** Of an object the member that is being read, of a list the index. */
  at: string;
  awaitsName: boolean;
}

const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[{}[\]:,]|[^\s"{}[\]:,/]+|\S/g;

const KNOWN = /^(?:"[\s\S]*"|[{}[\]:,]|true|false|null|-?\d[\d.eE+-]*)$/;

/** Says nothing about what is no JSON: whoever parses the outcome does. Takes time by the length of the text, whatever stands in it. */
export function readDocument(text: string): Document {
  let strangeAt: number | undefined;
  const repeated: { path: readonly string[]; lines: readonly [number, number] }[] = [];
  const blanks: [from: number, to: number][] = [];
  const levels: Level[] = [];
  const lineOf = lineCounter(text);
  let before = { token: '', index: 0, wasOpening: true };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token.startsWith('//') || token.startsWith('/*')) {
      if (token.startsWith('/*') && !isClosed(token)) strangeAt ??= lineOf(index);
      blanks.push([index, index + token.length]);
      continue;
    }
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      levels.push({ at: '0', awaitsName: token === '{', ...(token === '{' && { members: new Map() }) });
    } else if (token === '}' || token === ']') {
      if (before.token === ',' && !before.wasOpening) blanks.push([before.index, before.index + 1]);
      levels.pop();
    } else if (token === ',' && level) {
      if (level.members) level.awaitsName = true;
      else level.at = String(Number(level.at) + 1);
    } else if (level?.members && level.awaitsName && token.startsWith('"')) {
      level.at = nameIn(token);
      level.awaitsName = false;
      const line = lineOf(index);
      const first = level.members.get(level.at);
      if (first !== undefined) repeated.push({ path: levels.map(({ at }) => at), lines: [first, line] });
      level.members.set(level.at, line);
    }
    if (!KNOWN.test(token)) strangeAt ??= lineOf(index);
    before = { token, index, wasOpening: /^[{[,]$/.test(before.token) || before.token === '' };
  }
  return { json: blanked(text, blanks), repeated, ...(strangeAt !== undefined && { strangeAt }) };
}

const isClosed = (comment: string): boolean => comment.length >= 4 && comment.endsWith('*/');

/** Asked for places from the beginning to the end. */
function lineCounter(text: string): (index: number) => number {
  let line = 1;
  let counted = 0;
  return (index) => {
    for (; counted < index; counted++) if (text[counted] === '\n') line++;
    return line;
  };
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
  const inOrder = [...blanks].sort(([a], [b]) => a - b);
  const parts = inOrder.flatMap(([from, to], n) => [
    text.slice(inOrder[n - 1]?.[1] ?? 0, from),
    text.slice(from, to).replace(/[^\n]/g, ' '),
  ]);
  return [...parts, text.slice(inOrder.at(-1)?.[1] ?? 0)].join('');
}
