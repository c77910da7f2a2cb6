import { describe, expect, test } from '@jest/globals';
import { ops } from '../../support/ops.ts';

const DEAD = '550 5.1.1 <ada@example.com>: Recipient address rejected: User unknown';

describe('ops explain', () => {
  test('names class, cause, rule and source, of an argument or of standard input', async () => {
    const { code, out, err } = await ops(['explain', DEAD]);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toEqual([
      'hard, mailbox',
      '  decided by  mailbox-gone',
      expect.stringMatching(/^ {2}source {6}https:\/\//),
      '  numbers     550 5.1.1',
      '  words read  @ : recipient address rejected: user unknown',
      '',
    ]);
    expect((await ops(['explain'], { input: `${DEAD}\n` })).out).toBe(out);
    expect((await ops(['explain', ...DEAD.split(' ')])).out).toBe(out);
  });

  test('as JSON, with numbers apart', async () => {
    const { code, json } = await ops(['explain', '--code', '550', '--status', '5.7.1', 'User unknown', '--json']);
    expect(code).toBe(0);
    expect(json()).toEqual([
      {
        bounceClass: 'hard',
        bounceCause: 'mailbox',
        smtpCode: 550,
        smtpStatus: '5.7.1',
        rule: 'mailbox-gone',
        words: 'user unknown',
        source: expect.stringMatching(/^https/),
      },
    ]);
    expect((await ops(['explain', '--status', '5.1.1', '--json'])).json()).toMatchObject([{ rule: 'status 5.1.1' }]);
  });

  test('a reply that says nothing is a no', async () => {
    const { code, out } = await ops(['explain', '550 <user.unknown@example.com>: no']);
    expect(code).toBe(1);
    expect(out).toMatch(/^undetermined\n {2}decided by {2}nothing: /);
    expect((await ops(['explain', '421 busy'])).out).toMatch(/^soft, technical\n {2}decided by {2}the server said "4"/);
  });

  test.each([
    [['explain'], 'there is no reply'],
    [['explain', '--code', '55'], '--code is a number'],
    [['explain', '--code', '650'], '--code is a number'],
    [['explain', '--status', '5.1'], '--status is three numbers'],
    [['explain', '--status', '3.1.1'], '--status is three numbers'],
  ])('%j is wrong usage', async (args, words) => {
    const { code, out, err } = await ops(args, { input: ' \n' });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(words);
  });
});
