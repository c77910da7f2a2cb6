import { strictObject } from 'valibot';
import { RefusedRequest } from '../../domain/errors.ts';
import type { BounceClass, Draft, EventType } from '../../domain/event.ts';
import { parseJson, UnreadableJson } from '../../domain/json.ts';
import { type Fields, fields, isoTime, list, present, stringMap, tagList, text, unixTime } from '../../domain/read.ts';
import { defineProvider, type WebhookRequest } from '../provider.ts';
import { bodyText, jsonEvent } from '../shared/body.ts';
import { weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { formEvent } from '../shared/form.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { sampleEvent } from './samples.ts';

/** By the event's word without blanks and underscores. */
const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['delivered', 'delivered'],
  ['hardbounce', 'bounced'],
  ['softbounce', 'bounced'],
  ['open', 'opened'],
  ['emailopen', 'opened'],
  ['click', 'clicked'],
  ['emaillinkclick', 'clicked'],
  ['feedbackloop', 'complained'],
]);

const BOUNCES: ReadonlyMap<string, BounceClass> = new Map([
  ['hardbounce', 'hard'],
  ['softbounce', 'soft'],
]);

/** Zoho ZeptoMail: one JSON object of nested lists. Its own signature is not documented well enough to be checked. */
export const zeptomail = defineProvider({
  id: 'zeptomail',
  title: 'ZeptoMail',
  options: strictObject({}),
  secret: { form: SHARED_SECRET_FORM },
  keys: 'chosen',
  proof: { signs: 'nothing', with: 'password' },
  emits: ['delivered', 'bounced', 'opened', 'clicked', 'complained'],
  clearList: 'Suppression list of the Mail Agent > delete.',

  verify: (request, { secrets }) => verifySharedSecret(request, secrets),

  split: (request) => ({ events: /^\s*\{/.test(bodyText(request)) ? jsonEvent(request) : formJson(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const names = (Array.isArray(event.event_name) ? event.event_name : [event.event_name]).flatMap(
      (name) => text(name) ?? [],
    );
    const drafts = list(event.event_message)
      .map(fields)
      .flatMap((message) => messageDrafts(event, names, message));
    return drafts.length > 0 ? drafts : [draftOf(event, names[0] ?? '', {}, {})];
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    return postWithSecret(input.signingKey, JSON_TYPE, JSON.stringify(event));
  },
});

/** The JSON inside a form field, where it is posted as one: whichever field it is. */
function formJson(request: WebhookRequest): string[] {
  const [form = ''] = formEvent(request);
  const found = [...new URLSearchParams(form).values()].find((value) => /^\s*\{/.test(value));
  if (found === undefined) throw new RefusedRequest('unreadable', 'No field of the form holds a JSON object.');
  try {
    parseJson(found);
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    throw new RefusedRequest('unreadable', `The form's field is ${error.message}.`);
  }
  return [found.trim()];
}

/** One draft for each detail; a message without any is one as well. */
function messageDrafts(event: Fields, names: readonly string[], message: Fields): readonly Draft[] {
  const data = list(message.event_data).map(fields);
  const details = data.flatMap((item) =>
    list(item.details).map((detail) => ({ word: wordOf(names, text(item.object)), detail: fields(detail) })),
  );
  if (details.length === 0) return [draftOf(event, wordOf(names, text(data[0]?.object)), message, {})];
  return details.map(({ word, detail }) => draftOf(event, word, message, detail));
}

/** Normally there is one name for the whole request; among several the object of the detail tells. */
const wordOf = (names: readonly string[], object: string | undefined): string =>
  (names.length === 1 ? names[0] : object) ?? names[0] ?? '';

function draftOf(event: Fields, word: string, message: Fields, detail: Fields): Draft {
  const key = word.toLowerCase().replace(/[\s_]/g, '');
  const type = TYPES.get(key) ?? 'unknown';
  const info = fields(message.email_info);
  const recipient = text(detail.bounced_recipient) ?? onlyRecipient(info);
  const messageId = text(message.request_id) ?? text(info.email_reference);
  return draft(word, {
    type,
    providerEventId: text(event.webhook_request_id),
    recipient,
    // When the mail was processed (`processed_time`) is not when this happened.
    occurredAt: isoTime(detail.time) ?? unixTime(detail.time),
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
  const all = [...list(info.to), ...list(info.cc), ...list(info.bcc)].map((entry) => {
    const address = fields(entry).email_address ?? entry;
    return text(address) ?? text(fields(address).address);
  });
  return all.length === 1 ? all[0] : undefined;
}

function outcome(type: EventType, key: string, detail: Fields): Partial<Draft> {
  switch (type) {
    case 'bounced': {
      const diagnostic = text(detail.diagnostic_message) ?? text(detail.reason);
      const said = BOUNCES.get(key) ?? 'undetermined';
      return present({
        ...weighBounce(said, { text: diagnostic }, said === 'hard' ? 'mailbox' : undefined),
        diagnostic,
      });
    }
    case 'opened':
    case 'clicked': {
      const place = fields(detail.ip_location_info);
      return present({
        url: text(detail.clicked_link),
        userAgent: text(detail.user_agent),
        ip: text(place.ip_address),
        country: text(place.country_code),
        device: text(fields(detail.device).name),
      });
    }
    default:
      return {};
  }
}
