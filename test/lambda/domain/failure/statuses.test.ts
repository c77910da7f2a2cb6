import { describe, expect, test } from '@jest/globals';
import { explainReply, type Reply } from '../../../../lambda/domain/failure/index.ts';
import { BY_CODE, BY_STATUS, ONLY_ALONE } from '../../../../lambda/domain/failure/statuses.ts';

/** What a number alone says. On the left what its registry calls it, so that a reader can judge each row. */

const said = (reply: Reply): string => {
  const { bounceClass, bounceCause, rule } = explainReply(reply);
  return [bounceClass, ...(bounceCause ? [bounceCause] : []), `by ${rule}`].join(' ');
};

/** RFC 3463 and the IANA registry of enhanced status codes (RFC 5248); the last ones are Microsoft's own. */
const STATUSES: readonly (readonly [calls: string, status: string, verdict: string])[] = [
  ['bad destination mailbox address', '5.1.1', 'hard mailbox'],
  ['bad destination system address', '5.1.2', 'hard domain'],
  ['bad destination mailbox address syntax', '5.1.3', 'hard mailbox'],
  ['destination mailbox has moved, no forwarding address', '5.1.6', 'hard mailbox'],
  ["bad sender's mailbox address syntax", '5.1.7', 'block policy'],
  ["bad sender's system address", '5.1.8', 'block policy'],
  ['recipient address has null MX (RFC 7505)', '5.1.10', 'hard domain'],
  ['mailbox disabled, not accepting messages', '5.2.1', 'hard mailbox'],
  ['mailbox full', '5.2.2', 'soft full'],
  ['message length exceeds administrative limit', '5.2.3', 'soft technical'],
  ['mailing list expansion problem', '5.2.4', 'soft technical'],
  ['mail system full', '5.3.1', 'soft technical'],
  ['system not accepting network messages', '5.3.2', 'soft technical'],
  ['message too big for system', '5.3.4', 'soft technical'],
  ['system incorrectly configured', '5.3.5', 'soft technical'],
  ['no answer from host', '5.4.1', 'soft technical'],
  ['bad connection', '5.4.2', 'soft technical'],
  ['directory server failure', '5.4.3', 'soft technical'],
  ['unable to route', '5.4.4', 'hard domain'],
  ['mail system congestion', '5.4.5', 'soft technical'],
  ['routing loop detected', '5.4.6', 'soft technical'],
  ['delivery time expired', '5.4.7', 'soft technical'],
  ['too many recipients', '5.5.3', 'soft technical'],
  ['Exchange: the recipient gets more than may be received in an hour', '5.2.121', 'soft technical'],
  ['Exchange: the recipient gets more than may be received from one sender', '5.2.122', 'soft technical'],
  ['Exchange: hop count exceeded', '5.4.14', 'soft technical'],
  ['Exchange: message expired', '5.4.300', 'soft technical'],
  ['Exchange: DNS domain does not exist', '5.4.310', 'hard domain'],
  ['Exchange: DNS query failed', '5.4.312', 'soft technical'],
  ['Exchange: message expired, connection refused', '5.4.316', 'soft technical'],
];

describe('an enhanced status code', () => {
  test.each(STATUSES)('"%s" (%s): %s', (_calls, status, verdict) => {
    expect(said({ status })).toBe(`${verdict} by status ${status}`);
    expect(said({ code: 550, status, text: `550 ${status}` })).toBe(`${verdict} by status ${status}`);
  });

  test('that is in none of these rows says no more than "failed"', () => {
    expect([...BY_STATUS.keys()].sort()).toEqual(STATUSES.map(([, status]) => status).sort());
    // Other, or undefined; ambiguous; delivered or relayed all the same; not capable; media and security of all kinds.
    for (const status of ['5.0.0', '5.1.0', '5.1.4', '5.2.0', '5.3.0', '5.3.3', '5.4.0', '5.5.0', '5.5.1', '5.6.0'])
      expect(said({ status })).toBe('undetermined by nothing');
    expect([said({ status: '5.7.0' }), said({ status: '5.7.999' })]).toEqual(
      Array(2).fill('block policy by status 5.7.x'),
    );
  });

  test('that is used for much else counts only where nothing is said; any other also beside words nobody could read', () => {
    const alone = ['5.1.2', '5.1.10', '5.2.1', '5.4.4'];
    const beside = STATUSES.filter(([, status]) => explainReply({ status, text: 'Xyzzy plugh' }).rule === 'nothing');
    expect(beside.map(([, status]) => status)).toEqual(alone);
    expect([...ONLY_ALONE].sort()).toEqual(alone.toSorted());
  });
});

/** RFC 5321, 4954 (530, 535) and 7504 (556); 571 stands for 5.7.1 at old servers. */
const CODES: readonly (readonly [calls: string, code: number, verdict: string])[] = [
  ['syntax error, command not recognised', 500, 'soft technical'],
  ['syntax error in parameters', 501, 'soft technical'],
  ['command not implemented', 502, 'soft technical'],
  ['bad sequence of commands', 503, 'soft technical'],
  ['authentication required', 530, 'block policy'],
  ['authentication credentials invalid', 535, 'block policy'],
  ['exceeded storage allocation', 552, 'soft full'],
  ['domain does not accept mail', 556, 'hard domain'],
  ['blocked', 571, 'block policy'],
];

describe('a basic code', () => {
  test.each(CODES)('"%s" (%i): %s', (_calls, code, verdict) => {
    expect(said({ code })).toBe(`${verdict} by code ${code}`);
    expect(said({ text: `${code} ` })).toBe(`${verdict} by code ${code}`);
    // Beside words that nobody could read a dead domain is not believed; what harms nobody is.
    const read = verdict.startsWith('hard') ? 'undetermined by nothing' : `${verdict} by code ${code}`;
    expect(said({ code, text: 'Xyzzy plugh' })).toBe(read);
  });

  test('that is in none of these rows says no more than "failed"', () => {
    expect([...BY_CODE.keys()]).toEqual(CODES.map(([, code]) => code));
    for (const code of [504, 521, 550, 551, 553, 554, 555]) expect(said({ code })).toBe('undetermined by nothing');
  });

  test('of four hundred and more is "not now", of five hundred and more it is not', () => {
    expect([400, 499, 500, 399].map((code) => explainReply({ code }).rule)).toEqual([
      '4xx',
      '4xx',
      'code 500',
      'nothing',
    ]);
    expect(explainReply({ code: 450, status: '5.1.1' }).rule).toBe('status 5.1.1');
  });

  test('552 with weak words of a dead mailbox decides nothing: it is the number of a full one', () => {
    const weak = 'The mailbox is unavailable';
    expect(said({ code: 550, text: weak })).toMatch(/^hard mailbox/);
    expect(said({ code: 552, text: weak })).toMatch(/^undetermined/);
    expect(said({ code: 552, status: '5.1.1', text: weak })).toMatch(/^hard mailbox/);
    expect(said({ code: 550, status: '5.2.2', text: weak })).toMatch(/^undetermined/);
    expect(said({ code: 550, status: '5.7.1', text: weak })).toMatch(/^undetermined/);
  });

  test("words of a dead mailbox under the numbers of a bad sender are about the sender's", () => {
    for (const status of ['5.1.7', '5.1.8'])
      expect(said({ status, text: 'User unknown' })).toBe(`block policy by status ${status}`);
  });
});

describe('where the numbers stand', () => {
  test('in the first 2,000 characters of a text', () => {
    expect(explainReply({ text: `${' '.repeat(1995)}5.1.1` }).smtpStatus).toBe('5.1.1');
    expect(explainReply({ text: `${' '.repeat(1996)}5.1.1` }).smtpStatus).toBeUndefined();
  });

  test('behind 5.1.0, with which gateways quote what another server said', () => {
    expect(said({ status: '5.1.0', text: '5.1.0 - Unknown address error 550-5.2.2' })).toBe(
      'soft full by status 5.2.2',
    );
    expect(said({ status: '5.1.0', text: '5.1.0' })).toBe('undetermined by nothing');
  });

  test('a server that said 4 said "not now", whatever the ESP put in front of it', () => {
    expect(said({ code: 550, text: '450 4.2.1 Xyzzy' })).toBe('soft technical by 4xx');
    expect(said({ code: 550, status: '4.2.2' })).toBe('soft full by 4xx');
    expect(said({ status: '4.2.1', text: 'mailbox full' })).toBe('soft full by 4xx');
    expect(said({ code: 450, text: '550 User unknown' })).toMatch(/^hard mailbox/);
  });
});
