import type { Provider } from '../../../../lambda/providers/provider.ts';
import type { Options, Values } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { type Io, readUserFile } from '../../cli/io.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { optionsOf, parseOptions } from '../../words/provider.ts';
import { parseAt } from '../../words/time.ts';
import { guessContentType, parseHeaders } from './captured.ts';
import { cachedFetchText } from './fetch-text.ts';
import type { Attempt } from './guesses.ts';
import { findKeys, type Keys } from './keys.ts';

export const VERIFY_OPTIONS = {
  headers: { type: 'string', value: 'FILE', help: 'headers: "Name: value" lines, or JSON' },
  body: { type: 'string', value: 'FILE', help: 'body, the exact bytes' },
  secret: { type: 'string', value: '-', help: 'read the secret from standard input' },
  source: { type: 'string', value: 'NAME', help: "use this source's secret (default: the provider's only source)" },
  url: { type: 'string', value: 'URL', help: 'URL it was posted to; some ESPs sign it or carry the secret in it' },
  method: { type: 'string', value: 'NAME', help: 'default: POST' },
  at: { type: 'string', value: 'ISO', help: 'time it arrived (default: now)' },
  options: { type: 'string', value: 'JSON', help: "the source's own settings, as in the settings file" },
  cert: { type: 'string', value: 'FILE', help: 'signing certificate (PEM), instead of fetching it' },
  ...TARGET_OPTIONS,
} as const satisfies Options;

type Given = Values<typeof VERIFY_OPTIONS>;

/** The captured request and what it is checked with. */
export async function readCapture(
  provider: Provider<unknown>,
  given: Given,
  io: Io,
): Promise<Attempt & Pick<Keys, 'others'>> {
  if (given.headers === undefined || given.body === undefined) {
    throw new UsageError('verify: --headers and --body are both needed.');
  }
  if (given.secret !== undefined && given.secret !== '-') {
    throw new UsageError('--secret takes only "-": a secret on the command line stays in the shell history.');
  }
  const now = parseAt(given.at);
  const headers = parseHeaders(await readUserFile(io, '--headers', given.headers));
  const body = await readUserFile(io, '--body', given.body);
  const cert = given.cert === undefined ? undefined : (await readUserFile(io, '--cert', given.cert)).toString('utf8');
  const { secrets, source, others } = await findKeys(provider, given, io);
  const [webhookUrl = source?.url, query = ''] = given.url?.split('?', 2) ?? [];
  return {
    request: {
      method: given.method?.toUpperCase() ?? 'POST',
      headers: { 'content-type': guessContentType(body), ...headers },
      query,
      body,
    },
    context: {
      secrets,
      options:
        given.options === undefined ? optionsOf(provider, source?.options) : parseOptions(provider, given.options),
      now,
      fetchText: cert === undefined ? cachedFetchText() : () => Promise.resolve(cert),
      ...(webhookUrl !== undefined && { webhookUrl }),
    },
    others,
  };
}
