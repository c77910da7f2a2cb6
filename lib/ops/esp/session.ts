import { setTimeout as pause } from 'node:timers/promises';
import { caller, type Patience } from '../../../lambda/esp/caller.ts';
import type { ApiContext, EspApi } from '../../../lambda/providers/api.ts';
import { API_IDS, apiOf } from '../../../lambda/providers/apis.ts';
import type { Options, Values } from '../cli/command.ts';
import { CannotKnow, UsageError } from '../cli/errors.ts';
import type { Io } from '../cli/io.ts';
import { type SourceName, sourceOf, type Target } from '../target/target.ts';
import { providerOf } from '../words/provider.ts';
import { apiKeyOf, KEY_OPTIONS } from './key.ts';

/** Options of every command that talks to an ESP's API. What is left out stands in the source's settings (`api`), else it is the ESP's own. */
export const API_OPTIONS = {
  domain: { type: 'string', value: 'NAME', help: 'the sending domain, for ESPs that keep their data by it' },
  'api-base': { type: 'string', value: 'URL', help: "another host of the ESP's API: EU, a proxy" },
  ...KEY_OPTIONS,
} as const satisfies Options;

export type ApiOptions = Values<typeof API_OPTIONS>;

/** One source's ESP, ready to be asked. */
export interface Session {
  readonly source: string;
  readonly name: SourceName;
  /** The ESP's name as people write it. */
  readonly title: string;
  readonly api: EspApi;
  readonly context: ApiContext;
}

/** What is needed to talk to the source's ESP, checked before the key is asked for. */
export async function openSession(
  target: Target,
  source: string,
  given: ApiOptions,
  io: Io,
  patience?: Partial<Patience>,
): Promise<Session> {
  const name = sourceOf(target, source);
  const { title } = providerOf(name.provider);
  const api = await apiOf(name.provider);
  if (!api)
    throw new UsageError(
      `${title} has no API that Quell uses: docs/providers/${name.provider}.md says why. Those it uses: ${API_IDS.join(', ')}.`,
    );
  const aws =
    api.signedByAws === undefined ? undefined : await (await import('./aws.ts')).awsLine(target, api.signedByAws);
  const chosen = given['api-base'] ?? name.api?.base;
  if (aws && chosen === undefined && target.kind === 'local')
    throw new CannotKnow(
      `The local stack has no AWS account that ${title} could be asked as: name a deployed --stage.`,
    );
  const base = baseOf(chosen ?? aws?.base.href ?? api.base);
  const domain = (given.domain ?? name.api?.domain ?? '').trim();
  if (api.domain !== undefined && domain === '')
    throw new UsageError(`${title} keeps its data by domain: --domain is missing (${api.domain}).`);
  const key = aws ? '' : await apiKeyOf(target, source, { title, api }, given, io);
  const call = caller({
    api,
    title,
    base,
    key,
    say: io.say,
    ...(aws && { sign: aws.sign }),
    ...(patience && { patience }),
  });
  return {
    source,
    name,
    title,
    api,
    context: { call, now: Date.now(), domain, source, wait: patience?.pause ?? pause },
  };
}

/** The key goes there: over TLS, or to this machine. */
function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && url.username === '' && url.search === '' && (url.protocol === 'https:' || isHere(url))) return url;
  throw new UsageError('--api-base is an https URL without user and query (http only to this machine).');
}

const isHere = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);

/** @throws UsageError where this ESP has no such part. */
export function partOf<T>(session: Session, part: T | undefined, what: string): T {
  if (part !== undefined) return part;
  throw new UsageError(
    `${session.title}'s API gives no ${what}: docs/providers/${session.name.provider}.md says what there is instead.`,
  );
}
