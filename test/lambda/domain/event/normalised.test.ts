import { describe, expect, test } from '@jest/globals';
import type { Draft } from '../../../../lambda/domain/event/event.ts';
import { normalisedEvent } from '../../../../lambda/domain/event/normalised.ts';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { judge } from '../../../../lambda/domain/suppression/policy.ts';
import { brevo } from '../../../../lambda/providers/brevo/index.ts';
import { sendgrid } from '../../../../lambda/providers/sendgrid/index.ts';
import { DEFAULT_POLICY } from '../../../../lib/settings/policy.ts';

/** Addresses that an attacker gives to an ESP: what it reports of them suppresses nobody else. */

const arrival = { receivedAt: '2026-05-04T10:00:01.000Z', requestId: 'r' };
const VICTIMS = ['victim@gmail.com', 'mike2@gmail.com'];
const ATTACKS = [
  '"<victim@gmail.com>"@attacker.example',
  'x@attacker.example (<victim@gmail.com>)',
  'mi\u212ae2@gmail.com',
  'victim@gma\u00adil.com',
  'victim@gma\u200bil.com',
  'victim@gma\u2060il.com',
  '\u00a0victim@gmail.com',
  'victim@gmail.com\ufeff',
  '\u3000victim@gmail.com',
];

const sendgridEvent = (email: string, over: object = {}): string =>
  JSON.stringify({
    event: 'bounce',
    email,
    timestamp: 1777888800,
    sg_event_id: 'e',
    status: '5.1.1',
    type: 'bounce',
    ...over,
  });

const readings = {
  'a hard bounce': (email: string) =>
    interpreter('s', { provider: sendgrid, options: {} as never })(sendgridEvent(email), {}, arrival),
  'a complaint': (email: string) =>
    interpreter('s', { provider: sendgrid, options: {} as never })(
      sendgridEvent(email, { event: 'spamreport' }),
      {},
      arrival,
    ),
  'a resubscribe': (email: string) =>
    interpreter('s', { provider: sendgrid, options: {} as never })(
      sendgridEvent(email, { event: 'group_resubscribe', asm_group_id: 1 }),
      {},
      arrival,
    ),
  'an invalid address': (email: string) =>
    interpreter('b', { provider: brevo, options: {} as never })(
      JSON.stringify({ event: 'invalid_email', email, ts_epoch: 1777888800000, 'message-id': '<m>' }),
      {},
      arrival,
    ),
};

describe.each(Object.entries(readings))('%s', (name, read) => {
  const eventOf = (email: string) => {
    const meaning = read(email);
    if ('poison' in meaning || !meaning.events[0]) throw new Error('not read');
    return meaning.events[0];
  };

  test.each(ATTACKS)('of %j is stored and says nothing of the victim', (email) => {
    const event = eventOf(email);
    const { judgement } = judge(event, DEFAULT_POLICY);
    if (judgement) expect(VICTIMS).not.toContain(event.recipient);
  });

  test('of the address itself counts, however its letters are cased', () => {
    for (const email of ['victim@gmail.com', 'Victim@Gmail.COM']) {
      expect(judge(eventOf(email), DEFAULT_POLICY).judgement).toBeDefined();
      expect(eventOf(email)).not.toHaveProperty('recipientAltered');
    }
  });

  test('of a repaired one: an invalid address is no evidence at all, a delivered-to one is', () => {
    for (const email of [' victim@gmail.com', 'victim@gmail.com.', 'V <victim@gmail.com>']) {
      const altered = name === 'an invalid address';
      expect(judge(eventOf(email), DEFAULT_POLICY)).toMatchObject(altered ? { spared: 'address-altered' } : {});
      expect(judge(eventOf(email), DEFAULT_POLICY).judgement === undefined).toBe(altered);
    }
  });
});

describe('an event', () => {
  const place = { source: 'news', provider: 'toy', dedupeGroup: 'group', ...arrival };
  const draft: Draft = {
    type: 'opened',
    providerEvent: 'open',
    recipient: 'Ada <Ada@Example.com>',
    occurredAt: Date.parse('2026-05-04T10:00:00.123Z'),
    scope: 'list:7',
    machine: false,
    tags: ['a'],
    identity: ['open', 'Ada <Ada@Example.com>', 1, true, null, undefined],
  };
  const made = (over: Partial<Draft> = {}, where: Partial<typeof place> = {}) =>
    normalisedEvent({ ...draft, ...over }, { ...place, ...where });

  test('is what the ESP said and where it arrived, and nothing else', () => {
    expect(made()).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'opened',
      providerEvent: 'open',
      scope: 'news:list:7',
      machine: false,
      tags: ['a'],
      source: 'news',
      provider: 'toy',
      requestId: 'r',
      recipient: 'ada@example.com',
      occurredAt: '2026-05-04T10:00:00.123Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
    });
  });

  test('is the same by what the ESP said of it, its group and its provider, and by nothing that we made of that', () => {
    const same = made().fingerprint;
    expect(
      made({ type: 'clicked', machine: true, occurredAt: 1 }, { source: 'sales', requestId: 'x' }).fingerprint,
    ).toBe(same);
    const others = [
      made({}, { dedupeGroup: 'other' }),
      made({}, { provider: 'other' }),
      made({ identity: [...draft.identity.slice(0, -1), ''] }),
      made({ identity: draft.identity.slice(0, -1) }),
      made({ identity: ['open,Ada <Ada@Example.com>', ...draft.identity.slice(2)] }),
    ];
    expect(new Set([same, ...others.map(({ fingerprint }) => fingerprint)]).size).toBe(6);
    // A number is its digits: an ESP that begins to quote them reports the same event. What is missing is missing, however it is said.
    expect(made({ identity: ['open', 'Ada <Ada@Example.com>', '1', 'true', undefined, null] }).fingerprint).toBe(same);
  });

  test("was a machine's where the ESP says so, or, of an opening, where the agent does", () => {
    const { machine: _said, ...silent } = draft;
    const agent = { userAgent: 'curl/8.5.0' };
    const why = (given: Draft) => {
      const { machine, machineWhy } = normalisedEvent(given, place);
      return [machine, machineWhy];
    };
    expect(why({ ...draft, ...agent, machine: true })).toEqual([true, 'esp']);
    expect(why({ ...draft, ...agent })).toEqual([false, undefined]);
    expect(why({ ...silent, ...agent })).toEqual([true, 'scanner']);
    expect(why({ ...silent, ...agent, type: 'clicked' })).toEqual([undefined, undefined]);
    expect(why(silent)).toEqual([undefined, undefined]);
  });

  test('about nobody has no recipient, and is not called altered', () => {
    for (const recipient of [undefined, 'nobody'])
      expect(made({ recipient } as Partial<Draft>)).not.toHaveProperty('recipientAltered');
    expect(made({ recipient: 'nobody' })).not.toHaveProperty('recipient');
    expect(made({ recipient: '\u00a0ada@example.com' }).recipientAltered).toBe(true);
  });

  test('whose scope is named in full keeps it: by an operator, and by a link', () => {
    for (const source of ['operator', 'quell-unsubscribe']) expect(made({}, { source }).scope).toBe('list:7');
  });
});
