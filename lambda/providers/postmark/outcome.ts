import type { BounceCause, BounceClass, Draft, DropReason } from '../../domain/event/event.ts';
import { type Fields, fields, list, present, text } from '../../domain/read.ts';
import { replyCodes, weighBounce } from '../shared/bounce.ts';
import { bareId, country, mailTime, scopeOf } from '../shared/mail.ts';

/** What a Postmark record says beyond who, when and which mail. */

/** What stands behind a bounce's `Type`; its number, `TypeCode`, differs between Postmark's own sources. */
type Meaning =
  | { readonly type: 'bounced'; readonly said: BounceClass; readonly cause?: BounceCause }
  | { readonly type: 'dropped'; readonly dropReason: DropReason }
  | { readonly type: 'unknown'; readonly autoReply?: true }
  | { readonly type: 'deferred' | 'complained' | 'unsubscribed' | 'resubscribed' };

const BOUNCES: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['HardBounce', { type: 'bounced', said: 'hard', cause: 'mailbox' }],
  ['SoftBounce', { type: 'bounced', said: 'soft' }],
  ['Transient', { type: 'deferred' }],
  ['DnsError', { type: 'deferred' }],
  ['OpenRelayTest', { type: 'deferred' }],
  ['Blocked', { type: 'bounced', said: 'block', cause: 'reputation' }],
  ['DMARCPolicy', { type: 'bounced', said: 'block', cause: 'policy' }],
  ['VirusNotification', { type: 'bounced', said: 'block', cause: 'content' }],
  // The receiver judged the content; no person complained.
  ['SpamNotification', { type: 'bounced', said: 'block', cause: 'content' }],
  ['Unknown', { type: 'bounced', said: 'undetermined' }],
  ['BadEmailAddress', { type: 'dropped', dropReason: 'invalid' }],
  ['ManuallyDeactivated', { type: 'dropped', dropReason: 'suppressed-unknown' }],
  ['Unconfirmed', { type: 'dropped', dropReason: 'policy' }],
  ['SMTPApiError', { type: 'dropped', dropReason: 'other' }],
  ['TemplateRenderingFailed', { type: 'dropped', dropReason: 'template' }],
  ['AutoResponder', { type: 'unknown', autoReply: true }],
  ['AddressChange', { type: 'unknown', autoReply: true }],
  ['ChallengeVerification', { type: 'unknown', autoReply: true }],
  // A list command that somebody mailed.
  ['Unsubscribe', { type: 'unsubscribed' }],
  ['Subscribe', { type: 'resubscribed' }],
  ['SpamComplaint', { type: 'complained' }],
  ['InboundError', { type: 'unknown' }],
]);

export function outcome(record: string, event: Fields): Partial<Draft> {
  switch (record) {
    case 'Delivery':
      return { type: 'delivered' };
    case 'Open':
      return { type: 'opened', ...reader(event) };
    case 'Click':
      return present({ type: 'clicked' as const, ...reader(event), url: text(event.OriginalLink) });
    case 'Bounce':
      return bounce(event);
    case 'SpamComplaint':
      return { type: 'complained' };
    case 'SubscriptionChange':
      return subscription(event);
    case 'Inbound':
      return inbound(event);
    default:
      return {};
  }
}

const reader = (event: Fields): Partial<Draft> =>
  present({
    userAgent: text(event.UserAgent),
    ip: text(fields(event.Geo).IP),
    country: country(fields(event.Geo).CountryISOCode),
    device: text(event.Platform),
  });

function bounce(event: Fields): Partial<Draft> {
  const word = text(event.Type) ?? 'unnamed';
  const meaning = BOUNCES.get(word);
  // `Description` is Postmark's own explanation of the type and names every cause it can have: only `Details` is the reply.
  const reply = { text: text(event.Details) };
  const facts = { providerEvent: `Bounce/${word}`, diagnostic: reply.text ?? text(event.Description) };
  switch (meaning?.type) {
    case 'bounced': {
      const { said: spoken, cause, type } = meaning;
      const failure = spoken === 'undetermined' ? { bounceClass: spoken, ...replyCodes(reply) } : undefined;
      return present({ type, ...facts, ...(failure ?? weighBounce(spoken, reply, cause)) });
    }
    case 'deferred':
      return present({ ...meaning, ...facts, ...replyCodes(reply) });
    case 'unsubscribed':
    case 'resubscribed':
      return present({ ...meaning, ...facts, scope: scopeOf(meaning.type, 'stream', event.MessageStream) });
    default:
      return present({ ...meaning, ...facts });
  }
}

/** Suppression and reactivation are one record type. `Origin` tells the person (Recipient) from the operator (Customer, Admin). */
function subscription(event: Fields): Partial<Draft> {
  const providerEvent = ['SubscriptionChange', text(event.SuppressionReason), text(event.Origin)]
    .filter(Boolean)
    .join('/');
  if (event.SuppressSending === false)
    return { type: 'resubscribed', providerEvent, scope: scopeOf('resubscribed', 'stream', event.MessageStream) };
  if (event.SuppressSending !== true) return { providerEvent };
  switch (text(event.SuppressionReason)) {
    case 'HardBounce':
      return { type: 'bounced', providerEvent, bounceClass: 'hard', bounceCause: 'mailbox', echo: true };
    case 'SpamComplaint':
      return { type: 'complained', providerEvent, echo: true };
    default:
      return { type: 'unsubscribed', providerEvent, scope: scopeOf('unsubscribed', 'stream', event.MessageStream) };
  }
}

function inbound(event: Fields): Partial<Draft> {
  const to = list(event.ToFull);
  return present({
    type: 'inbound' as const,
    recipient: text(event.OriginalRecipient) ?? (to.length === 1 ? text(fields(to[0]).Email) : undefined),
    occurredAt: mailTime(event.Date),
    messageId: bareId(event.MessageID),
    from: text(fields(event.FromFull).Email) ?? text(event.From),
    subject: text(event.Subject),
  });
}
