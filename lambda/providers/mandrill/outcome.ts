import type { Draft, DropReason, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, list, present, text } from '../../domain/read.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { bareId, country } from '../shared/mail.ts';

/** What a Mandrill event says beyond who, when and which mail. */

export const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['send', 'accepted'],
  ['delivered', 'delivered'],
  ['deferral', 'deferred'],
  ['hard_bounce', 'bounced'],
  ['soft_bounce', 'bounced'],
  ['reject', 'dropped'],
  ['open', 'opened'],
  ['click', 'clicked'],
  ['spam', 'complained'],
  ['unsub', 'unsubscribed'],
  ['inbound', 'inbound'],
]);

/**
 * By the reason of a reject: Mandrill's denylist, or a rule of the account. An entry for soft bounces ends soon, and what put an
 * address there by hand (`custom`) is not said.
 */
const DROPS: ReadonlyMap<string, DropReason> = new Map([
  ['hard-bounce', 'suppressed-bounce'],
  ['soft-bounce', 'suppressed-unknown'],
  ['custom', 'suppressed-unknown'],
  ['spam', 'suppressed-complaint'],
  ['unsub', 'suppressed-unsubscribe'],
  ['invalid', 'invalid'],
  ['invalid-sender', 'policy'],
  ['unsigned', 'policy'],
  ['rule', 'policy'],
  ['test-mode-limit', 'quota'],
]);

/** Names of the list of addresses that are not mailed; the other list (allowed addresses) says nothing about a person. */
const DENYLISTS = new Set(['blacklist', 'denylist']);

export const recipientOf = (event: Fields): string | undefined =>
  text(fields(event.msg).email) ?? text(fields(event.reject).email) ?? text(fields(event.entry).email);

/** How many opens or clicks the mail had when this one was reported. */
export function visits(word: string, message: Fields): number | undefined {
  const seen = word === 'open' ? message.opens : word === 'click' ? message.clicks : undefined;
  return Array.isArray(seen) ? seen.length : undefined;
}

/** A change of Mandrill's own lists. */
export function syncOutcome(word: string, event: Fields): { facts: Partial<Draft>; identity: Draft['identity'] } {
  const entry = { ...fields(event.entry), ...fields(event.reject) } as Fields;
  const [action, reason, subaccount] = [text(event.action), text(entry.reason), text(entry.subaccount)];
  const providerEvent = [word || 'unnamed', action].filter(Boolean).join('/');
  return { facts: { providerEvent, ...sync(word, action, entry) }, identity: [action, reason, subaccount] };
}

function sync(word: string, action: string | undefined, entry: Fields): Partial<Draft> {
  if (!DENYLISTS.has(word)) return {};
  if (action === 'add' || action === 'change')
    return present({
      type: 'dropped',
      dropReason: DROPS.get(text(entry.reason) ?? '') ?? 'suppressed-unknown',
      scope: entry.reason === 'unsub' ? scope(entry.subaccount) : undefined,
      echo: true,
      diagnostic: text(entry.detail) ?? text(entry.reason),
    });
  // Taking a bounce or a complaint off Mandrill's list says nothing about the person.
  return action === 'remove' && text(entry.reason) === 'unsub'
    ? { type: 'resubscribed', scope: scope(entry.subaccount) }
    : { echo: true };
}

const scope = (subaccount: unknown): string => {
  const id = text(subaccount);
  return id === undefined ? 'all' : `subaccount:${id}`;
};

export function outcome(word: string, event: Fields, message: Fields): Partial<Draft> {
  const attempt = fields(list(message.smtp_events).at(-1));
  const description = text(message.bounce_description);
  const reply = { text: text(message.diag) ?? text(attempt.diag) };
  const diagnostic = reply.text ?? description;
  switch (word) {
    case 'deferral':
      return present({ ...replyCodes(reply), diagnostic });
    case 'hard_bounce':
      return present({
        ...weighBounce('hard', reply, description === 'invalid_domain' ? 'domain' : 'mailbox'),
        diagnostic,
      });
    case 'soft_bounce': {
      const blocked = /spam|policy|block/i.test(description ?? '');
      const failure = blocked
        ? weighBounce('block', reply, 'policy')
        : weighBounce('soft', reply, description === 'mailbox_full' ? 'full' : undefined);
      return present({ ...failure, diagnostic });
    }
    case 'reject': {
      const reason = text(fields(message.reject).reason) ?? text(message.reject);
      return present({
        dropReason: DROPS.get(reason ?? '') ?? 'other',
        scope: reason === 'unsub' ? scope(message.subaccount) : undefined,
        diagnostic: reason,
      });
    }
    case 'open':
      return reader(event);
    case 'click':
      return present({ ...reader(event), url: text(event.url) });
    case 'unsub':
      return { scope: scope(message.subaccount) };
    case 'inbound':
      return present({
        from: text(message.from_email),
        subject: text(message.subject),
        messageId: bareId(fields(message.headers)['Message-Id']),
      });
    default:
      return {};
  }
}

const reader = (event: Fields): Partial<Draft> =>
  present({
    userAgent: text(event.user_agent),
    ip: text(event.ip),
    country: country(fields(event.location).country_short),
  });
