import { randomBytes, randomUUID } from 'node:crypto';
import type { EventType } from '../../../lambda/contract/event/types.ts';
import { webhookPath } from '../../../lambda/contract/paths.ts';
import { UNSUBSCRIBE_SOURCE } from '../../../lambda/contract/unsubscribe.ts';
import { formatKey, parseKey, type TokenKey } from '../../../lambda/domain/unsubscribe/key.ts';
import { RANDOM_BYTES, sealToken } from '../../../lambda/domain/unsubscribe/token.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Provider, SampleRequest } from '../../../lambda/providers/provider.ts';
import { signEnvelope } from '../../../lambda/providers/shared/proof/sns-envelope.ts';
import { runtimeConfig } from '../../../lib/settings/runtime-config.ts';
import { signGeneric, signSendGrid, signSvix } from '../driver.ts';
import { settingsOf } from '../stack/settings.ts';

/** A stack with a source of each way of proof, everything switched on. */
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:mail';
export const CONFIG = {
  ...runtimeConfig(
    settingsOf({
      sources: {
        guide: { provider: 'generic' },
        sendgrid: { provider: 'sendgrid' },
        mailgun: { provider: 'mailgun' },
        resend: { provider: 'resend' },
        ses: { provider: 'ses', topicArns: [TOPIC] },
      },
      archive: {},
      unsubscribe: {},
    }),
  ),
};

const KEYS = new Map(
  Object.values(CONFIG.sources).map(({ provider }) => [provider, (PROVIDERS.get(provider) as Provider).generateKey()]),
);
const page = formatKey(randomBytes(32));
export const HEARTBEAT_KEY = 'a'.repeat(64);
export const ERASURE = 'k'.repeat(43);

/** What the three secrets of the stack hold, by their ARN. */
export const SECRETS = {
  webhooks: Object.fromEntries(
    Object.entries(CONFIG.sources).flatMap(([name, { provider }]) => {
      const secret = KEYS.get(provider)?.secret;
      return secret === undefined ? [] : [[name, secret]];
    }),
  ),
  own: { 'quell-heartbeat': HEARTBEAT_KEY, 'quell-erasure': ERASURE },
  page: { [UNSUBSCRIBE_SOURCE]: page },
} as const;

export const SNS_KEY = KEYS.get('ses')?.signingKey ?? '';

/** A request as an HTTP API hands it to `receive`. */
export interface Post {
  readonly routeKey: string;
  readonly method: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly token?: string;
  /** Signs again: what was signed minutes ago is refused. */
  readonly signedNow?: () => Readonly<Record<string, string>>;
}

export const eventOf = ({ routeKey, method, query, headers, body, token, signedNow }: Post, at: number): object => ({
  version: '2.0',
  routeKey,
  rawPath: routeKey.split(' ')[1],
  rawQueryString: query,
  headers: signedNow?.() ?? headers,
  ...(token !== undefined && { pathParameters: { token } }),
  requestContext: {
    requestId: randomUUID(),
    timeEpoch: at,
    http: { method, path: routeKey.split(' ')[1], sourceIp: '198.51.100.7' },
  },
  body,
  isBase64Encoded: false,
});

const post = (source: string, body: string, headers: Readonly<Record<string, string>>): Post => ({
  routeKey: `POST ${webhookPath(source)}`,
  method: 'POST',
  query: '',
  headers,
  body,
});

const keyOf = (provider: string): string => KEYS.get(provider)?.signingKey ?? '';

export function guide(...events: readonly object[]): Post {
  const body = JSON.stringify(events);
  return post('guide', body, signGeneric(body, keyOf('generic')));
}

export function sendgrid(...events: readonly object[]): Post {
  const body = JSON.stringify(events);
  return post('sendgrid', body, signSendGrid(body, keyOf('sendgrid')));
}

/** What the ESP of a source posts about one event. */
export function sampleOf(source: string, type: EventType, recipient: string, at: number, id = 'a1b2c3d4'): Post {
  const { provider: name, options } = CONFIG.sources[source] ?? { provider: '', options: {} };
  const provider = PROVIDERS.get(name) as Provider<unknown>;
  const sample = provider.sample({ type, recipient, at, id, signingKey: keyOf(name), options }) as SampleRequest;
  return { ...post(source, sample.body, sample.headers), query: sample.query ?? '' };
}

/** An event of Resend, whose signatures are good for minutes. */
export function resend(type: EventType, recipient: string, at: number): Post {
  const sample = sampleOf('resend', type, recipient, at);
  return { ...sample, signedNow: () => signSvix(sample.body, KEYS.get('resend')?.secret ?? '', 'msg_1') };
}

/** What SNS posts when the source is subscribed to its topic. */
export function topicConfirmation(at: number): Post {
  const sample = sampleOf('ses', 'complained', 'ada@example.com', at);
  const { SigningCertURL, UnsubscribeURL: _none, ...notification } = JSON.parse(sample.body) as Record<string, string>;
  const SubscribeURL = 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=t';
  const message = { ...notification, Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL };
  const headers = { ...sample.headers, 'x-amz-sns-message-type': message.Type };
  return { ...sample, headers, body: JSON.stringify({ ...signEnvelope(message, SNS_KEY), SigningCertURL }) };
}

/** Somebody who follows the link of a mail, and leaves. */
export function leaving(address: string, at: number): Post {
  const issuedAt = Math.floor(at / 1000);
  const key = parseKey(page) as TokenKey;
  const token = sealToken({ address, scope: 'all', issuedAt }, key, Buffer.alloc(RANDOM_BYTES, 7));
  return {
    routeKey: 'POST /u/v1/{token}',
    method: 'POST',
    query: '',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
    token,
  };
}

export const health: Post = { routeKey: 'GET /health', method: 'GET', query: '', headers: {}, body: '' };
