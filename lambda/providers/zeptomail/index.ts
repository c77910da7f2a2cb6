import { optional, picklist, strictObject } from 'valibot';
import { RefusedRequest } from '../../domain/errors.ts';
import type { Draft, EventType } from '../../domain/event/event.ts';
import { parseJson, UnreadableJson } from '../../domain/json.ts';
import { type Fields, fields, instant, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider, type Proof, type WebhookRequest } from '../provider.ts';
import { bodyText, jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { draft } from '../shared/draft.ts';
import { formEvent } from '../shared/form/form.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { fromBase64, hmac, matchSecret, requiredHeader, sameBytes } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { outcome } from './outcome.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE = 'producer-signature';

/** By the event's word without blanks and underscores, and without a leading `email`. */
const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['delivered', 'delivered'],
  ['hardbounce', 'bounced'],
  ['softbounce', 'bounced'],
  ['open', 'opened'],
  ['click', 'clicked'],
  ['linkclick', 'clicked'],
  ['feedbackloop', 'complained'],
]);

/** Zoho ZeptoMail: one JSON object of nested lists; credentials in the URL, or its own HMAC-SHA256 over the JSON. */
export const zeptomail = defineProvider({
  id: 'zeptomail',
  title: 'ZeptoMail',
  options: strictObject({
    /** `signature` where the webhook has an authentication key: the header `producer-signature` is then required. */
    auth: optional(picklist(['shared-secret', 'signature']), 'shared-secret'),
  }),
  secret: { form: `${SHARED_SECRET_FORM}; with "auth": "signature" the authentication key` },
  keys: 'chosen',
  proof: { signs: 'nothing', with: 'password' },
  otherProofs: [{ options: { auth: 'signature' }, signs: 'body', with: 'hmac', keys: 'shown' }],
  emits: ['delivered', 'bounced', 'opened', 'clicked', 'complained'],
  clearList: 'Suppression list of the Mail Agent > delete.',
  // A form takes three bytes for each that is no letter.
  maxBodyBytes: 3 * ONE_EVENT_BYTES,

  verify: (request, { secrets, options }) =>
    options.auth === 'signature' ? verifySigned(request, secrets) : verifySharedSecret(request, secrets),

  split: (request) => ({ events: /^\s*\{/.test(bodyText(request)) ? jsonEvent(request) : [formJson(request).trim()] }),

  normalise(raw) {
    const event = rawFields(raw);
    const names = (Array.isArray(event.event_name) ? event.event_name : [event.event_name]).flatMap(
      (name) => text(name) ?? [],
    );
    const drafts = listed(event.event_message)
      .map(fields)
      .flatMap((message) => messageDrafts(event, names, message));
    return drafts.length > 0 ? drafts : [draftOf(event, names[0] ?? '', {}, {})];
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const body = input.body ?? JSON.stringify(event);
    if (input.options.auth === 'shared-secret') return postWithSecret(input.signingKey, JSON_TYPE, body);
    const digest = encodeURIComponent(hmac('sha256', input.signingKey, body).toString('base64'));
    const headers = { 'content-type': JSON_TYPE, [SIGNATURE]: `ts=${input.at};s=${digest};s-algorithm=HmacSHA256` };
    return { method: 'POST', headers, body };
  },
});

/**
 * `ts=<milliseconds>;s=<base64, URL-encoded>;s-algorithm=HmacSHA256` over the JSON, be it the body or a form's field. The time is not
 * signed, so that it proves nothing: dedupe takes replays.
 */
function verifySigned(request: WebhookRequest, secrets: readonly string[]): Proof {
  const parts = new Map(
    requiredHeader(request, SIGNATURE)
      .split(';')
      .map((part): [string, string] => [part.slice(0, part.indexOf('=')).trim(), part.slice(part.indexOf('=') + 1)]),
  );
  const given = fromBase64(decoded(parts.get('s') ?? '')) ?? Buffer.alloc(0);
  const documented = /^HmacSHA256$/i.test(parts.get('s-algorithm') ?? 'HmacSHA256');
  const signed = /^\s*\{/.test(request.body.toString('latin1')) ? request.body : Buffer.from(formJson(request));
  return matchSecret(
    secrets,
    (secret) => documented && sameBytes(hmac('sha256', secret, signed), given),
    'The signature does not match. Is this the authentication key of this very webhook?',
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Documented as lists; some accounts were seen to get the one object alone. */
const listed = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : typeof value === 'object' && value !== null ? [value] : [];

/** The JSON inside a form field, where it is posted as one: whichever field it is. */
function formJson(request: WebhookRequest): string {
  const [form = ''] = formEvent(request);
  const found = [...new URLSearchParams(form).values()].find((value) => /^\s*\{/.test(value));
  if (found === undefined) throw new RefusedRequest('unreadable', 'No field of the form holds a JSON object.');
  try {
    parseJson(found);
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    throw new RefusedRequest('unreadable', `The form's field is ${error.message}.`);
  }
  return found;
}

/** One draft for each detail; a message without any is one as well. */
function messageDrafts(event: Fields, names: readonly string[], message: Fields): readonly Draft[] {
  const data = listed(message.event_data).map(fields);
  const details = data.flatMap((item) =>
    listed(item.details).map((detail) => ({ word: wordOf(names, text(item.object)), detail: fields(detail) })),
  );
  if (details.length === 0) return [draftOf(event, wordOf(names, text(data[0]?.object)), message, {})];
  return details.map(({ word, detail }) => draftOf(event, word, message, detail));
}

/** Normally there is one name for the whole request; among several the object of the detail tells. */
const wordOf = (names: readonly string[], object: string | undefined): string =>
  (names.length === 1 ? names[0] : object) ?? names[0] ?? '';

function draftOf(event: Fields, word: string, message: Fields, detail: Fields): Draft {
  const key = word
    .toLowerCase()
    .replace(/[\s_]/g, '')
    .replace(/^email(?=.)/, '');
  const type = TYPES.get(key) ?? 'unknown';
  const info = fields(message.email_info);
  const recipient = text(detail.bounced_recipient) ?? onlyRecipient(info);
  const messageId = text(message.request_id) ?? text(info.email_reference);
  return draft(word, {
    type,
    providerEventId: text(event.webhook_request_id),
    recipient,
    // When the mail was processed (`processed_time`) is not when this happened.
    occurredAt: instant(detail.time),
    messageId,
    identity: [
      word,
      recipient,
      text(detail.time),
      messageId,
      text(detail.clicked_link),
      // Not known to be the same in a retry: only where nothing else tells two events apart.
      text(detail.time) === undefined ? text(event.webhook_request_id) : undefined,
    ],
    ...outcome(type, key, detail),
    tags: tagList(info.tag),
    metadata: stringMap({ client_reference: info.client_reference }),
  });
}

/** All addressees are listed: it names one person only where there is one. */
function onlyRecipient(info: Fields): string | undefined {
  const all = [...listed(info.to), ...listed(info.cc), ...listed(info.bcc)].map((entry) => {
    const address = fields(entry).email_address ?? entry;
    return text(address) ?? text(fields(address).address);
  });
  return all.length === 1 ? all[0] : undefined;
}
