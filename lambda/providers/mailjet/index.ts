import { strictObject } from 'valibot';
import type { BounceCause, BounceClass, Draft, DropReason, EventType } from '../../domain/event/event.ts';
import { type Fields, instant, present, stringMap, tagList, text } from '../../domain/read.ts';
import { defineProvider, type WebhookRequest } from '../provider.ts';
import { jsonEvents } from '../shared/body.ts';
import { weighBounce } from '../shared/bounce.ts';
import { draft } from '../shared/draft.ts';
import { country, customData } from '../shared/mail.ts';
import { basicKey, SHARED_SECRET_FORM, verifySharedSecret } from '../shared/proof/password.ts';
import { rawFields } from '../shared/raw.ts';
import { JSON_TYPE, postWithSecret } from '../shared/samples.ts';
import { digits, sampleEvent } from './samples.ts';

const TYPES: ReadonlyMap<string, EventType> = new Map([
  // The receiver has taken the mail; there is no earlier event.
  ['sent', 'delivered'],
  ['open', 'opened'],
  ['click', 'clicked'],
  ['bounce', 'bounced'],
  ['blocked', 'dropped'],
  ['spam', 'complained'],
  ['unsub', 'unsubscribed'],
]);

/** What a bounce's `error` says. */
const ERRORS: ReadonlyMap<string, readonly [BounceClass, BounceCause]> = new Map<
  string,
  readonly [BounceClass, BounceCause]
>([
  ['user unknown', ['hard', 'mailbox']],
  ['mailbox inactive', ['hard', 'mailbox']],
  ['invalid domain', ['hard', 'domain']],
  ['no mail host', ['hard', 'domain']],
  ['typofix', ['hard', 'domain']],
  ['quota exceeded', ['soft', 'full']],
  ['greylisted', ['soft', 'technical']],
  ['system issue', ['soft', 'technical']],
  ['protocol issue', ['soft', 'technical']],
  ['connection issue', ['soft', 'technical']],
  ['sender blocked', ['block', 'reputation']],
  ['content blocked', ['block', 'content']],
  ['policy issue', ['block', 'policy']],
  ['relay/access denied', ['block', 'policy']],
]);

/** By `error` of a `blocked` event: Mailjet never tried. */
const DROPS: ReadonlyMap<string, DropReason> = new Map([
  ['preblocked', 'suppressed-unknown'],
  ['blacklisted', 'suppressed-unknown'],
  ['spam reporter', 'suppressed-complaint'],
  ['user unknown', 'invalid'],
  ['mailbox inactive', 'invalid'],
  ['invalid domain', 'invalid'],
  ['no mail host', 'invalid'],
  ['typofix', 'invalid'],
  ['duplicate in campaign', 'duplicate'],
]);

/** By `error_related_to`, where the error's own word says nothing. */
const RELATED: ReadonlyMap<string, DropReason> = new Map([
  ['spam', 'content'],
  ['content', 'content'],
]);

/** Mailjet event webhooks: a JSON object, or an array where events are grouped; nothing is signed. */
export const mailjet = defineProvider({
  id: 'mailjet',
  title: 'Mailjet',
  options: strictObject({}),
  secret: { form: SHARED_SECRET_FORM },
  keys: 'chosen',
  proof: { signs: 'nothing', with: 'password' },
  emits: ['delivered', 'deferred', 'bounced', 'dropped', 'opened', 'clicked', 'complained', 'unsubscribed'],
  api: { tells: 'neither', load: async () => (await import('./api.ts')).api },
  clearList: 'Contact > remove from the exclusion list; subscription lists have their own state.',

  // Everything but 200 is retried: no status of ours needs replacing.
  verify(request, { secrets }) {
    const proof = verifySharedSecret(request, secrets);
    return isEmptyGroup(request) ? { ...proof, answer: { status: 200 } } : proof;
  },

  split: (request) => ({ events: jsonEvents(request) }),

  normalise(raw) {
    const event = rawFields(raw);
    const word = text(event.event) ?? '';
    // A number beyond 2^53: it stays apart from its neighbours only as the text it was sent as.
    const messageId = text(event.MessageID) ?? text(event.mj_message_id);
    return [
      draft(word, {
        type: TYPES.get(word) ?? 'unknown',
        recipient: text(event.email),
        occurredAt: instant(event.time),
        messageId: messageId ?? text(event.Message_GUID),
        identity: [
          word,
          text(event.Message_GUID) ?? messageId,
          text(event.email)?.toLowerCase(),
          text(event.time),
          text(event.url),
        ],
        ...outcome(word, event),
        tags: tagList(event.customcampaign),
        metadata: stringMap({ CustomID: event.CustomID, ...customData(event.Payload, 'Payload') }),
      }),
    ];
  },

  generateKey: basicKey,

  sample(input) {
    const event = sampleEvent(input);
    if (!event) return undefined;
    // Seventeen digits, as Mailjet sends them: no number of ours can hold them.
    const body = input.body ?? JSON.stringify([event]).replace('"MessageID":0', `"MessageID":${digits(input.id)}`);
    return postWithSecret(input.signingKey, JSON_TYPE, body);
  },
});

const isEmptyGroup = ({ body }: WebhookRequest): boolean =>
  body.length < 64 && /^\s*\[\s*\]\s*$/.test(body.toString('latin1'));

function outcome(word: string, event: Fields): Partial<Draft> {
  switch (word) {
    case 'bounce':
      return bounce(event);
    case 'blocked': {
      const error = text(event.error)?.toLowerCase() ?? '';
      const related = text(event.error_related_to)?.toLowerCase() ?? '';
      const template = `${related} ${error}`.includes('template') ? 'template' : undefined;
      const dropReason = DROPS.get(error) ?? template ?? RELATED.get(related) ?? 'other';
      return present({ dropReason, diagnostic: diagnostic(event) });
    }
    case 'open':
      return reader(event);
    case 'click':
      return present({ ...reader(event), url: text(event.url) });
    case 'unsub': {
      const list = text(event.mj_list_id) ?? '0';
      return { ...reader(event), scope: list === '0' ? 'all' : `list:${list}` };
    }
    default:
      return {};
  }
}

function bounce(event: Fields): Partial<Draft> {
  const error = text(event.error)?.toLowerCase() ?? '';
  const permanent = event.hard_bounce === true || text(event.hard_bounce) === 'true' || text(event.hard_bounce) === '1';
  if (error === 'greylisted' && !permanent)
    return present({ type: 'deferred' as const, diagnostic: diagnostic(event) });
  const [known, cause] = ERRORS.get(error) ?? [];
  // An error about the sender or a full mailbox never becomes the person's, a failure that was not permanent never hard.
  const said = known === 'block' || known === 'soft' ? known : permanent ? 'hard' : 'soft';
  const spoken = said === known ? cause : said === 'hard' ? 'mailbox' : undefined;
  return present({ ...weighBounce(said, { text: text(event.comment) }, spoken), diagnostic: diagnostic(event) });
}

const diagnostic = (event: Fields): string | undefined => text(event.comment) ?? text(event.error);

const reader = (event: Fields): Partial<Draft> =>
  present({ userAgent: text(event.agent), ip: text(event.ip), country: country(event.geo) });
