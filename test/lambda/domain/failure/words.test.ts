import { describe, expect, test } from '@jest/globals';
import { explainReply, type Reply } from '../../../../lambda/domain/failure/index.ts';
import { AFTER_DATA, EARLY, wordsOf } from '../../../../lambda/domain/failure/words.ts';
import { REPLIES } from './replies.ts';

/** What is left of a reply to read. */

const words = (text: string): string => wordsOf(text).words;

describe('a name is no word: it is left as @', () => {
  test.each([
    ['an address in brackets', 'mail to <no.such.user@spam.example> failed', 'mail to @ failed'],
    ['nothing in brackets', 'mail from <> failed', 'mail from @ failed'],
    ['a bare address', 'mail to no.such.user@spam.example failed', 'mail to @ failed'],
    ['a page', 'see https://help.example/user-unknown?a=blocked now', 'see @ now'],
    ['a page without its scheme', 'see www.blocked.example/full now', 'see @ now'],
    ['a host', 'at mailbox-full.example now', 'at @ now'],
    ['a host in capitals', 'at MX.BLOCKED.EXAMPLE now', 'at @ now'],
    ['an IPv4 address', 'at 192.0.2.1 now', 'at @ now'],
    ['one in brackets', 'at [192.0.2.1] now', 'at @ now'],
    ['a network', 'at 192.0.2.0/24 now', 'at @ now'],
    ['an IPv6 address', 'at 2001:db8::1 now', 'at @ now'],
    ['one in brackets', 'at [2001:db8::1] now', 'at @ now'],
    ['what stands in quotes', 'the name "blocked" and \'full\' now', 'the name @ and @ now'],
    ['but a word of the dialogue', 'the "From" field', 'the "from" field'],
  ])('%s', (_what, text, left) => {
    expect(words(text)).toBe(left);
  });

  test('not so a sentence: a dot between two words is no host', () => {
    expect(words('User unknown.Please check')).toBe('user unknown.please check');
  });
});

describe('the site of a public list is said to be one', () => {
  test.each([
    'https://www.spamhaus.org/query/ip/192.0.2.1',
    'zen.spamhaus.org',
    'bl.spamcop.net',
    'dnsbl.sorbs.net',
    'http://www.barracudacentral.org/reputation',
    'cbl.abuseat.org',
    'https://senderscore.org/',
    'senderscore.com',
    'dnsbl-1.uceprotect.net',
    'ix.dnsbl.manitu.net',
    'sip.invaluement.com',
    'multi.surbl.org',
    'multi.uribl.com',
    'bl.mailspike.net',
    'psbl.org',
    'lookup.abusix.com',
    'ips.backscatterer.org',
    'https://ipcheck.proofpoint.com/?ip=192.0.2.1',
    'https://support.proofpoint.com/dnsbl-lookup.cgi?ip=192.0.2.1',
    'https://csi.cloudmark.com/en/reset/',
    'https://csi.mimecast.org/',
  ])('%s', (site) => {
    expect(words(`see ${site} now`)).toBe('see {list} now');
    expect(explainReply({ text: `550 see ${site}` })).toMatchObject({
      bounceClass: 'block',
      bounceCause: 'reputation',
    });
  });

  test.each(['notspamhaus.org.example', 'support.proofpoint.com', 'mimecast.org', 'surbl.org.example'])(
    '%s is a name like any other',
    (site) => expect(words(`see ${site} now`)).toBe('see @ now'),
  );
});

describe('what is no word either', () => {
  test.each([
    ['numbers', '550-5.1.1 #5.1.1 User unknown', 'user unknown'],
    ['dots, lines and blanks', 'User ... unknown_here…  now', 'user unknown here now'],
    ['accents', 'Bo\u00eete pleine', 'boite pleine'],
    ['a curved apostrophe', 'doesn\u2019t exist', "doesn't exist"],
    ['what a mail server says who passes it on', 'smtp; 550 host mx.example[192.0.2.1] said: 550 full', 'full'],
  ])('%s', (_what, text, left) => {
    expect(words(text)).toBe(left);
  });

  test('what stands behind 2,000 characters', () => {
    expect(wordsOf(`${'x'.repeat(1999)} y`)).toEqual({ words: 'x'.repeat(1999), text: `${'x'.repeat(1999)} ` });
    expect(words(`${'x'.repeat(1998)} y`)).toBe(`${'x'.repeat(1998)} y`);
    expect(wordsOf(undefined)).toEqual({ words: '', text: '' });
  });
});

describe('when it was said', () => {
  test.each([
    ['before anybody was named', '550 no (in reply to MAIL FROM command)', EARLY],
    ['before that', '550 no (in reply to EHLO command)', EARLY],
    ['on connecting', 'mx.example refused to talk to me: 550 no', EARLY],
    ['of the recipient', '550 no (in reply to RCPT TO command)', ''],
    ['of the mail itself', '550 no (in reply to end of DATA command)', AFTER_DATA],
    ['of the mail itself, by qmail', '550 no, giving up after end of data', AFTER_DATA],
    ['of the mail itself, but of its recipient', '550 5.1.1 no (in reply to end of DATA command)', ''],
  ])('%s', (_when, text, stage) => {
    expect(words(text).startsWith('{') ? words(text).slice(0, stage.length) : '').toBe(stage);
    expect(words(text).startsWith('{')).toBe(stage !== '');
  });
});

describe('who passes a reply on adds nothing to it', () => {
  /** As Postfix, Exim, qmail and sendmail quote the server that they spoke to. */
  const wraps: readonly ((text: string) => string)[] = [
    (text) => `host mx.example[192.0.2.1] said: ${text} (in reply to RCPT TO command)`,
    (text) =>
      `SMTP error from remote mail server after RCPT TO:<ada@example.com>: host mx.example [192.0.2.1]: ${text}`,
    (text) => `192.0.2.1 does not like recipient.\nRemote host said: ${text}\nGiving up on 192.0.2.1.`,
    (text) => `... while talking to mx.example.:\n>>> RCPT To:<ada@example.com>\n<<< ${text}`,
  ];
  const saying = ({ text = '', ...codes }: Reply, wrap: (text: string) => string = (same) => same) => {
    const { bounceClass, bounceCause, smtpCode, smtpStatus } = explainReply({ ...codes, text: wrap(text) });
    return [bounceClass, bounceCause, smtpCode, smtpStatus].join();
  };
  const replies = REPLIES.map(({ reply }) => reply).filter(({ text = '' }) => /^[45]\d\d[ -]/.test(text));

  test('its words and its numbers are read as if it had come alone', () => {
    expect(replies.length).toBeGreaterThan(1000);
    // By night each in each of them; by day each in one.
    const changed = replies.flatMap((reply, at) =>
      wraps
        .filter((_wrap, n) => process.env.NIGHTLY || n === at % wraps.length)
        .filter((wrap) => saying(reply, wrap) !== saying(reply))
        .map((wrap) => [wrap(reply.text ?? ''), saying(reply), saying(reply, wrap)]),
    );
    expect(changed).toEqual([]);
  });

  test('a number alone stays alone', () => {
    for (const wrap of wraps) expect(saying({ text: '550 5.1.2' }, wrap)).toBe('hard,domain,550,5.1.2');
  });

  test('a host that is said to be missing is no such wrapper', () => {
    expect(explainReply({ text: '550 No such host mx.example: user' }).bounceCause).toBe('domain');
  });
});
