import { describe, expect, test } from '@jest/globals';
import { UNSUBSCRIBE_LANGUAGES, UNSUBSCRIBE_TEXTS } from '../../../../lambda/contract/unsubscribe.ts';
import { languageFor } from '../../../../lambda/domain/unsubscribe/language.ts';
import { PAGE_HEADERS, pagesOf, type State } from '../../../../lambda/domain/unsubscribe/page.ts';
import { BUILT_IN_WORDS, directionOf } from '../../../../lambda/domain/unsubscribe/words.ts';

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

describe('what can be pressed', () => {
  const page = (state: State, over: object = {}) =>
    pagesOf({ ...plain, ...over }).html({ state, language: 'de', scope: 'all' });
  const buttons = (html: string) =>
    [...html.matchAll(/<form method="post">(.*?)<\/form>/g)].map(([, form = '']) => [
      /<input type="hidden" name="lang" value="(\w+)">/.exec(form)?.[1],
      /<button class="(\w+)" name="wish" value="(\w+)">([^<]+)</.exec(form)?.slice(1),
    ]);

  test('who is asked can leave, and below that come back; who has left, or is back, can do the other, and less loudly', () => {
    const leave = (look: string) => ['de', [look, 'unsubscribe', 'Abmelden']];
    const back = ['de', ['quiet', 'resubscribe', 'Wieder anmelden']];
    expect(buttons(page('ask'))).toEqual([leave('main'), back]);
    expect(page('ask')).toMatch(/<details><summary>[^<]+<\/summary><form/);
    expect([buttons(page('left')), buttons(page('back'))]).toEqual([[back], [leave('quiet')]]);
    expect([buttons(page('invalid')), buttons(page('later'))]).toEqual([[], []]);
  });

  test('what was done is read out; the rest is not', () => {
    expect(STATES.filter((state) => page(state).includes('role="status"'))).toEqual(['left', 'back']);
  });

  test('the other languages are linked, each by its own name and in its own direction', () => {
    const links = [...page('ask').matchAll(/<li>(.*?)<\/li>/g)].map(([, link]) => link);
    expect(links).toEqual([
      '<a href="?lang=en" hreflang="en" lang="en" dir="ltr" rel="nofollow">English</a>',
      '<span lang="de" dir="ltr" aria-current="true">Deutsch</span>',
      '<a href="?lang=fr" hreflang="fr" lang="fr" dir="ltr" rel="nofollow">Français</a>',
      '<a href="?lang=es" hreflang="es" lang="es" dir="ltr" rel="nofollow">Español</a>',
      '<a href="?lang=ar" hreflang="ar" lang="ar" dir="rtl" rel="nofollow">العربية</a>',
    ]);
    expect(page('ask')).toContain('<nav aria-label="Sprache">');
  });

  test('the sender stands in the title and above the question, where there is one', () => {
    const html = page('ask', { sender: 'Shop & Co' });
    expect(html).toContain('<title>Abmelden · Shop &amp; Co</title>');
    expect(html).toContain('<p class="sender">Shop &amp; Co</p>');
    expect(page('ask')).toContain('<title>Abmelden</title>');
    expect(page('ask')).not.toContain('class="sender"');
  });
});

test.each([
  ['ltr', ['en', 'de', 'en-US', 'zh-Hant', 'tr']],
  ['rtl', ['ar', 'ar-EG', 'fa', 'he', 'ur', 'ps', 'sd', 'ug', 'yi', 'dv', 'ckb', 'ckb-IR']],
])('written from %s: %j', (direction, languages) => {
  expect(languages.map(directionOf)).toEqual(languages.map(() => direction));
});

test('nothing may be loaded, framed, kept or told', () => {
  const policy = PAGE_HEADERS['content-security-policy'];
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(PAGE_HEADERS).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex, nofollow, noarchive',
    // The same link answers in the language of whoever asks.
    vary: 'accept-language',
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
  // Twenty are read; what has a weight that is none has no weight.
  [undefined, `${'x,'.repeat(19)}de`, 'de'],
  [undefined, `${'x,'.repeat(20)}de`, 'en'],
  [undefined, 'fr;q=much, de;q=0.1', 'de'],
  [undefined, 'fr;level=1;q=0.1, de;q=0.2', 'de'],
  [undefined, 'es, de;q=1.0, fr;q=0.9', 'es'],
  ['xx', 'xx-fr', 'en'],
])('asked for %s, accepting %s: %s', (asked, accepted, language) => {
  expect(languageFor(asked, accepted, new Set(UNSUBSCRIBE_LANGUAGES), 'en')).toBe(language);
});
