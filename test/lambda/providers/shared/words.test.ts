import { expect, test } from '@jest/globals';
import { meaningOf, SAID_CLASS, wordKey } from '../../../../lambda/providers/shared/words.ts';

/** The words by which senders that nobody knows call their events. */

test.each([
  ['delivered', 'delivered'],
  ['Delivered', 'delivered'],
  ['email.delivered', 'delivered'],
  ['message-hard bounced', 'hard_bounced'],
  ['hardBounced', 'hard_bounced'],
  ['E_Mail Opened', 'opened'],
  ['mail.spam--report', 'spam_report'],
  // The word alone is the event itself.
  ['email', 'email'],
  ['mail_', 'mail_'],
  ['x'.repeat(101), 'x'.repeat(100)],
])('%s is spelt %s', (word, key) => {
  expect(wordKey(word)).toBe(key);
});

test.each([
  ['accepted', 'sent send accepted processed queued scheduled'],
  ['delivered', 'delivered delivery'],
  ['deferred', 'deferred deferral delayed delay delivery_delayed'],
  ['bounced', 'bounce bounced'],
  ['bounced hard mailbox', 'hard_bounce hard_bounced hardbounce bounce_hard bounced_hard'],
  ['bounced soft', 'soft_bounce soft_bounced softbounce bounce_soft bounced_soft'],
  ['bounced block policy', 'block blocked'],
  ['dropped', 'drop dropped'],
  ['dropped suppressed-unknown', 'suppressed'],
  ['opened', 'open opened'],
  ['clicked', 'click clicked link_clicked'],
  ['complained', 'complaint complained spam spam_complaint spam_report spam_reported spamreport marked_as_spam'],
  ['unsubscribed', 'unsubscribe unsubscribed'],
  ['resubscribed', 'resubscribe resubscribed'],
  ['inbound', 'inbound received'],
])('%s: %s', (meaning, words) => {
  for (const word of words.split(' ')) expect(Object.values(meaningOf(word) ?? {}).join(' ')).toBe(meaning);
});

test.each(['', 'constructor', '__proto__', 'erased', 'deliver'])('%j is no word that is known', (word) => {
  expect(meaningOf(word)).toBeUndefined();
});

test('what is said of a bounce beside its word; "permanent" alone does not say that it is the mailbox', () => {
  const said = Object.fromEntries(
    [...SAID_CLASS].map(([word, { type, bounceClass, bounceCause }]) => [
      word,
      [type, bounceClass, bounceCause].join(' ').trim(),
    ]),
  );
  expect(said).toEqual({
    hard: 'bounced hard mailbox',
    hard_bounce: 'bounced hard mailbox',
    permanent: 'bounced hard',
    soft: 'bounced soft',
    soft_bounce: 'bounced soft',
    transient: 'bounced soft',
    temporary: 'bounced soft',
    block: 'bounced block policy',
    blocked: 'bounced block policy',
    undetermined: 'bounced undetermined',
  });
});
