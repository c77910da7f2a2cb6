import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import dictionary from 'dictionary-en';
import nspell from 'nspell';
import { PAGES, withoutBlocks } from '../support/docs/snippets.ts';

/**
 * Words of the pages that neither an English dictionary nor `words.txt` knows. Names of code are left out: those in backticks, with a
 * capital inside, or of capitals only.
 */
const own = readFileSync('test/docs/words.txt', 'utf8').split('\n').filter(Boolean);
const english = nspell(dictionary as unknown as { aff: Buffer; dic: Buffer });
for (const word of own) english.add(word);

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

const isKnown = (word: string): boolean =>
  [word, word.toLowerCase(), capital(word)].some((spelling) => english.correct(spelling));

function unknownWords(text: string): string[] {
  const prose = withoutBlocks(text)
    .replace(/`[^`\n]+`/g, ' ')
    .replace(/\]\([^)]*\)|<[^>]*>|https?:\S+|\S+@\S+|[\w-]+(\.[a-z]\w*)+|~\w+|\w*[\d_]\w*/g, ' ');
  const words = [...prose.matchAll(/\p{L}[\p{L}'’]*\p{L}/gu)].map(([word]) =>
    word.replaceAll('’', "'").replace(/'s$/, ''),
  );
  return words.filter((word) => !/\p{Ll}\p{Lu}|^\p{Lu}+s?$/u.test(word) && !isKnown(word));
}

test.each(PAGES)('%s', (page) => {
  expect([...new Set(unknownWords(readFileSync(page, 'utf8')))]).toEqual([]);
});

test('a misspelt word is found, a name of code is not', () => {
  expect(unknownWords('The suppresion list, `suppresionList`, of DynamoDB.')).toEqual(['suppresion']);
  expect(own).toEqual([...own].sort((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' })));
});
