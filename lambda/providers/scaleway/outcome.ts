import type { Draft, EventType } from '../../domain/event/event.ts';
import type { Reply } from '../../domain/failure/index.ts';
import { type Fields, number, present, text } from '../../domain/read.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';

/** What Scaleway's words mean. */
export const SCALEWAY_TYPES: ReadonlyMap<string, EventType> = new Map([
  ['email_queued', 'accepted'],
  ['email_delivered', 'delivered'],
  ['email_deferred', 'deferred'],
  ['email_dropped', 'bounced'],
  ['email_mailbox_not_found', 'bounced'],
  ['email_spam', 'bounced'],
  ['email_blocklisted', 'dropped'],
  ['blocklist_created', 'bounced'],
]);

/** Class, cause and reason of one event. */
export function scalewayOutcome(word: string, event: Fields): Partial<Draft> {
  const said = text(event.email_response_message) ?? text(event.email_error);
  const reply: Reply = { code: number(event.email_response_code), text: said };
  const details = { ...replyCodes(reply), ...present({ diagnostic: said ?? text(event.blocklist_reason) }) };
  const full = event.blocklist_type === 'mailbox_full';
  switch (word) {
    case 'email_deferred':
      return details;
    case 'email_dropped':
      return { ...details, ...weighBounce('hard', reply) };
    case 'email_mailbox_not_found':
      return { ...details, ...weighBounce('hard', reply, 'mailbox') };
    case 'email_spam':
      // Said by Scaleway, by the receiver or by the person: the three cannot be told apart, so nobody is taken for a complainer.
      return { ...details, ...weighBounce('block', reply, 'content') };
    case 'email_blocklisted':
      // A full mailbox is listed for a while only.
      return { ...details, dropReason: full ? 'suppressed-unknown' : 'suppressed-bounce' };
    case 'blocklist_created':
      return { ...details, ...listed(event.blocklist_type), echo: true };
    default:
      return {};
  }
}

function listed(type: unknown): Partial<Draft> {
  if (type === 'mailbox_full') return { bounceClass: 'soft', bounceCause: 'full' };
  return type === 'mailbox_not_found'
    ? { bounceClass: 'hard', bounceCause: 'mailbox' }
    : { bounceClass: 'undetermined' };
}
