import { describe, expect, test } from '@jest/globals';
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
