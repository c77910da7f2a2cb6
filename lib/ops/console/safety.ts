import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/**
 * Who may use a console that listens on this machine: whoever was given its address. Other users of the machine do not know the token;
 * web pages know neither the token nor may they say that they are this host; and nothing that a page of ours shows can run.
 */
export interface Door {
  /** Random, for as long as the console runs; stands in the address that the terminal prints. */
  readonly token: string;
  /** Known once the console listens. */
  port(): number;
}

export const newToken = (): string => randomBytes(24).toString('base64url');

const HEADERS: readonly (readonly [string, string])[] = [
  [
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  ],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  // Not "no-referrer": a form would then be sent with "Origin: null", and the check of the origin could not tell it from a stranger's.
  ['Referrer-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cache-Control', 'no-store'],
];

export const guarded =
  ({ token, port }: Door): MiddlewareHandler =>
  async (c, next) => {
    for (const [name, value] of HEADERS) c.header(name, value);
    const own = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `${host}:${port()}`);
    const host = c.req.header('host') ?? '';
    if (!own.includes(host)) return c.text('This console answers on the loopback address only.\n', 421);
    const origin = c.req.header('origin');
    const changes = c.req.method !== 'GET' && c.req.method !== 'HEAD';
    if (changes && origin !== undefined && origin !== `http://${host}`)
      return c.text('A page of another origin may not change anything here.\n', 403);
    if (changes && !['same-origin', undefined].includes(c.req.header('sec-fetch-site')))
      return c.text('A page of another origin may not change anything here.\n', 403);
    const cookie = `quell_console_${port()}`;
    const given = c.req.query('token');
    if (given !== undefined && !changes) {
      if (!isSame(given, token)) return c.text(CLOSED, 401);
      setCookie(c, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
      const url = new URL(c.req.url);
      url.searchParams.delete('token');
      return c.redirect(`${url.pathname}${url.search}`, 303);
    }
    if (!isSame(getCookie(c, cookie) ?? '', token)) return c.text(CLOSED, 401);
    await next();
  };

const CLOSED = 'Open the address that the terminal printed: it holds the key to this console.\n';

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
