import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { METRICS } from '../../lambda/contract/metrics.ts';
import { PROVIDERS } from '../../lambda/providers/index.ts';
import { checkSettings } from '../../lib/settings/check.ts';

/** What the pages show is what works: each piece of settings in them goes through the check that synth makes. */

const PAGES = globSync('{README.md,docs/**/*.md}').sort();

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

/** The JSON of the pages that is no settings, by its page and first member. Whatever is not here is settings, so that none goes unread. */
const ELSE = new Set(
  `archive archivedAs; ci Version; suppression-table Version; suppression-table recipient; unsubscribe quell-unsubscribe; cli accepted
  brevo auth; brevo batched; generic event_id; generic event; other type; other id; other event`
    .split(/;|\n/)
    .map((line) => line.trim()),
);
/** Of docs/settings.md, the value of one member: the tables' defaults are judged below. */
const VALUES = new Set(['warning', 'perHour', 'id', 'shop:list:weekly', 'min']);

/** Settings of a whole stage, or a part of them; and the settings of one source: on other pages than a provider's, of whichever takes them. */
const documents = snippets.flatMap((snippet): [string, readonly object[]][] => {
  const value = parse(snippet.text.replaceAll(/"<[^>"]+>"/g, '"filled-in"'));
  const [first] = Object.keys(value ?? {});
  const page = basename(snippet.page, '.md');
  if (first === undefined || ELSE.has(`${page} ${first}`) || (page === 'settings' && VALUES.has(first))) return [];
  const where = `${snippet.page}:${snippet.line} ${snippet.text.slice(0, 60).replaceAll('\n', ' ')}`;
  const provider = PROVIDERS.get(String(value?.provider ?? page));
  const asSource = (provider ? [provider] : [...PROVIDERS.values()]).map(({ id }) => ({
    sources: { x: { provider: id, ...(value?.provider === undefined && BESIDE[id]), ...value } },
  }));
  return [[where, [{ ...SENDGRID, ...value }, ...asSource]]];
});

const mistakesOf = (document: object): readonly unknown[] => {
  const checked = checkSettings(document, 'test');
  return 'mistakes' in checked ? checked.mistakes : [];
};

describe('settings in the pages', () => {
  test('are found', () => {
    expect(documents.length).toBeGreaterThan(15);
    expect(new Set(documents.map(([where]) => where.split(':')[0])).size).toBeGreaterThan(5);
  });

  test.each(documents)('%s', (_where, readings) => {
    const [fewest] = readings.map(mistakesOf).sort((a, b) => a.length - b.length);
    expect(fewest).toEqual([]);
  });

  test('what is said to be no settings is still there', () => {
    const shown = new Set(
      snippets.map(({ page, text }) => `${basename(page, '.md')} ${Object.keys(parse(text) ?? {})[0]}`),
    );
    expect([...ELSE].filter((known) => !shown.has(known))).toEqual([]);
    expect([...VALUES].filter((known) => !shown.has(`settings ${known}`))).toEqual([]);
  });

  test('what looks like them can be read', () => {
    const broken = snippets.filter(
      ({ text }) =>
        /^[{"]/.test(text) && /"(sources|provider|existingTables|publish|archive)":/.test(text) && !parse(text),
    );
    expect(broken.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });
});

/** What docs/settings.md says is the default, as JSON, by where it stands in the settings. */
const defaults = readFileSync('docs/settings.md', 'utf8')
  .split(/^## /m)
  .slice(1)
  .flatMap((chapter): [path: string, says: string][] => {
    const [heading = ''] = chapter.split('\n', 1);
    const rows = [...chapter.matchAll(/^\| `([\w.]+)` *\| `([^`]+)`/gm)].map(([, key = '', says = '']) => [key, says]);
    const alone = /\n\nDefault:? `([^`]+)`[.,]/.exec(chapter)?.[1];
    return [...(alone === undefined ? [] : [[heading, alone]]), ...rows].map(([key = '', says = '']) => [
      heading === 'sources' || key.startsWith('api.') ? `sources.x.${key}` : key,
      says,
    ]);
  });

/** The smallest settings in which a member may stand, with the member said or left out. */
function withMember(path: string, ...value: unknown[]): object {
  const isOfSource = path.startsWith('sources.x.');
  const [member = '', ...within] = path.replace('sources.x.', '').split('.').reverse();
  const said = within.reduce(
    (inner: object, name) => ({ [name]: inner }),
    Object.fromEntries(value.map((one) => [member, one])),
  );
  const topics = member === 'topicArns' ? BESIDE.ses : { topicArns: ['arn:aws:sns:eu-west-1:111122223333:ses-events'] };
  return isOfSource ? { sources: { x: { provider: 'ses', ...topics, ...said } } } : { ...SENDGRID, ...said };
}

/** Whoever reads the settings takes their absence for the default. */
const NOT_FILLED_IN = ['sources.x.via', 'sources.x.api.reconcile'];

describe('defaults that the page names', () => {
  test('are found', () => expect(defaults.length).toBeGreaterThan(40));

  test.each(defaults)('%s: %s', (path, says) => {
    const document = withMember(path, JSON.parse(says));
    expect(mistakesOf(document)).toEqual([]);
    if (!NOT_FILLED_IN.includes(path)) {
      expect(checkSettings(document, 'test')).toEqual(checkSettings(withMember(path), 'test'));
    }
  });
});

test('every metric stands in the table of what it costs', () => {
  const table = /^\| metric \| written \|\n(?:\|.*\n)+/m.exec(readFileSync('docs/settings.md', 'utf8'))?.[0] ?? '';
  expect(Object.values(METRICS).filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
});

test('no metric is paid for that neither an alarm nor the dashboard reads', () => {
  const readers = globSync('lib/constructs/watch/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const isRead = (name: string) => readers.some((text) => new RegExp(`\\bMETRICS\\.${name}\\b`).test(text));
  expect(Object.keys(METRICS).filter((name) => !isRead(name))).toEqual([]);
});
