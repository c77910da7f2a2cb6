import { optional, picklist, strictObject } from 'valibot';
import { RefusedRequest } from '../../domain/errors.ts';
import type { BounceCause, BounceClass, Draft, DropReason, EventType } from '../../domain/event/event.ts';
import { sliceElements, sliceMember } from '../../domain/json.ts';
import { type Fields, fields, instant, list, present, stringMap, text, utcTime } from '../../domain/read.ts';
import { defineProvider, type Payload, type WebhookRequest } from '../provider.ts';
import { bodyJson, jsonEvent, ONE_EVENT_BYTES } from '../shared/body.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { hexKey } from '../shared/proof/hmac.ts';
import { fromHex, matchSecret, md5, sameBytes } from '../shared/proof/signature.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, membersOf } from '../shared/samples.ts';
import { sampleData } from './samples.ts';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['sent', 'accepted'],
  ['delivered', 'delivered'],
  ['opened', 'opened'],
  ['clicked', 'clicked'],
  ['soft_bounced', 'bounced'],
  ['hard_bounced', 'bounced'],
  ['unsubscribed', 'unsubscribed'],
  ['subscribed', 'resubscribed'],
  ['spam', 'complained'],
]);

/** By `delivery_status` of a hard bounce. Unreachable may be the domain or the way to it: no cause. */
const BOUNCES: ReadonlyMap<string, readonly [BounceClass, BounceCause?]> = new Map([
  ['err_user_unknown', ['hard', 'mailbox']],
  ['err_user_inactive', ['hard', 'mailbox']],
  ['err_mailbox_discarded', ['hard', 'mailbox']],
  ['err_domain_inactive', ['hard', 'domain']],
  ['err_unreachable', ['hard']],
  ['err_mailbox_full', ['soft', 'full']],
  ['err_too_large', ['soft', 'technical']],
  ['err_spam_rejected', ['block', 'content']],
  ['err_blacklisted', ['block', 'reputation']],
  ['err_destination_misconfigured', ['block', 'technical']],
  ['err_delivery_failed', ['undetermined']],
  ['err_lost', ['undetermined']],
]);

/** "Hard bounces" that were never sent. */
const DROPS: ReadonlyMap<string, DropReason> = new Map([
  ['err_unsubscribed', 'suppressed-unsubscribe'],
  ['err_spam_skipped', 'policy'],
  ['err_skip_letter', 'policy'],
]);

/** Unisender Go: JSON whose `auth` is the MD5 of the body with the API key in its place. */
export const unisenderGo = defineProvider({
  id: 'unisender-go',
  title: 'Unisender Go',
  options: strictObject({
    /** The webhook's format at Unisender Go: `json_post_compressed` cannot be read. */
    format: optional(picklist(['json_post']), 'json_post'),
  }),
  secret: { form: 'the API key; the key of the project where the webhook belongs to a project' },
  keys: 'shown',
  proof: { signs: 'body', with: 'keyed-md5' },
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
  ],
  api: { tells: 'events', load: async () => (await import('./api.ts')).api },
  clearList: 'suppression/delete.json with the address; hard reasons only their support lifts.',
  // A hundred events at most, each with ten values of a kilobyte of its customer's. The proof stands inside, so that it is read before it is proven.
  maxBodyBytes: 2 * ONE_EVENT_BYTES,

  // The URL is called by GET when the webhook is switched on.
  probe: ({ method }) => (method === 'GET' || method === 'HEAD' ? { status: 200 } : undefined),

  // No timestamp is in it: dedupe takes replays.
  verify(request, { secrets }) {
    if (isCompressed(request.body))
      throw new RefusedRequest('unsupported', 'The body is compressed. Set the webhook to the format json_post.');
    const auth = fields(bodyJson(request).value).auth;
    if (auth === undefined)
      throw new RefusedRequest('missing-proof', 'The body has no auth field. Is this a Unisender Go webhook?');
    const digest = typeof auth === 'string' && /^[0-9a-f]{32}$/.test(auth) ? fromHex(auth, 16) : undefined;
    const at = digest ? request.body.indexOf(auth as string) : -1;
    // An empty, a short or a repeated value would be swapped elsewhere too, and another text be hashed.
    if (!digest || at === -1 || request.body.indexOf(auth as string, at + 1) !== -1)
      throw new RefusedRequest('bad-proof', 'The auth field is not one MD5 in hex, or stands more than once.');
    const [before, after] = [request.body.subarray(0, at), request.body.subarray(at + 32)];
    return matchSecret(
      secrets,
      (secret) => sameBytes(md5(before, secret, after), digest),
      'The auth field does not match. Is this the API key of the project that the webhook belongs to?',
    );
  },

  split: (request) => payload(request),

  normalise(raw, { meta }) {
    const event = rawFields(raw);
    // In single-event mode the data stand beside the name.
    const data = event.event_data === undefined ? event : fields(event.event_data);
    const name = text(event.event_name);
    const word = name === 'transactional_spam_block' ? name : (text(data.status) ?? name ?? '');
    const status = text(fields(data.delivery_info).delivery_status) ?? '';
    const type = typeOf(word, status);
    const time = text(data.event_time) ?? text(data.block_time);
    return [
      draft(word, {
        type,
        recipient: text(data.email),
        occurredAt: utcTime(time) ?? instant(time),
        messageId: text(data.job_id),
        identity: [word, text(data.email), time, text(data.job_id), text(data.url)],
        ...outcome(type, word, status, data),
        ...(isSubscription(type, status) && { scope: scopeOf(text(event.project_id) ?? meta.projectId) }),
        metadata: stringMap(data.metadata),
      }),
    ];
  },

  generateKey: () => hexKey(16),

  sample(input) {
    const data = sampleData(input);
    if (!data) return undefined;
    const project = { user_id: 1, project_id: '6432890213745872', project_name: 'Sample' };
    const events = [{ event_name: 'transactional_email_status', event_data: data }];
    const made = `{"auth":"","events_by_user":${JSON.stringify([{ ...project, events }])}}`;
    const body = signedBody(input.body ?? made, input.signingKey);
    return body === undefined ? undefined : { method: 'POST', headers: { 'content-type': JSON_TYPE }, body };
  },
});

/** The body with its `auth` filled in: the MD5 of the body that has the key there. Undefined where it has no such member. */
function signedBody(body: string, key: string): string | undefined {
  const parts = /^(.*?"auth"\s*:\s*")[^"]*(".*)$/s.exec(body);
  if (!parts || membersOf(body).auth === undefined) return undefined;
  const [, before, after] = parts;
  return before + md5(`${before}${key}${after}`).toString('hex') + after;
}

/** Magic numbers of gzip and zlib; JSON begins with neither. */
const isCompressed = (body: Buffer): boolean => (body[0] === 0x1f && body[1] === 0x8b) || body[0] === 0x78;

/** The events of all users as slices; the project they share travels beside them. */
function payload(request: WebhookRequest): Payload {
  const { text: body, value } = bodyJson(request);
  const users = list(fields(value).events_by_user).map(fields);
  if (users.length === 0) return { events: jsonEvent(request) };
  const slices = sliceElements(sliceMember(body, 'events_by_user') ?? '[]');
  const events = slices.flatMap((slice, index) =>
    Array.isArray(users[index]?.events) ? sliceElements(sliceMember(slice, 'events') ?? '[]') : [],
  );
  if (events.length === 0) throw new RefusedRequest('unreadable', 'The body holds no event.');
  const projects = new Set(users.map((user) => text(user.project_id)));
  const projectId = projects.size === 1 ? [...projects][0] : undefined;
  return { events, ...(projectId !== undefined && { meta: { projectId } }) };
}

function typeOf(word: string, status: string): EventType {
  if (word === 'soft_bounced' && status === 'err_will_retry') return 'deferred';
  if (word === 'hard_bounced' && DROPS.has(status)) return 'dropped';
  return TYPES.get(word) ?? 'unknown';
}

function outcome(type: EventType, word: string, status: string, data: Fields): Partial<Draft> {
  const info = fields(data.delivery_info);
  const response = text(info.destination_response);
  const diagnostic = response ?? (status || undefined);
  switch (type) {
    case 'bounced': {
      const [said, cause] = BOUNCES.get(status) ?? ['undetermined'];
      if (word === 'hard_bounced') return present({ ...weighBounce(said, { text: response }, cause), diagnostic });
      return present({ ...weighBounce('soft', { text: response }, said === 'soft' ? cause : undefined), diagnostic });
    }
    case 'deferred':
      return present({ ...replyCodes({ text: response }), diagnostic });
    case 'dropped':
      return present({ dropReason: DROPS.get(status) ?? 'other', diagnostic });
    case 'opened':
    case 'clicked':
      return present({ url: text(data.url), userAgent: text(info.user_agent), ip: text(info.ip) });
    default:
      return {};
  }
}

/** A change of the project's list of unsubscribes, or a mail that was not sent because of it. */
const isSubscription = (type: EventType, status: string): boolean =>
  type === 'unsubscribed' || type === 'resubscribed' || (type === 'dropped' && status === 'err_unsubscribed');

const scopeOf = (projectId: string | undefined): string => (projectId === undefined ? 'all' : `project:${projectId}`);
