import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classifyFailure, explainReply, type Reply, type Tables } from '../../../lambda/domain/failure/index.ts';
import { NOTES } from '../../../lambda/domain/failure/notes/index.ts';
import { RULES } from '../../../lambda/domain/failure/rules/index.ts';
import { BY_CODE, BY_STATUS } from '../../../lambda/domain/failure/statuses.ts';
import { REPLIES } from './failure/replies.ts';
import { bounded } from './failure/steps.ts';

const TABLES: Tables = { rules: RULES, statuses: BY_STATUS, codes: BY_CODE };
const verdict = (reply: Reply, tables?: Tables): string => {
  const { bounceClass, bounceCause } = explainReply(reply, tables);
  return bounceCause ? `${bounceClass}/${bounceCause}` : bounceClass;
};

describe('replies, as receivers, mail servers and ESPs publish them', () => {
  test('there are at least 400, no two alike, each with whose words they are, a source and why', () => {
    expect(REPLIES.length).toBeGreaterThanOrEqual(400);
    const seen = REPLIES.map(({ reply }) => JSON.stringify(reply));
    expect(seen.filter((one, at) => seen.indexOf(one) !== at)).toEqual([]);
    for (const { by, source, why } of REPLIES) {
      expect([by, why].every((text) => text.length > 1)).toBe(true);
      expect(source).toMatch(/^https?:\/\//);
    }
  });

  test.each(REPLIES.map((row) => [row.by, row.reply.text, row.verdict, row] as const))('%s: %s is %s', (...given) => {
    const row = given[3];
    expect(verdict(row.reply)).toBe(row.verdict);
  });
});

describe('every rule', () => {
  const examples = [...NOTES.values()].map(({ example, status }) => ({ text: example, status }));

  test('has a name of its own and a note, and no note is left over', () => {
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
    expect(RULES.map(({ name }) => name).sort()).toEqual([...NOTES.keys()].sort());
  });

  test.each(RULES.map((rule) => [rule.name, rule] as const))(
    '%s: a hit, a near miss, and missed if it goes',
    (name, rule) => {
      const note = NOTES.get(name);
      const [hit, miss] = [note?.example, note?.nearMiss].map((text) => ({ text, status: note?.status }));
      expect(explainReply(hit as Reply).rule).toBe(name);
      expect(explainReply(miss as Reply).rule).not.toBe(name);
      const without = { ...TABLES, rules: RULES.filter((other) => other !== rule) };
      const changed = [...REPLIES.map(({ reply }) => reply), ...examples].filter(
        (reply) => verdict(reply) !== verdict(reply, without),
      );
      expect(changed.length).toBeGreaterThan(0);
    },
  );

  test.each([...BY_STATUS])(
    'status %s counts where no words do, and is beaten by words',
    (status, [bounceClass, cause]) => {
      expect(classifyFailure({ status })).toEqual({
        bounceClass,
        ...(cause && { bounceCause: cause }),
        smtpStatus: status,
      });
      expect(explainReply({ text: status }).rule).toBe(`status ${status}`);
      expect(explainReply({ status: `${status}9` }).rule).not.toBe(`status ${status}`);
      expect(verdict({ status, text: 'sender address rejected: no such user' })).toBe('block/policy');
      expect(verdict({ status, text: 'mailbox full' })).toBe('soft/full');
      const statuses = new Map([...BY_STATUS].filter(([other]) => other !== status));
      expect(verdict({ status }, { ...TABLES, statuses })).not.toBe(verdict({ status }));
    },
  );

  test.each([...BY_CODE])('code %s counts where neither words nor a status do', (code, [bounceClass, cause]) => {
    expect(classifyFailure({ code })).toEqual({ bounceClass, ...(cause && { bounceCause: cause }), smtpCode: code });
    expect(verdict({ code: 551 })).toBe('undetermined');
    expect(verdict({ code, status: '5.1.1' })).toBe('hard/mailbox');
    expect(verdict({ code, text: `${code} 5.7.1 spam` })).toBe('block/content');
  });
});

describe('whose fault is spoken of', () => {
  const dead = REPLIES.filter((row) => row.verdict.startsWith('hard/') && /^5\d\d[ -]\D/.test(row.reply.text ?? ''));
  const texts = dead.map(({ reply }) => (reply.text ?? '').replace(/^5\d\d[ -]/, ''));
  const fronts = [
    '<news@shop.example>: Sender address rejected: ',
    'Sender rejected: ',
    '<mta1.esp.example>: Helo command rejected: ',
    'HELO mta1.esp.example rejected: ',
    'EHLO: ',
    'MAIL FROM:<news@shop.example> rejected: ',
    'mail from refused: ',
    'reverse DNS lookup: ',
    'rDNS: ',
    'PTR record: ',
    'Client host rejected: ',
    'Verification failed for <bounces@shop.example> ',
    'Sender verify failed: ',
    'Return-Path invalid: ',
    'envelope sender not accepted: ',
    'SPF check failed: ',
    'DKIM: ',
    'DMARC policy: ',
    'Your domain is not accepted: ',
    'Absender abgelehnt: ',
  ];

  test.each(fronts)('a hard text behind "%s" is never hard', (front) => {
    expect(texts.length).toBeGreaterThan(100);
    for (const code of ['550 ', '550 5.1.1 ', '553-5.1.2 ', '']) {
      for (const text of texts) expect(verdict({ text: `${code}${front}${text}` })).not.toMatch(/^hard/);
    }
  });

  test('whatever number the ESP puts beside it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...fronts),
        fc.constantFrom(...texts),
        fc.constantFrom(...BY_STATUS.keys(), '5.0.0', '5.1.0'),
        fc.constantFrom(550, 553, 554, 556),
        (front, text, status, code) => {
          expect(verdict({ code, status, text: `${code} ${front}${text}` })).not.toMatch(/^hard/);
        },
      ),
    );
  });

  test('a server that says 4 is never hard, whatever its words', () => {
    for (const text of texts) {
      expect(verdict({ text: `450 4.1.1 ${text}` })).toMatch(/^soft/);
      expect(verdict({ status: '4.1.1', text })).toMatch(/^soft/);
      if (!/\d{3}|\d\.\d/.test(text)) expect(verdict({ code: 450, text })).toMatch(/^soft/);
    }
  });
});

describe('names are no words', () => {
  const words = [
    'user-unknown',
    'nouser',
    'no.such.user',
    'mailbox-full',
    'spam',
    'blocked',
    'try-again-later',
    'sender',
  ];
  const label = fc.constantFrom(...words);

  test('of people, hosts, pages and in quotes: they change no verdict', () => {
    fc.assert(
      fc.property(label, label, (local, host) => {
        const name = host.replaceAll('.', '-');
        for (const frame of [
          (address: string) => `550 5.1.1 <${address}>: Recipient address rejected: User unknown`,
          (address: string) => `550 ${address}: no`,
          (address: string) => `550 Mailbox full: ${address}`,
          (address: string) => `550 message to (${address}) looks like spam`,
        ]) {
          expect(verdict({ text: frame(`${local}@${name}.example`) })).toBe(verdict({ text: frame('a@b.example') }));
        }
        expect(verdict({ text: `host ${name}.example[192.0.2.1] said: 550 no` })).toBe('undetermined');
        expect(verdict({ text: `550 see https://${name}.example/${local}?q=${local}` })).toBe('undetermined');
        expect(verdict({ text: `550 no: "${local}"` })).toBe('undetermined');
      }),
    );
  });
});

describe('work is bounded whatever the text', () => {
  test.each(
    RULES.flatMap(({ name, says, unless }) => [says, ...(unless ? [unless] : [])].map((one) => [name, one.source])),
  )('%s: no pattern repeats without a bound, or repeats what repeats', (_name, source) => {
    expect(bounded(source)).toBeLessThanOrEqual(2000);
  });

  test('a text is cut before it is read', () => {
    expect(explainReply({ text: `550 ${'x '.repeat(1100)} user unknown` }).words.length).toBeLessThanOrEqual(2100);
    expect(verdict({ text: `550 ${'x '.repeat(1100)} user unknown` })).toBe('undetermined');
  });

  test('any text gets an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), fc.string(), fc.integer(), (text, status, code) => {
        expect(explainReply({ text, status, code }).rule).not.toBe('');
      }),
    );
    for (const piece of ['<', '<a', '@', 'a@', 'user ', 'domain ', '1.', 'a.b', '"a', '>>> data <', 'exceed '])
      expect(explainReply({ text: piece.repeat(5000) }).rule).not.toBe('');
  });
});

test('notes and their sources stay out of what is deployed', () => {
  const files = globSync('lambda/**/*.ts').filter((file) => !file.includes('failure/notes/'));
  expect(files.filter((file) => /failure\/notes|from '\.{1,2}\/notes/.test(readFileSync(file, 'utf8')))).toEqual([]);
});
