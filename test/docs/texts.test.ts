import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseSync } from '@swc/core';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import { nameOf, PAGES, snippetsOf, withoutBlocks } from '../support/docs/snippets.ts';

/** What can be said of every page without reading it: its links lead somewhere, its code can be read, its lines end. */

const textOf = new Map(PAGES.map((page) => [page, readFileSync(page, 'utf8')]));

/** Anchors as GitHub makes them of headings. */
const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[`*]|\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );

/** Up to the next heading. */
const chapterOf = (page: string, heading: string): string =>
  textOf.get(page)?.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

const withoutCode = (text: string): string => withoutBlocks(text).replace(/`[^`\n]+`/g, '``');

describe('links', () => {
  const links = PAGES.flatMap((page) =>
    [...withoutCode(textOf.get(page) ?? '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => ({ page, to })),
  );

  test('are found', () => expect(links.length).toBeGreaterThan(150));

  test('lead to a page that is there, and to a heading of it', () => {
    const dead = links
      .filter(({ to }) => !/^(https?|mailto):/.test(to))
      .filter(({ page, to }) => {
        const [path = '', anchor] = to.split('#');
        const target = path === '' ? page : normalize(join(dirname(page), path));
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchorsOf(textOf.get(target) ?? readFileSync(target, 'utf8')).has(anchor);
      });
    expect(dead.map(({ page, to }) => `${page}: ${to}`)).toEqual([]);
  });

  test('to elsewhere are whole addresses, encrypted', () => {
    const wrong = links.filter(({ to }) => /^\w+:/.test(to) && !(URL.canParse(to) && /^(https:|mailto:)/.test(to)));
    expect(wrong).toEqual([]);
  });
});

test('no line of prose is over 180 characters', () => {
  const long = PAGES.flatMap((page) =>
    withoutBlocks(textOf.get(page) ?? '')
      .split('\n')
      .filter((line) => line.length > 180 && !line.startsWith('|'))
      .map((line) => `${page}: ${line.slice(0, 80)}`),
  );
  expect(long).toEqual([]);
});

describe('what must be ticked at an ESP', () => {
  const guides = [...PROVIDERS.values()]
    .filter(({ id, emits }) => emits.includes('delivered') && !['generic', 'standard-webhooks'].includes(id))
    .map(({ id }): [string, string] => [id, chapterOf(`docs/providers/${id}.md`, 'Set up')]);
  /** Its own name for a mail that was delivered, where it has another. */
  const WORDS = new Map([
    ['mailjet', /\bsent\b/],
    ['klaviyo', /\breceived_email\b/],
    ['postal', /\bMessageSent\b/],
  ]);
  const DELIVERED = /\bdeliver(y|ed|ies)\b/i;
  const ALL = /\ball\b[^.]*(events?\b|\.\*)|the email events/i;

  test('is found', () => expect(guides.length).toBeGreaterThan(20));

  test.each(guides)('%s: deliveries among it, as no rate can be told without them', (id, chapter) => {
    const word = WORDS.get(id) ?? DELIVERED;
    const sentences = chapter.split(/(?<=[.;])\s+|\n(?=\d\.)/);
    const named = sentences.filter((sentence) => word.test(sentence) || ALL.test(sentence));
    expect(named).not.toEqual([]);
    const asOne = (sentence: string) => sentence.split(/\b(opens and clicks|opened|clicked)\b/)[0] ?? '';
    expect(
      named.filter((sentence) =>
        /if you (want|like|need)|\boptional|may be left out|\bAdd\s+\*\*/.test(asOne(sentence)),
      ),
    ).toEqual([]);
  });
});

describe('code', () => {
  const snippets = PAGES.flatMap((page) => snippetsOf(page));
  const json = snippets.filter(
    ({ language, text }) => language === 'json' || (language === 'indented' && /^[{[]/.test(text)),
  );
  const script = snippets.filter(({ language }) => ['ts', 'js'].includes(language));

  test.each(json.map((snippet) => [nameOf(snippet), snippet.text]))('%s is JSON', (_name, text) => {
    // A page may show a member alone, as it stands in a larger object; several documents stand apart.
    const parts = text.split(/\n\s*\n/).filter((part) => /^\s*["[{]/.test(part));
    for (const part of parts)
      expect(() => JSON.parse(/^\s*"/.test(part) ? `{${part}}` : part) as unknown).not.toThrow();
  });

  test.each(script.map((snippet) => [nameOf(snippet), snippet.text]))('%s is TypeScript', (_name, text) => {
    expect(() => parseSync(text, { syntax: 'typescript', target: 'es2024' })).not.toThrow();
  });

  const diagrams = snippets.filter(({ language }) => language === 'mermaid');
  test.each(diagrams.map((snippet) => [nameOf(snippet), snippet.text]))(
    '%s is a flow chart whose boxes all have words',
    (_name, text) => {
      const [head = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
      expect(head).toMatch(/^flowchart (LR|TB|TD)$/);
      const box = String.raw`(\w+)(?:\[\[[^[\]]+\]\]|\[\([^()]+\)\]|\["[^"]+"\]|\[[^[\]"()]+\])?`;
      const arrow = String.raw`(?:-->|-- [^-]+ -->|-\. [^.]+ \.->)`;
      for (const line of lines) expect(line).toMatch(new RegExp(`^ {2}${box} ${arrow} ${box}$`));
      const used = lines
        .flatMap((line) => [...line.matchAll(new RegExp(`^ {2}${box} ${arrow} ${box}$`, 'g'))])
        .flatMap(([, from, to]) => [from, to]);
      const worded = new Set([...text.matchAll(/(\w+)\[/g)].map(([, name]) => name));
      expect(used.filter((name) => !worded.has(name) && name !== 'esp')).toEqual([]);
    },
  );

  test('every fence says what it holds; one that does not is a query of CloudWatch Logs', () => {
    const known = ['sh', 'json', 'yaml', 'ts', 'js', 'sql', 'mermaid', 'markdown', 'text', 'indented', 'inline'];
    const isQuery = ({ text }: { text: string }): boolean => /^(fields|filter|stats) /.test(text);
    const wrong = snippets.filter((snippet) => !known.includes(snippet.language) && !isQuery(snippet));
    expect(wrong.map(nameOf)).toEqual([]);
  });
});
