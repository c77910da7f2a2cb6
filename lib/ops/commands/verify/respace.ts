/** JSON with other white space: cut into tokens, never parsed, so that numbers, escapes and order stay as they are. */

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

export const compact = (json: string): string => (json.match(TOKENS) ?? []).join('');

/** As Python's `json.dumps` writes: a space after each colon and comma. */
export const spaced = (json: string): string =>
  (json.match(TOKENS) ?? []).map((token) => (token === ',' || token === ':' ? `${token} ` : token)).join('');

export function pretty(json: string, indent: string): string {
  const tokens = json.match(TOKENS) ?? [];
  let depth = 0;
  let out = '';
  for (const [at, token] of tokens.entries()) {
    const opens = token === '{' || token === '[';
    const closes = token === '}' || token === ']';
    const empty = (opens && /^[}\]]/.test(tokens[at + 1] ?? '')) || (closes && /^[{[]/.test(tokens[at - 1] ?? ''));
    if (opens) depth++;
    if (closes) depth--;
    const newLine = `\n${indent.repeat(depth)}`;
    if (closes && !empty) out += newLine;
    out += token === ':' ? ': ' : token;
    if (token === ',' || (opens && !empty)) out += newLine;
  }
  return out;
}
