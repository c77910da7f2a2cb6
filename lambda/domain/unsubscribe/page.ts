import { createHash } from 'node:crypto';
import { ALL, type UnsubscribeConfig, type UnsubscribeTexts } from '../../contract/unsubscribe.ts';
import { FORM } from './form.ts';
import { STYLE } from './style.ts';
import { DEFAULT_LANGUAGE, directionOf, wordsOf } from './words.ts';

/** Where a reader stands: asked, gone, come back, or with a link that cannot be used, or not now. */
export type State = 'ask' | 'left' | 'back' | 'invalid' | 'later';

export interface View {
  readonly state: State;
  readonly language: string;
  /** What the link is for; absent where it was not understood. Never the address: scanners and forwarded mails open this page too. */
  readonly scope?: string;
}

/** Sent with every page: nothing may be loaded, framed, kept or told to anybody. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow, noarchive',
  vary: 'accept-language',
};

interface Pages {
  readonly languages: ReadonlySet<string>;
  readonly fallback: string;
  html(view: View): string;
}

/** The pages of a stage. No script, no picture, no font, no third party. */
export function pagesOf({ sender, language, lists, texts }: UnsubscribeConfig): Pages {
  const words = wordsOf(texts);
  const english = words.get(DEFAULT_LANGUAGE) as UnsubscribeTexts;
  return {
    languages: new Set(words.keys()),
    fallback: language,
    html(view) {
      const say = words.get(view.language) ?? english;
      const list = view.scope !== undefined && Object.hasOwn(lists, view.scope) ? lists[view.scope] : undefined;
      const fill = (text: string): string =>
        escaped(text.replaceAll('{sender}', () => sender ?? '').replaceAll('{list}', () => list ?? ''));
      const body = BODIES[view.state]({ say, fill, view, named: list !== undefined, languages: [...words.keys()] });
      return `<!doctype html>
<html lang="${escaped(view.language)}" dir="${directionOf(view.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${fill(say.title)}${sender === undefined ? '' : ` · ${escaped(sender)}`}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${sender === undefined ? '' : `<p class="sender">${escaped(sender)}</p>\n`}${body}
</main>
</body>
</html>
`;
    },
  };
}

interface Parts {
  readonly say: UnsubscribeTexts;
  readonly fill: (text: string) => string;
  readonly view: View;
  readonly named: boolean;
  readonly languages: readonly string[];
}

const BODIES: Readonly<Record<State, (parts: Parts) => string>> = {
  ask: ({ say, fill, view, named, languages }) =>
    [
      `<h1>${fill(say.ask)}</h1>`,
      `<p>${fill(view.scope === ALL ? say.all : named ? say.list : say.unnamed)}</p>`,
      button('unsubscribe', fill(say.unsubscribe), view.language),
      `<details><summary>${fill(say.already)}</summary>${button('resubscribe', fill(say.resubscribe), view.language, 'quiet')}</details>`,
      languageLinks(languages, view.language, fill(say.languages)),
    ].join('\n'),
  left: ({ say, fill, view }) =>
    [
      done(fill(say.left), fill(say.leftText)),
      `<p class="aside">${fill(say.mistake)}</p>`,
      button('resubscribe', fill(say.resubscribe), view.language, 'quiet'),
    ].join('\n'),
  back: ({ say, fill, view }) =>
    [
      done(fill(say.back), fill(say.backText)),
      button('unsubscribe', fill(say.unsubscribe), view.language, 'quiet'),
    ].join('\n'),
  invalid: ({ say, fill }) => `<h1>${fill(say.invalid)}</h1>\n<p>${fill(say.invalidText)}</p>`,
  later: ({ say, fill }) => `<h1>${fill(say.later)}</h1>\n<p>${fill(say.laterText)}</p>`,
};

/** What came of it, read out by a screen reader at once. */
const done = (title: string, words: string): string => `<div role="status"><h1>${title}</h1>\n<p>${words}</p></div>`;

/** Posts to the page's own URL, which no text here needs to know. */
const button = (wish: string, words: string, language: string, look = 'main'): string =>
  `<form method="post"><input type="hidden" name="${FORM.language}" value="${escaped(language)}"><button class="${look}" name="${FORM.wish}" value="${wish}">${words}</button></form>`;

function languageLinks(languages: readonly string[], current: string, label: string): string {
  const links = languages.map((tag) => {
    const name = escaped(nameOf(tag));
    const attributes = `lang="${escaped(tag)}" dir="${directionOf(tag)}"`;
    return tag === current
      ? `<li><span ${attributes} aria-current="true">${name}</span></li>`
      : `<li><a href="?${FORM.language}=${encodeURIComponent(tag)}" hreflang="${escaped(tag)}" ${attributes} rel="nofollow">${name}</a></li>`;
  });
  return `<nav aria-label="${label}"><ul>${links.join('')}</ul></nav>`;
}

/** A language in its own words: Deutsch, العربية. */
function nameOf(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language', fallback: 'code' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? '');
