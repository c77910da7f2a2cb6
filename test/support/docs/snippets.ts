import { globSync, readFileSync } from 'node:fs';

/** Every page that people read. */
export const PAGES = globSync('{*.md,docs/**/*.md}')
  .map((page) => page.replaceAll('\\', '/'))
  .sort();

export interface Snippet {
  readonly page: string;
  /** Of its first line, counted from 1. */
  readonly line: number;
  /** What the fence says it is; `indented` and `inline` where there is no fence. */
  readonly language: string;
  readonly text: string;
}

export const nameOf = ({ page, line, text }: Snippet): string =>
  `${page}:${line} ${text.slice(0, 70).replace(/\s+/g, ' ')}`;

/** Fenced and indented blocks, and code within a line, in the order of the page. */
export function snippetsOf(page: string, text = readFileSync(page, 'utf8')): Snippet[] {
  const found: Snippet[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)```(\w*)/.exec(lines[at] ?? '');
    if (fence) {
      const end = lines.findIndex((line, index) => index > at && line.startsWith(`${fence[1]}\`\`\``));
      const block = lines.slice(at + 1, end).map((line) => line.slice(fence[1]?.length));
      found.push({ page, line: at + 2, language: fence[2] ?? '', text: block.join('\n') });
      at = end;
      continue;
    }
    if (/^ {4}/.test(lines[at] ?? '') && (lines[at - 1] ?? '') === '') {
      let end = at;
      while (end < lines.length && /^( {4}|$)/.test(lines[end] ?? '')) end++;
      const block = lines.slice(at, end).map((line) => line.slice(4));
      found.push({ page, line: at + 1, language: 'indented', text: block.join('\n').trimEnd() });
      at = end - 1;
      continue;
    }
    for (const { 1: code = '' } of (lines[at] ?? '').matchAll(/(?<!`)`([^`\n]+)`(?!`)/g))
      found.push({ page, line: at + 1, language: 'inline', text: code });
  }
  return found;
}

/** A page without its blocks of code, fenced or indented. */
export const withoutBlocks = (text: string): string =>
  text.replace(/^([ \t]*)```[\s\S]*?^\1```/gm, '').replace(/(?<=\n\n)(?: {4}.*\n|\n)+/g, '\n');
