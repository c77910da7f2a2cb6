import { describe, expect, test } from '@jest/globals';
import { UNSUBSCRIBE_LANGUAGES, UNSUBSCRIBE_TEXTS } from '../../../../lambda/contract/unsubscribe.ts';
import { languageFor } from '../../../../lambda/domain/unsubscribe/language.ts';
import { PAGE_HEADERS, pagesOf, type State } from '../../../../lambda/domain/unsubscribe/page.ts';
import { BUILT_IN_WORDS } from '../../../../lambda/domain/unsubscribe/words.ts';

const STATES: readonly State[] = ['ask', 'left', 'back', 'invalid', 'later'];
const plain = { language: 'en', lists: {}, texts: {} };

describe.each(UNSUBSCRIBE_LANGUAGES)('in %s', (language) => {
  const words = BUILT_IN_WORDS[language];

  test('every text is there, and in no other language', () => {
    expect(Object.keys(words).sort()).toEqual([...UNSUBSCRIBE_TEXTS].sort());
    for (const name of UNSUBSCRIBE_TEXTS) {
      expect(words[name].trim()).not.toBe('');
      if (language !== 'en') expect([name, words[name]]).not.toEqual([name, BUILT_IN_WORDS.en[name]]);
    }
    expect(words.list).toContain('{list}');
  });

  test.each(STATES)('%s', (state) => {
    const html = pagesOf(plain).html({ state, language, scope: 'all' });
    expect(html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`);
    expect(html).not.toMatch(/<script|<img|<link|\son\w+=|https?:|src=|style="|\{list\}|\{sender\}|undefined/);
    expect(html.match(/<h1/g)).toHaveLength(1);
  });
});

test('a list is called by its name, and what the settings say is text', () => {
  const { html } = pagesOf({
    ...plain,
    sender: '<b>Shop & "Co"</b>',
    lists: { 'shop:list:weekly': "<i>Weekly</i> $& '" },
    texts: { en: { ask: 'Leave {sender}?' }, nl: { ask: 'Afmelden?' } },
  });
  const named = html({ state: 'ask', language: 'en', scope: 'shop:list:weekly' });
  expect(named).toContain('“&lt;i&gt;Weekly&lt;/i&gt; $&amp; &#39;”');
  expect(named).toContain('<h1>Leave &lt;b&gt;Shop &amp; &quot;Co&quot;&lt;/b&gt;?</h1>');
  expect(named).not.toContain('<b>');
  // A scope is a name of the stack's own, and no word for people.
  expect(html({ state: 'ask', language: 'en', scope: 'shop:list:other' })).not.toContain('shop:');
  expect(html({ state: 'ask', language: 'en', scope: '__proto__' })).toContain('from this list');
  const dutch = html({ state: 'ask', language: 'nl', scope: 'all' });
  expect(dutch).toContain('<h1>Afmelden?</h1>');
  // What it leaves out is in English.
  expect(dutch).toContain(BUILT_IN_WORDS.en.unsubscribe);
});

test('nothing may be loaded, framed, kept or told', () => {
  const policy = PAGE_HEADERS['content-security-policy'];
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(PAGE_HEADERS).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
});

test.each([
  ['de', undefined, 'de'],
  [undefined, 'fr-CH, fr;q=0.9, en;q=0.8', 'fr'],
  [undefined, 'en;q=0.1, es;q=0.5', 'es'],
  [undefined, 'pt, nl;q=0.9', 'en'],
  [undefined, 'de;q=0, ar-EG', 'ar'],
  ['AR', 'de', 'ar'],
  ['<script>', 'de', 'de'],
  [undefined, ';;;q=,,-,q=de', 'en'],
  [undefined, undefined, 'en'],
  [undefined, `${'x,'.repeat(10_000)}de`, 'en'],
])('asked for %s, accepting %s: %s', (asked, accepted, language) => {
  expect(languageFor(asked, accepted, new Set(UNSUBSCRIBE_LANGUAGES), 'en')).toBe(language);
});
