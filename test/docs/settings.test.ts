import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import { checkSettings } from '../../lib/settings/check.ts';
import { common, globals } from '../../lib/settings/schema.ts';

/** What the pages show is what works: each piece of settings in them goes through the check that synth makes. */

const PAGES = globSync('{README.md,docs/**/*.md}').sort();
const GLOBAL_KEYS = ['sources', ...Object.keys(globals.entries)];

interface Snippet {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

/** Indented and fenced blocks, and code within a line. */
function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(page, 'utf8');
  const at = (index: number) => text.slice(0, index).split('\n').length;
  const found = [
    ...text.matchAll(/(?<=\n\n)(?:(?: {4}.*|)\n)+/g),
    ...text.matchAll(/(?<=\n```\w*\n)[\s\S]*?(?=\n```)/g),
    ...text.matchAll(/(?<=`)[^`\n]+(?=`)/g),
  ];
  return found.flatMap(({ 0: code, index }) =>
    code.split(/\n\s*\n/).map((part) => ({ page, line: at(index), text: part.trim() })),
  );
}

/** JSON of an object, or its members alone; undefined where it is neither. */
function parse(text: string): Record<string, unknown> | undefined {
  if (!/^[{"]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text.startsWith('{') ? text : `{${text}}`);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What a source needs beside the members that its page speaks of one by one. */
const BESIDE: Readonly<Record<string, object>> = {
  ses: { createTopic: true },
  scaleway: { topicArns: ['arn:scw:sns:fr-par:project-00000000-0000-4000-8000-000000000000:feedback'] },
};
const SENDGRID = { sources: { sendgrid: { provider: 'sendgrid' } } };
const snippets = PAGES.flatMap(snippetsOf);

/** Settings of a whole stage, or a part of them; and the settings of one source, on the page of its provider. */
const documents = snippets.flatMap((snippet): [string, object][] => {
  const value = parse(snippet.text);
  const keys = Object.keys(value ?? {});
  if (keys.length === 0) return [];
  const where = `${snippet.page}:${snippet.line} ${snippet.text.slice(0, 60).replaceAll('\n', ' ')}`;
  if (keys.every((key) => GLOBAL_KEYS.includes(key))) return [[where, { ...SENDGRID, ...value }]];
  const provider = PROVIDERS.get(String(value?.provider ?? basename(snippet.page, '.md')));
  const own = provider && 'entries' in provider.options ? Object.keys(provider.options.entries as object) : [];
  const isSource = provider && keys.every((key) => key in common.entries || own.includes(key));
  const whole = { provider: provider?.id, ...(value?.provider === undefined && BESIDE[provider?.id ?? '']), ...value };
  return isSource ? [[where, { sources: { x: whole } }]] : [];
});

describe('settings in the pages', () => {
  test('are found', () => {
    expect(documents.length).toBeGreaterThan(15);
    expect(new Set(documents.map(([where]) => where.split(':')[0])).size).toBeGreaterThan(5);
  });

  test.each(documents)('%s', (_where, document) => {
    expect(checkSettings(document, 'test')).not.toHaveProperty('mistakes');
  });

  test('what looks like them can be read', () => {
    const broken = snippets.filter(
      ({ text }) =>
        /^[{"]/.test(text) && /"(sources|provider|existingTables|publish|archive)":/.test(text) && !parse(text),
    );
    expect(broken.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });
});
