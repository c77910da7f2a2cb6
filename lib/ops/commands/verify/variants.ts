import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { isoTime, unixTime } from '../../../../lambda/domain/read.ts';
import type { WebhookRequest } from '../../../../lambda/providers/provider.ts';

/** Usual slips around a signature, undone one at a time: see diagnose.ts. */

const MOST_TIMES = 30;

/** Times found in headers and body, as epoch milliseconds: one of them is what was signed. */
export function signedTimes(request: WebhookRequest): EpochMs[] {
  const text = [...Object.values(request.headers), request.query, request.body.toString('latin1')].join('\n');
  const unix = text.matchAll(/(?<![\d.])\d{10}(?:\d{3})?(?!\d)/g);
  const iso = text.matchAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/g);
  const times = [...[...unix].map(([value]) => unixTime(value)), ...[...iso].map(([value]) => isoTime(value))];
  return [...new Set(times.filter((time) => time !== undefined))].slice(0, MOST_TIMES);
}

type Headers = Readonly<Record<string, string>>;

/** Names as CGI and some frameworks hand them on. */
export function* headerVariants(headers: Headers): Generator<{ headers: Headers; how: string }> {
  const renamed = Object.entries(headers).map(([name, value]) => [
    name.replace(/^http_/, '').replaceAll('_', '-'),
    value,
  ]);
  const changed = Object.fromEntries(renamed) as Headers;
  if (Object.keys(changed).join() === Object.keys(headers).join()) return;
  yield { headers: { ...headers, ...changed }, how: 'HTTP_X_NAME for X-Name, as CGI writes them' };
}

const SLIPS: readonly (readonly [string, (secret: string) => string])[] = [
  ['white space around it', (secret) => secret.trim()],
  ['white space inside it', (secret) => secret.replace(/\s+/g, '')],
  ['quotes around it', (secret) => secret.trim().replace(/^(["'])(.*)\1$/s, '$2')],
  ['line breaks written as \\n', (secret) => secret.replaceAll('\\n', '\n')],
  ['the prefix whsec_ is missing', (secret) => `whsec_${secret}`],
  ['the prefix whsec_ does not belong to it', (secret) => secret.replace(/^whsec_/, '')],
];

export function* secretVariants(secrets: readonly string[]): Generator<{ secrets: readonly string[]; how: string }> {
  for (const [how, mend] of SLIPS) {
    const mended = secrets.map(mend).filter((secret, at) => secret !== secrets[at]);
    if (mended.length > 0) yield { secrets: mended, how };
  }
}

/** The same place under the other spellings that people enter. Described in words: a URL can hold a password. */
export function urlVariants(url: string | undefined): { readonly url: string; readonly how: string }[] {
  if (url === undefined) return [];
  const slashed = url.endsWith('/')
    ? { url: url.slice(0, -1), how: 'without the slash at its end' }
    : { url: `${url}/`, how: 'with a slash at its end' };
  const other = (text: string): string =>
    text.startsWith('https:') ? `http:${text.slice(6)}` : text.replace(/^http:/, 'https:');
  const scheme = url.startsWith('https:') ? 'http, not https' : 'https, not http';
  return [slashed, { url: other(url), how: scheme }, { url: other(slashed.url), how: `${scheme}, and ${slashed.how}` }];
}
