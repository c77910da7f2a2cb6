import type { Draft, DropReason } from '../../domain/event/event.ts';
import { classifyFailure, type Failure, type Reply } from '../../domain/failure/index.ts';
import { type Fields, fields, number, present, text } from '../../domain/read.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { country, domainOf, scopeOf } from '../shared/mail.ts';

/** What Mailgun's `event-data` says beyond who, when and which mail. */

/** By `reason`, and by Mailgun's own codes, which stand beyond SMTP's. */
const DROPS: ReadonlyMap<string, DropReason> = new Map([
  ['suppress-bounce', 'suppressed-bounce'],
  ['605', 'suppressed-bounce'],
  ['suppress-unsubscribe', 'suppressed-unsubscribe'],
  ['606', 'suppressed-unsubscribe'],
  ['suppress-complaint', 'suppressed-complaint'],
  ['607', 'suppressed-complaint'],
  ['625', 'policy'],
]);

const BOUNCES = new Set(['bounce', 'delayed-bounce', 'hardfail']);
/** Mailgun's codes for a domain without MX: it gave up, the domain may be back. */
const NO_MX = new Set([498, 499]);

/** The fields that belong to one kind of event; `failed` is three kinds, so its type is told here. */
export function outcome(word: string, data: Fields, headers: Fields): Partial<Draft> {
  switch (word) {
    case 'failed':
      return failed(data, headers);
    case 'rejected': {
      const { reason, description } = fields(data.reject);
      return present({ dropReason: 'policy' as const, diagnostic: text(description) ?? text(reason) });
    }
    case 'opened':
      return reader(data);
    case 'clicked':
      return present({ ...reader(data), url: text(data.url) });
    case 'unsubscribed': {
      const list = text(fields(data['mailing-list']).address);
      return {
        scope: list ? `list:${list}` : scopeOf('unsubscribed', 'domain', sendingDomain(data, headers)),
        ...reader(data),
      };
    }
    case 'stored':
      return present({ from: text(headers.from), subject: text(headers.subject) });
    default:
      return {};
  }
}

function reader(data: Fields): Partial<Draft> {
  const client = fields(data['client-info']);
  const robot = text(client.bot) !== undefined || text(client['client-type'])?.toLowerCase() === 'robot';
  return present({
    userAgent: text(client['user-agent']),
    ip: text(data.ip),
    country: country(fields(data.geolocation).country),
    device: text(client['device-type']),
    machine: robot || undefined,
  });
}

const sendingDomain = (data: Fields, headers: Fields): string | undefined =>
  text(fields(data.domain).name) ??
  domainOf(fields(data.envelope).sender) ??
  domainOf(headers.from) ??
  domainOf(headers['message-id']);

function failed(data: Fields, headers: Fields): Partial<Draft> {
  const status = fields(data['delivery-status']);
  const reason = text(data.reason) ?? '';
  const code = number(status.code);
  const diagnostic = text(status.message) ?? text(status.description);
  const reply = { code, status: text(status['enhanced-code']), text: diagnostic };
  if (data.severity === 'temporary') return present({ type: 'deferred' as const, ...replyCodes(reply), diagnostic });
  const dropReason = DROPS.get(reason) ?? DROPS.get(String(code));
  if (dropReason)
    return present({ type: 'dropped', dropReason, scope: scopeOfDrop(dropReason, data, headers), diagnostic });
  return present({ type: 'bounced' as const, ...bounce(reason, code, reply), diagnostic });
}

/** Mailgun's list of unsubscribes is one for each sending domain. */
const scopeOfDrop = (reason: DropReason, data: Fields, headers: Fields): string | undefined =>
  reason === 'suppressed-unsubscribe' ? scopeOf('unsubscribed', 'domain', sendingDomain(data, headers)) : undefined;

/** `permanent` says that Mailgun gave up, not that the mailbox is dead: without a reply that says so there is no cause. */
function bounce(reason: string, code: number | undefined, reply: Reply): Failure {
  if (reason === 'espblock') return weighBounce('block', reply, 'policy');
  if (reason === 'old' || NO_MX.has(code ?? 0)) return weighBounce('soft', reply, 'technical');
  return BOUNCES.has(reason) ? weighBounce('hard', reply) : classifyFailure(reply);
}
