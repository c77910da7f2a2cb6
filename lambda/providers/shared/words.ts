import type { BounceCause, BounceClass, DropReason, EventType } from '../../domain/event/event.ts';

/** What one word of a sender says. */
export interface Meaning {
  readonly type: EventType;
  readonly bounceClass?: BounceClass | undefined;
  readonly bounceCause?: BounceCause | undefined;
  readonly dropReason?: DropReason | undefined;
  readonly scope?: string | undefined;
}

/** One spelling for `email.hard_bounced`, `Hard-Bounced` and `hardBounced`. */
export const wordKey = (word: string): string =>
  word
    .slice(0, 100)
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[.\s-]+/g, '_')
    .replace(/^(e_?mail|message|mail)_(?=.)/, '');

const HARD: Meaning = { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' };
const SOFT: Meaning = { type: 'bounced', bounceClass: 'soft' };
const BLOCK: Meaning = { type: 'bounced', bounceClass: 'block', bounceCause: 'policy' };

/** The words that senders use, most of them. */
const WORDS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>(
  (
    [
      ['sent send accepted processed queued scheduled', { type: 'accepted' }],
      ['delivered delivery', { type: 'delivered' }],
      ['deferred deferral delayed delay delivery_delayed', { type: 'deferred' }],
      ['bounce bounced', { type: 'bounced' }],
      ['hard_bounce hard_bounced hardbounce bounce_hard bounced_hard', HARD],
      ['soft_bounce soft_bounced softbounce bounce_soft bounced_soft', SOFT],
      ['block blocked', BLOCK],
      ['drop dropped', { type: 'dropped' }],
      ['suppressed', { type: 'dropped', dropReason: 'suppressed-unknown' }],
      ['open opened', { type: 'opened' }],
      ['click clicked link_clicked', { type: 'clicked' }],
      [
        'complaint complained spam spam_complaint spam_report spam_reported spamreport marked_as_spam',
        { type: 'complained' },
      ],
      ['unsubscribe unsubscribed', { type: 'unsubscribed' }],
      ['resubscribe resubscribed', { type: 'resubscribed' }],
      ['inbound received', { type: 'inbound' }],
    ] satisfies (readonly [string, Meaning])[]
  ).flatMap(([words, meaning]) => words.split(' ').map((word) => [word, meaning] as const)),
);

export const meaningOf = (word: string): Meaning | undefined => WORDS.get(wordKey(word));

/** What a sender says of a bounce beside the word. "Permanent" alone does not say that it is the mailbox. */
export const SAID_CLASS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['hard', HARD],
  ['hard_bounce', HARD],
  ['permanent', { type: 'bounced', bounceClass: 'hard' }],
  ['soft', SOFT],
  ['soft_bounce', SOFT],
  ['transient', SOFT],
  ['temporary', SOFT],
  ['block', BLOCK],
  ['blocked', BLOCK],
  ['undetermined', { type: 'bounced', bounceClass: 'undetermined' }],
]);
