import { describe, expect, test } from '@jest/globals';
import type { BounceCause, BounceClass } from '../../../../lambda/domain/event/event.ts';
import { replyCodes, weighBounce } from '../../../../lambda/providers/shared/bounce.ts';

const DEAD = '550 5.1.1 user unknown';
const FULL = '552 5.2.2 mailbox full';
const BLOCK = '550 5.7.1 blocked by policy';
const MUTE = 'no';

describe('the ESP’s class against the reply', () => {
  test.each<[BounceClass, BounceCause | undefined, string, BounceClass, BounceCause | undefined]>([
    ['hard', 'mailbox', DEAD, 'hard', 'mailbox'],
    ['hard', 'mailbox', MUTE, 'hard', undefined],
    ['hard', 'mailbox', '', 'hard', 'mailbox'],
    ['hard', 'mailbox', 'smtp; 550 5.0.0', 'hard', 'mailbox'],
    ['hard', 'mailbox', '550 5.7.1 User unknown', 'hard', 'mailbox'],
    ['hard', 'mailbox', '550 Unknown user (in reply to end of DATA command)', 'hard', undefined],
    ['hard', 'mailbox', '550 Sender address rejected: User unknown', 'block', 'policy'],
    ['hard', undefined, MUTE, 'hard', undefined],
    ['hard', 'mailbox', '550 5.1.2 no such domain', 'hard', 'domain'],
    ['hard', 'mailbox', BLOCK, 'block', 'policy'],
    ['hard', 'mailbox', FULL, 'soft', 'full'],
    ['soft', undefined, DEAD, 'soft', undefined],
    ['soft', undefined, FULL, 'soft', 'full'],
    ['soft', undefined, BLOCK, 'block', 'policy'],
    ['block', 'content', DEAD, 'block', 'content'],
    ['block', 'content', FULL, 'block', 'content'],
    ['undetermined', undefined, DEAD, 'hard', 'mailbox'],
    ['undetermined', undefined, MUTE, 'undetermined', undefined],
  ])('%s (%s) and "%s" is %s (%s)', (said, cause, text, bounceClass, bounceCause) => {
    const { bounceClass: read, bounceCause: readCause } = weighBounce(said, { text }, cause);
    expect([read, readCause]).toEqual([bounceClass, bounceCause]);
  });

  test('codes are kept whatever the class', () => {
    expect(weighBounce('soft', { text: DEAD })).toEqual({ bounceClass: 'soft', smtpCode: 550, smtpStatus: '5.1.1' });
    expect(replyCodes({ text: '421 4.7.0 later' })).toEqual({ smtpCode: 421, smtpStatus: '4.7.0' });
  });
});
