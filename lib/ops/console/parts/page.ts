import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What surrounds every page. */
export interface Frame {
  /** Which stack: `the local stack`, `quell-prod`. */
  readonly label: string;
  readonly readOnly: boolean;
  /** Path of the page, to mark its tab. */
  readonly path: string;
  readonly version: string;
  /** Whether times are exact here, and where they are the other way. */
  readonly times: { readonly exact: boolean; readonly href: string };
}

const TABS = [
  ['/', 'Overview'],
  ['/list', 'List'],
  ['/events', 'Events'],
  ['/rates', 'Rates'],
  ['/reports', 'Reports'],
  ['/letters', 'Dead letters'],
  ['/audit', 'Audit'],
] as const;

/** A whole document. `title` and everything in it may come from strangers: the template escapes. */
export const page = (
  frame: Frame,
  title: string,
  body: Html | readonly Html[],
  search = '',
): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Quell</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/console.css">
<script src="/assets/console.js" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${bar(frame, search)}
<main id="main">
${body}
</main>
${foot(frame)}
</body>
</html>`;

/** Where one is, what can be looked for, and where one can go. */
const bar = (frame: Frame, search: string): Html => html`<header class="bar">
<div class="bar-in">
<a class="brand" href="/">Quell</a>
<span class="where">${frame.label}</span>
${frame.readOnly ? html`<span class="badge idle">read-only</span>` : ''}
<form class="search" role="search" action="/people" method="get">
<input type="search" name="q" value="${search}" aria-label="Find a person, a message or a request" placeholder="Address, message id or request id" autocomplete="off" spellcheck="false">
<button>Find</button>
</form>
</div>
<nav class="tabs" aria-label="Pages">
${TABS.map(
  ([path, name]) => html`<a href="${path}" ${isCurrent(frame.path, path) ? html`aria-current="page"` : ''}>${name}</a>`,
)}
</nav>
</header>`;

const foot = (frame: Frame): Html =>
  html`<footer class="foot">Quell ${frame.version} · <a href="${frame.times.href}">${frame.times.exact ? 'Times as “3 min ago”' : 'Exact times, UTC'}</a> <span class="live" data-live-status aria-live="off"></span></footer>`;

/** The same as a part of somebody else's page, with its own style beside it. */
export const fragment = (frame: Frame, _title: string, body: Html | readonly Html[], search = ''): Html =>
  html`${bar(frame, search)}<div class="main">${body}</div>${foot(frame)}`;

const isCurrent = (path: string, tab: string): boolean =>
  tab === '/' ? path === '/' : path === tab || path.startsWith(`${tab}/`);
