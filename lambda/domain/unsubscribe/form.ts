import type { Way, Wish } from './event.ts';

/** What was posted to an unsubscribe link. */
interface Posted {
  readonly wish: Wish;
  readonly way: Way;
  /** The language of the page that was posted from. */
  readonly language?: string;
}

/** Names of the page's own form. */
export const FORM = { wish: 'wish', language: 'lang' } as const;
/** What RFC 8058 has a mail program post, as a form of either kind. */
export const ONE_CLICK = ['List-Unsubscribe', 'One-Click'] as const;

/** Longer than any such form. */
const MAX_BYTES = 8 * 1024;
const MAX_PARTS = 20;

/** Undefined where it is neither RFC 8058's body nor the page's own form: then nothing happens. */
export function readPosted(contentType: string, body: Buffer): Posted | undefined {
  if (body.length > MAX_BYTES) return undefined;
  const form = /^\s*multipart\/form-data\b/i.test(contentType)
    ? multipart(contentType, body.toString('utf8'))
    : new Map(new URLSearchParams(body.toString('utf8').trim()));
  // A mail program may forget the type, and mean the same.
  if (form.get(ONE_CLICK[0]) === ONE_CLICK[1]) return { wish: 'unsubscribe', way: 'one-click' };
  const wish = form.get(FORM.wish);
  if (wish !== 'unsubscribe' && wish !== 'resubscribe') return undefined;
  const language = form.get(FORM.language);
  return { wish, way: 'page', ...(language !== undefined && { language }) };
}

/** RFC 7578, for plain fields. */
function multipart(contentType: string, body: string): Map<string, string> {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return new Map();
  // The first part needs no line end before its boundary, and some programs end lines with LF.
  const parts = `\n${body}`.split(`\n--${boundary}`).slice(1, MAX_PARTS + 1);
  return new Map(parts.flatMap((part) => field(part)));
}

function field(part: string): [string, string][] {
  const [head = '', ...content] = part.replace(/^[ \t]*\r?\n/, '').split(/\r?\n\r?\n/);
  const [, quoted, plain] =
    /^content-disposition:\s*form-data\b[^\n]*?;\s*name=(?:"([^"\r\n]*)"|([^\s;]+))/im.exec(head) ?? [];
  const name = quoted ?? plain;
  return name === undefined ? [] : [[name, content.join('\n\n').replace(/\r$/, '').trim()]];
}
