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
import { defineProvider } from '../provider.ts';
import { jsonEvents } from '../shared/body.ts';
import { jsonMemberEvents } from '../shared/json-member.ts';
import { MAPPING_OPTIONS, mappedDraft } from '../shared/mapping/mapping.ts';
import { mappedSample, usualPlace } from '../shared/mapping/sample.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
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
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';

const headerName = pipe(string(), regex(/^[A-Za-z0-9-]+$/, "A header's name."), toLowerCase());

const options = pipe(
  strictObject({
    ...MAPPING_OPTIONS,
    /** `shared-secret` for a sender that signs nothing: credentials in the URL or in a header. */
    auth: optional(picklist(['signature', 'shared-secret']), 'signature'),
    /** The member of the body that holds the list of events, where the body is not the list itself. */
    list: optional(pipe(string(), regex(/^[^.\s]+$/, "A member's name."))),
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
  secret: { form: `the signing secret, as text; with "auth": "shared-secret" ${SHARED_SECRET_FORM}` },
  keys: 'chosen',
  proof: { signs: 'body', with: 'hmac' },
  otherProofs: [{ options: { auth: 'shared-secret' }, signs: 'nothing', with: 'password', keys: 'chosen' }],
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
    if (options.auth === 'shared-secret') return verifySharedSecret(request, secrets);
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

  split: (request, { list }) => ({
    events: list === undefined ? jsonEvents(request) : jsonMemberEvents(request, list),
  }),

  normalise: (raw, { options }) => [mappedDraft(raw, rawFields(raw), options)],

  // Serves as signing secret and as credentials.
  generateKey: basicKey,

  sample(input) {
    const event = mappedSample(input, usualPlace);
    if (!event) return undefined;
    const { header, prefix, encoding, template, timestampHeader, list, auth } = input.options;
    const body = input.body ?? JSON.stringify(list === undefined ? event : { [list]: [event] });
    if (auth === 'shared-secret') return postWithSecret(input.signingKey, JSON_TYPE, body);
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
