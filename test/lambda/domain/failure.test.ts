import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  classifyFailure,
  codesOf,
  explainReply,
  type Reply,
  type Tables,
} from '../../../lambda/domain/failure/index.ts';
import { NOTES } from '../../../lambda/domain/failure/notes/index.ts';
import { BLOCK_RULES } from '../../../lambda/domain/failure/rules/block.ts';
import { DOMAIN_RULES, MAILBOX_RULES } from '../../../lambda/domain/failure/rules/dead.ts';
import { ELSEWHERE_RULES } from '../../../lambda/domain/failure/rules/dead-elsewhere.ts';
import { FULL_RULES } from '../../../lambda/domain/failure/rules/full.ts';
import { RULES } from '../../../lambda/domain/failure/rules/index.ts';
import { LATER_RULES, RATE_RULES } from '../../../lambda/domain/failure/rules/later.ts';
import { SENDER_RULES } from '../../../lambda/domain/failure/rules/sender.ts';
import { VAGUE_RULES } from '../../../lambda/domain/failure/rules/vague.ts';
import { BY_CODE, BY_STATUS } from '../../../lambda/domain/failure/statuses.ts';
import { PHRASES } from './failure/phrases.ts';
import { REPLIES } from './failure/replies.ts';
import { alternatives, bounded } from './failure/steps.ts';

const TABLES: Tables = { rules: RULES, statuses: BY_STATUS, codes: BY_CODE };
const verdict = (reply: Reply, tables?: Tables): string => {
  const { bounceClass, bounceCause } = explainReply(reply, tables);
  return bounceCause ? `${bounceClass}/${bounceCause}` : bounceClass;
};

/** Names what of a table is wrong, all of it at once: thousands of tests of one line each cost more than what they hold. */
const wrong = <T>(rows: readonly T[], say: (row: T) => unknown): unknown[] =>
  rows.flatMap((row) => {
    const said = say(row);
    return said === undefined || said === false ? [] : [said];
  });

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

  test('each is what it is said to be', () => {
    const said = ({ by, reply, verdict: wanted }: (typeof REPLIES)[number]) =>
      verdict(reply) !== wanted && { by, reply, wanted, is: verdict(reply) };
    expect(wrong(REPLIES, said)).toEqual([]);
  });
});

describe('every rule', () => {
  const examples = [...NOTES.values()].map(({ example, status }) => ({ text: example, status }));
  /** Every reply here with its verdict, those that this rule decides before the others. */
  const read = [...REPLIES.map(({ reply }) => reply), ...examples].map(
    (reply: Reply) => [reply, verdict(reply), explainReply(reply).rule] as const,
  );
  const byRule = (name: string) =>
    read.toSorted(([, , one], [, , other]) => Number(other === name) - Number(one === name));

  test('has a name of its own and a note, and no note is left over', () => {
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
    expect(RULES.map(({ name }) => name).sort()).toEqual([...NOTES.keys()].sort());
    for (const { source } of NOTES.values()) expect(source).toMatch(/^https?:\/\/[\w.-]+\/\S*$/);
  });

  test.each(RULES.map((rule) => [rule.name, rule] as const))(
    '%s: a hit, a near miss, and missed if it goes',
    (name, rule) => {
      const note = NOTES.get(name);
      const [hit, miss] = [note?.example, note?.nearMiss].map((text) => ({ text, status: note?.status }));
      expect(explainReply(hit as Reply).rule).toBe(name);
      expect(explainReply(miss as Reply).rule).not.toBe(name);
      const without = { ...TABLES, rules: RULES.filter((other) => other !== rule) };
      // One is enough, and is found among its own first.
      const changed = byRule(name).find(([reply, said]) => said !== verdict(reply, without));
      expect(changed).toBeDefined();
    },
  );

  test.each([
    ['whose fault', SENDER_RULES, /^block,/],
    ['rate', RATE_RULES, /^soft,technical$/],
    ['full', FULL_RULES, /^soft,full$/],
    ['later', LATER_RULES, /^soft,technical$/],
    ['block', BLOCK_RULES, /^(block,|soft,technical$)/],
    ['domain', DOMAIN_RULES, /^hard,domain$/],
    ['mailbox', MAILBOX_RULES, /^(hard,mailbox|undetermined)$/],
    ['mailbox, elsewhere', ELSEWHERE_RULES, /^hard,mailbox$/],
    ['vague', VAGUE_RULES, /^(block,policy|soft,technical)$/],
  ])('of the theme "%s" says what its theme may say', (_theme, rules, allowed) => {
    for (const { verdict: said } of rules) expect(said.join()).toMatch(allowed);
  });

  const weakest = new Set(['refused', 'refused-elsewhere', 'out-of-order']);
  const told = RULES.flatMap(({ name, verdict: [bounceClass] }) =>
    (PHRASES[name] ?? []).map((phrase) => ({
      name,
      text: bounceClass === 'hard' || weakest.has(name) ? `550 ${phrase}` : `550 ${phrase}. User unknown`,
    })),
  );

  test('is heard in each of its phrases', () => {
    const heard = ({ name, text }: (typeof told)[number]) => {
      const { rule } = explainReply({ text });
      return rule !== name && { text, name, rule };
    };
    expect(told.length).toBeGreaterThan(RULES.length);
    expect(wrong(told, heard)).toEqual([]);
  });

  test.each(RULES.map((rule) => [rule.name, rule] as const))('%s: no phrase of it is idle', (name, rule) => {
    const note = NOTES.get(name);
    const own: Reply[] = [
      ...REPLIES.map(({ reply }) => reply).filter((reply) => explainReply(reply).rule === name),
      ...told.filter((one) => one.name === name).map(({ text }) => ({ text })),
      { text: note?.example, status: note?.status },
    ];
    const phrases = alternatives(rule.says.source);
    const idle = phrases.filter((phrase) => {
      const says = new RegExp(phrases.filter((other) => other !== phrase).join('|') || '(?!)', 'u');
      const rules = RULES.map((other) => (other === rule ? { ...rule, says } : other));
      return own.every((reply) => explainReply(reply, { ...TABLES, rules }).rule === name);
    });
    expect(idle).toEqual([]);
  });

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

  // By night each front with each code before each text; by day before every second text, with the codes in turn.
  const codes = ['550 ', '550 5.1.1 ', '553-5.1.2 ', ''];
  test.each(fronts)('a hard text behind "%s" is never hard', (front) => {
    expect(texts.length).toBeGreaterThan(100);
    const turn = fronts.indexOf(front);
    const behind = texts.flatMap((text, at) =>
      codes
        .filter((_code, n) => process.env.NIGHTLY || n * 2 === (at + turn) % (codes.length * 2))
        .map((code) => code + front + text),
    );
    expect(wrong(behind, (text) => verdict({ text }).startsWith('hard') && text)).toEqual([]);
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

describe('the numbers kept', () => {
  test.each([
    [{ code: 199 }, {}],
    [{ code: 200 }, { smtpCode: 200 }],
    [{ code: 599 }, { smtpCode: 599 }],
    [{ code: 600 }, {}],
    [{ code: 550.5 }, {}],
    [{ code: Number.NaN, text: '550 no' }, { smtpCode: 550 }],
    [{ code: 554, text: '550 no' }, { smtpCode: 554 }],
    [{ status: '5.1.1', text: '5.1.2' }, { smtpStatus: '5.1.1' }],
    [{ status: '5.0.0', text: '5.1.2' }, { smtpStatus: '5.1.2' }],
    [{ status: '5.0.0', text: 'no' }, { smtpStatus: '5.0.0' }],
    [
      { status: 'x', text: '550 5.1.2 no' },
      { smtpCode: 550, smtpStatus: '5.1.2' },
    ],
    [{ text: `${' '.repeat(2000)}5.1.1` }, {}],
    [{ text: '192.0.2.1 and 5.1.1.1' }, {}],
  ] as const)('%j', (reply, codes) => {
    expect(codesOf(reply)).toEqual(codes);
    expect(classifyFailure(reply)).toMatchObject(codes);
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
  test('no pattern repeats without a bound, or repeats what repeats', () => {
    const patterns = RULES.flatMap(({ name, says, unless }) =>
      [says, ...(unless ? [unless] : [])].map(({ source }) => [name, source] as const),
    );
    // What has no bound is refused with its own message.
    expect(wrong(patterns, ([name, source]) => bounded(source) > 2000 && [name, bounded(source), source])).toEqual([]);
  });

  test('a text is cut before it is read', () => {
    expect(explainReply({ text: `550 ${'x '.repeat(1100)} user unknown` }).words.length).toBeLessThanOrEqual(2100);
    expect(verdict({ text: `550 ${'x '.repeat(1100)} user unknown` })).toBe('undetermined');
  });

  test('any text gets an answer', () => {
    const anyText = fc
      .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 3000 })
      .map((points) => String.fromCodePoint(...points));
    fc.assert(
      fc.property(anyText, fc.string(), fc.integer(), (text, status, code) => {
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
