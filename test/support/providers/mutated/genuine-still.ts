import type { Genuine, Posted } from './genuine.ts';

/**
 * Whether a request that was taken in still is what its ESP proved: said once more and by itself, not by asking the code that is tested.
 * @param queued what it put on the queue, and what the genuine request puts there
 */
export function isStillGenuine(from: Genuine, posted: Posted, queued: string, genuine: string): boolean {
  if (posted.source !== from.source) return false;
  switch (from.origin.signs) {
    case 'nothing':
      return secretIn(posted).some((one) => secretIn(from).includes(one));
    case 'token':
      return from.source === 'mailgun'
        ? tokenIn(posted.body) === tokenIn(from.body)
        : sameTimes(from, posted) && identityIn(posted.body) === identityIn(from.body);
    default:
      if (from.origin.with === 'certificate') return signedFields(posted.body) === signedFields(from.body);
      return queued === genuine && sameTimes(from, posted);
  }
}

/** A repeated secret wherever it can stand, in plain. */
function secretIn({ headers, query }: Posted): string[] {
  const { authorization = '' } = headers;
  const [, basic] = /^\s*basic\s+(.*)$/i.exec(authorization) ?? [];
  const others = Object.values(headers).map((value) => value.trim());
  const decoded = basic === undefined ? [] : [Buffer.from(basic, 'base64').toString()];
  return [...decoded, ...others, ...new URLSearchParams(query).values()].filter((value) => value.length > 12);
}

function tokenIn(body: Buffer): string {
  const { timestamp, token, signature } = (json(body).signature ?? {}) as Record<string, unknown>;
  return [timestamp, token, String(signature).toLowerCase()].join();
}

const identityIn = (body: Buffer): string => [json(body).id, json(body).eventType].join();

/** When it was signed may not be what was changed; ZeptoMail signs no time, its header only names one. */
const sameTimes = (from: Posted, posted: Posted): boolean =>
  from.source.startsWith('zeptomail') ||
  Object.keys(from.headers)
    .filter((name) => /time|-ts|-id$|signature/.test(name))
    .every((name) =>
      /signature/.test(name)
        ? times(from.headers[name]) === times(posted.headers[name])
        : from.headers[name]?.trim() === posted.headers[name]?.trim(),
    );

const times = (value = ''): string => (/(?<![0-9a-f])\d{10}(?![0-9a-f])/.exec(value) ?? [''])[0];

const SIGNED = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];

const signedFields = (body: Buffer): string => JSON.stringify(SIGNED.map((name) => json(body)[name] ?? null));

function json(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString().replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
