import { expect, test } from '@jest/globals';
import { listedFor } from '../../../../lambda/providers/shared/listed.ts';

test.each([
  ['blocked : due to unsubscribed user', 'suppressed-unsubscribe'],
  ['Recipient in suppression list. Reason: unsubscription', 'suppressed-unsubscribe'],
  ['opted out', 'suppressed-unsubscribe'],
  ['opt-out', 'suppressed-unsubscribe'],
  ['spam complaint', 'suppressed-complaint'],
  ['Spam Reporting Address', 'suppressed-complaint'],
  ['marked as spam by the recipient', 'suppressed-complaint'],
  ['abuse report', 'suppressed-complaint'],
  ['hard bounce', 'suppressed-bounce'],
  ['Bounced Address', 'suppressed-bounce'],
  ['soft_bounce', 'suppressed-unknown'],
  ['repeated soft bounces', 'suppressed-unknown'],
  ['blocked : due to blacklist user', 'suppressed-unknown'],
  ['Recipient in suppression list', 'suppressed-unknown'],
  [undefined, 'suppressed-unknown'],
  ['', 'suppressed-unknown'],
  // What is said of the sender or the mail names nobody.
  ['blacklisted sender', 'policy'],
  ['spam content', 'policy'],
  ['message content refused', 'policy'],
])('%s: %s', (said, dropReason) => {
  expect(listedFor(said)).toBe(dropReason);
});
