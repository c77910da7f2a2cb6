import type { BounceCause, BounceClass, Draft, EventType } from '../../domain/event/event.ts';
import { classifyFailure } from '../../domain/failure/index.ts';
import { type Fields, fields, list, number, present, text } from '../../domain/read.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { bareId, country } from '../shared/mail.ts';

/** What a SparkPost event says beyond who, when and which mail. */

export const TYPES: ReadonlyMap<string, EventType> = new Map([
  ['injection', 'accepted'],
  ['delivery', 'delivered'],
  ['delay', 'deferred'],
  ['bounce', 'bounced'],
  ['out_of_band', 'bounced'],
  ['policy_rejection', 'dropped'],
  ['generation_rejection', 'dropped'],
  ['generation_failure', 'dropped'],
  ['open', 'opened'],
  ['initial_open', 'opened'],
  ['amp_open', 'opened'],
  ['amp_initial_open', 'opened'],
  ['click', 'clicked'],
  ['amp_click', 'clicked'],
  ['spam_complaint', 'complained'],
  ['list_unsubscribe', 'unsubscribed'],
  ['link_unsubscribe', 'unsubscribed'],
  ['relay_message', 'inbound'],
]);

/** By `bounce_class`: what SparkPost made of the reply. */
const CLASSES: ReadonlyMap<string, readonly [BounceClass, BounceCause?]> = new Map<
  string,
  readonly [BounceClass, BounceCause?]
>([
  ['10', ['hard', 'mailbox']],
  // "No recipient": permanent, but it does not say that the mailbox is dead.
  ['30', ['hard']],
  ['20', ['soft']],
  ['21', ['soft', 'technical']],
  ['22', ['soft', 'full']],
  ['23', ['soft', 'technical']],
  ['24', ['soft', 'technical']],
  ['40', ['soft']],
  ['70', ['soft', 'technical']],
  // 25 is the sender's own policy.
  ['25', ['block', 'policy']],
  ['50', ['block', 'policy']],
  ['51', ['block', 'reputation']],
  ['52', ['block', 'content']],
  ['53', ['block', 'content']],
  ['54', ['block', 'policy']],
]);

export function outcome(word: string, event: Fields): Partial<Draft> {
  const reply = { code: number(event.error_code), text: text(event.raw_reason) ?? text(event.reason) };
  const diagnostic = reply.text;
  switch (TYPES.get(word)) {
    case 'deferred':
      return present({ ...replyCodes(reply), diagnostic });
    case 'bounced':
      return present({ ...bounce(event, reply), diagnostic });
    case 'dropped':
      return present({ dropReason: dropReason(word, diagnostic), diagnostic });
    case 'opened':
      return reader(event);
    case 'clicked':
      return present({ ...reader(event), url: text(event.target_link_url) });
    case 'complained':
      // The person took the mail out of the spam folder.
      return text(event.fbtype)?.toLowerCase() === 'not-spam' ? { type: 'unknown' } : {};
    case 'unsubscribed':
      return { scope: scope(event), ...reader(event) };
    case 'inbound': {
      const content = fields(event.content);
      return present({
        from: text(event.friendly_from) ?? text(event.msg_from),
        subject: text(content.subject),
        messageId: list(content.headers).flatMap((header) => bareId(fields(header)['Message-ID']) ?? [])[0],
      });
    }
    default:
      return {};
  }
}

function bounce(event: Fields, reply: { code: number | undefined; text: string | undefined }): Partial<Draft> {
  const said = text(event.bounce_class) ?? '';
  // A mail came back that is no bounce: an auto-reply or a challenge, a list command.
  if (said === '60' || said === '100') return { type: 'unknown', autoReply: true };
  if (said === '80') return { type: 'unknown' };
  if (said === '90') return { type: 'unsubscribed', scope: scope(event) };
  if (said === '1') return { bounceClass: 'undetermined', ...replyCodes(reply) };
  const known = CLASSES.get(said);
  return known ? weighBounce(known[0], reply, known[1]) : classifyFailure(reply);
}

function dropReason(word: string, reason: string | undefined): 'template' | 'suppressed-unknown' | 'policy' {
  if (word === 'generation_failure') return 'template';
  return /suppressed/i.test(reason ?? '') ? 'suppressed-unknown' : 'policy';
}

/** SparkPost keeps two lists per subaccount (0 = the account itself), told by whether the mail was transactional. */
function scope(event: Fields): string {
  const transactional = event.transactional === true || ['1', 'true'].includes(text(event.transactional) ?? '');
  return `${transactional ? 'transactional' : 'non_transactional'}:${text(event.subaccount_id) ?? '0'}`;
}

function reader(event: Fields): Partial<Draft> {
  const agent = fields(event.user_agent_parsed);
  const flags = [agent.is_prefetched, agent.is_proxy].filter((flag) => flag !== undefined && flag !== null);
  return present({
    userAgent: text(event.user_agent),
    ip: text(event.ip_address),
    country: country(fields(event.geo_ip).country),
    device: text(agent.device_family),
    machine: flags.length > 0 ? flags.some((flag) => flag === true || flag === 'true') : undefined,
  });
}
