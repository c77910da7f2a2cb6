import { strictObject } from 'valibot';
import type { BounceClass, Draft, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, instant, list, present, stringMap, text } from '../../domain/read.ts';
import { defineProvider } from '../provider.ts';
import { weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { jsonMemberEvents } from '../shared/json-member.ts';
import { hexHmac, hexKey, verifyHexHmac } from '../shared/proof/hmac.ts';
import { requiredHeader } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { sampleEvent } from './samples.ts';

const SIGNATURE = 'klaviyo-signature';
const TIMESTAMP = 'klaviyo-timestamp';
const PREFIX = 'event:klaviyo.';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['received_email', 'delivered'],
  ['opened_email', 'opened'],
  ['clicked_email', 'clicked'],
  ['bounced_email', 'bounced'],
  ['dropped_email', 'dropped'],
  ['marked_email_as_spam', 'complained'],
  ['unsubscribed_from_email_marketing', 'unsubscribed'],
  ['subscribed_to_email_marketing', 'resubscribed'],
  ['manually_suppressed_from_email_marketing', 'unsubscribed'],
  ['manually_unsuppressed_from_email_marketing', 'resubscribed'],
]);

const BOUNCES: ReadonlyMap<string, BounceClass> = new Map([
  ['hard', 'hard'],
  ['soft', 'soft'],
]);

/** Where an event's properties may name the address, the profile being absent. */
const EMAIL_PROPERTIES = ['$email', 'email', 'Email', 'Recipient Email Address'];

/** Properties that say which mailing it was. */
const MAILING = ['Campaign Name', '$message', '$flow'];

/** Klaviyo system webhooks: `{"data": [...]}`, HMAC-SHA256 over the raw body followed by the timestamp. */
export const klaviyo = defineProvider({
  id: 'klaviyo',
  title: 'Klaviyo',
  options: strictObject({}),
  secret: { form: 'the secret key given when the webhook was made' },
  keys: 'chosen',
  proof: { signs: 'body', with: 'hmac' },
  emits: ['delivered', 'bounced', 'dropped', 'opened', 'clicked', 'complained', 'unsubscribed', 'resubscribed'],
  api: { tells: 'list', load: async () => (await import('./api.ts')).api },
  clearList: 'Profile > unsuppress (manual suppressions, bounces); a person who unsubscribed must subscribe again.',

  // Whether Klaviyo signs retries anew is not documented: no age is enforced, dedupe takes replays.
  verify: (request, { secrets }) =>
    verifyHexHmac(
      secrets,
      requiredHeader(request, SIGNATURE),
      [request.body, requiredHeader(request, TIMESTAMP)],
      'The signature does not match. Is this the secret key of this very webhook?',
    ),

  split: (request) => ({ events: jsonMemberEvents(request, 'data') }),

  normalise(raw) {
    const event = rawFields(raw);
    const topic = text(event.topic) ?? '';
    const type = (topic.startsWith(PREFIX) && TYPES.get(topic.slice(PREFIX.length))) || 'unknown';
    // The shape of the Events API: the event under `data`, the person under `included`.
    const payload = fields(event.payload);
    const attributes = fields(fields(payload.data).attributes);
    const properties = fields(attributes.event_properties);
    const recipient = profileEmail(payload) ?? EMAIL_PROPERTIES.map((name) => text(properties[name])).find(Boolean);
    return [
      draft(topic, {
        type,
        providerEventId: text(event.external_id),
        recipient,
        occurredAt: instant(attributes.datetime) ?? instant(attributes.timestamp),
        identity: [
          topic,
          text(event.external_id),
          recipient,
          text(event.external_id) === undefined ? (text(attributes.datetime) ?? text(attributes.timestamp)) : undefined,
        ],
        ...outcome(type, properties),
        // It does not say what was chosen: the events of each change do.
        echo: topic === `${PREFIX}updated_email_preferences` ? true : undefined,
        metadata: stringMap(Object.fromEntries(MAILING.map((name) => [name, properties[name]]))),
      }),
    ];
  },

  generateKey: () => hexKey(),

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    const timestamp = new Date(input.at).toISOString();
    const meta = { timestamp, klaviyo_webhook_id: 'sample', klaviyo_account_id: 'SAMPLE', version: 1 };
    const body = input.body ?? JSON.stringify({ data: [event], meta });
    return {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [TIMESTAMP]: timestamp,
        [SIGNATURE]: hexHmac(input.signingKey, body, timestamp),
      },
      body,
    };
  },
});

function profileEmail(payload: Fields): string | undefined {
  const profiles = list(payload.included)
    .map(fields)
    .filter((included) => included.type === 'profile');
  return profiles.map((profile) => text(fields(profile.attributes).email)).find((email) => email !== undefined);
}

function outcome(type: EventType, properties: Fields): Partial<Draft> {
  switch (type) {
    case 'bounced': {
      const said = BOUNCES.get((text(properties['Bounce Type']) ?? '').toLowerCase()) ?? 'undetermined';
      return weighBounce(said, {}, said === 'hard' ? 'mailbox' : undefined);
    }
    case 'dropped':
      return { dropReason: 'other' };
    case 'opened':
      return present({ machine: flag(properties['Apple Privacy Open'] ?? properties.machine_open) });
    case 'clicked':
      return present({ url: text(properties.URL), machine: flag(properties['Bot Click']) });
    case 'unsubscribed':
    case 'resubscribed':
      return { scope: 'all' };
    default:
      return {};
  }
}

/** A boolean, or its word; anything else says nothing. */
const flag = (value: unknown): boolean | undefined =>
  ({ true: true, false: false })[String(value).toLowerCase() as 'true' | 'false'];
