import { randomBytes } from 'node:crypto';
import {
  check,
  integer,
  minValue,
  number,
  optional,
  picklist,
  pipe,
  regex,
  strictObject,
  string,
  toLowerCase,
} from 'valibot';
import { defineProvider, type WebhookRequest } from '../provider.ts';
import { jsonEvents } from '../shared/body.ts';
import { MAPPING_OPTIONS, mappedDraft } from '../shared/mapping.ts';
import { mappedSample, usualPlace } from '../shared/mapping-sample.ts';
import {
  checkAge,
  fromBase64,
  fromHex,
  hmac,
  matchSecret,
  requiredHeader,
  sameBytes,
} from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';

const headerName = pipe(string(), regex(/^[A-Za-z0-9-]+$/, "A header's name."), toLowerCase());

const options = pipe(
  strictObject({
    ...MAPPING_OPTIONS,
    /** The header that carries the signature. */
    header: optional(headerName, 'x-webhook-signature'),
    /** What stands before the signature in it, such as `sha256=`. */
    prefix: optional(string(), ''),
    encoding: optional(picklist(['hex', 'base64']), 'hex'),
    /** What is signed; `{body}` is the exact body, `{ts}` the timestamp header. */
    template: optional(
      pipe(string(), regex(/^[^{}]*(\{(ts|body)\}[^{}]*)+$/, 'Text with {body} and, if signed, {ts}.')),
      '{body}',
    ),
    timestampHeader: optional(headerName),
    /** How far the signed time may be from now. Off by default: many senders do not sign their retries anew. */
    toleranceSeconds: optional(pipe(number(), integer(), minValue(1))),
  }),
  check(({ template }) => template.split('{body}').length === 2, 'template: {body} must stand in it once.'),
  check(
    ({ template, timestampHeader }) => template.includes('{ts}') === (timestampHeader !== undefined),
    'timestampHeader belongs with a template that has {ts}: a time that is not signed proves nothing.',
  ),
  check(
    ({ timestampHeader, toleranceSeconds }) => toleranceSeconds === undefined || timestampHeader !== undefined,
    'toleranceSeconds needs timestampHeader and a template with {ts}.',
  ),
);

/** Any sender that signs with HMAC-SHA256: where it puts the signature, its facts and its words are settings. */
export const generic = defineProvider({
  id: 'generic',
  title: 'Generic HMAC',
  options,
  secret: { form: 'the signing secret, as text' },
  keys: 'chosen',
  proof: { signs: 'body', with: 'hmac' },
  emits: [
    'accepted',
    'delivered',
    'deferred',
    'bounced',
    'dropped',
    'opened',
    'clicked',
    'complained',
    'unsubscribed',
    'resubscribed',
    'inbound',
  ],
  clearList: "The sender's own list, where it keeps one.",

  verify(request, { secrets, options, now }) {
    const { header, prefix, encoding, template, timestampHeader, toleranceSeconds } = options;
    const given = requiredHeader(request, header);
    const timestamp = timestampHeader === undefined ? '' : requiredHeader(request, timestampHeader);
    const value = given.startsWith(prefix) ? given.slice(prefix.length) : '';
    const signature = encoding === 'hex' ? fromHex(value) : fromBase64(value);
    const signed = fill(template, timestamp, request.body);
    const proof = matchSecret(
      secrets,
      (secret) => signature !== undefined && sameBytes(signature, hmac('sha256', secret, ...signed)),
      'The signature does not match. Check the secret, and the header, prefix, encoding and template of this source.',
    );
    if (toleranceSeconds !== undefined) checkAge(inSeconds(timestamp), now, toleranceSeconds);
    return proof;
  },

  split: (request: WebhookRequest) => ({ events: jsonEvents(request) }),

  normalise: (raw, { options }) => [mappedDraft(raw, rawFields(raw), options)],

  generateKey() {
    const secret = randomBytes(32).toString('hex');
    return { secret, signingKey: secret };
  },

  sample(input) {
    const event = mappedSample(input, usualPlace);
    if (!event) return undefined;
    const { header, prefix, encoding, template, timestampHeader } = input.options;
    const body = JSON.stringify(event);
    const timestamp = String(Math.floor(input.at / 1000));
    const signature = hmac('sha256', input.signingKey, ...fill(template, timestamp, Buffer.from(body)));
    return {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(timestampHeader !== undefined && { [timestampHeader]: timestamp }),
        [header]: prefix + signature.toString(encoding),
      },
      body,
    };
  },
});

/** The signed bytes in parts; the body is never turned into text. */
function fill(template: string, timestamp: string, body: Buffer): readonly (string | Buffer)[] {
  const [before = '', after = ''] = template.split('{body}').map((part) => part.replaceAll('{ts}', () => timestamp));
  return [before, body, after];
}

/** Some senders write milliseconds. */
const inSeconds = (timestamp: string): string =>
  /^\d{13}$/.test(timestamp) ? `${timestamp.slice(0, -3)}.${timestamp.slice(-3)}` : timestamp;
