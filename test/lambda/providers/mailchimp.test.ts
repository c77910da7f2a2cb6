import { describe, expect, test } from '@jest/globals';
import { mailchimp } from '../../../lambda/providers/mailchimp/index.ts';
import { get, post, reasonOf, stored, verifyContext } from '../../support/providers/cases.ts';
import { providerContract } from '../../support/providers/contract.ts';

providerContract('mailchimp', { proofIn: 'authorization' });

const encoded = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const normaliseAll = (fields: Record<string, string>) =>
  mailchimp.normalise(encoded(fields), { options: {}, meta: {} });
const base = {
  fired_at: '2026-05-04 10:00:00',
  'data[id]': '8a25ff1d98',
  'data[list_id]': 'a6b5da1054',
  'data[email]': 'Ada@Example.com',
};
const one = (fields: Record<string, string>) => normaliseAll({ ...base, ...fields })[0];

describe('mailchimp: mapping', () => {
  test('a full unsubscription gives every field, and no merge field', () => {
    const draft = one({
      type: 'unsubscribe',
      'data[action]': 'unsub',
      'data[reason]': 'manual',
      'data[email_type]': 'html',
      'data[merges][EMAIL]': 'ada@example.com',
      'data[merges][FNAME]': 'Ada',
      'data[merges][INTERESTS]': 'Group1,Group2',
      'data[ip_opt]': '192.0.2.1',
      'data[campaign_id]': 'cb398d21d2',
    });
    expect(stored(draft, 'mailchimp').event).toEqual({
      type: 'unsubscribed',
      scope: 'mailchimp:list:a6b5da1054',
      source: 'mailchimp',
      provider: 'mailchimp',
      providerEvent: 'unsubscribe',
      recipient: 'ada@example.com',
      occurredAt: '2026-05-04T10:00:00.000Z',
      receivedAt: '2026-05-04T10:00:01.000Z',
      ip: '192.0.2.1',
      metadata: { campaign_id: 'cb398d21d2', action: 'unsub', reason: 'manual' },
    });
  });

  test.each([
    [{ type: 'subscribe' }, { type: 'resubscribed', scope: 'list:a6b5da1054' }],
    [
      { type: 'unsubscribe', 'data[reason]': 'manual' },
      { type: 'unsubscribed', scope: 'list:a6b5da1054' },
    ],
    [{ type: 'unsubscribe', 'data[action]': 'delete' }, { type: 'unsubscribed' }],
    [{ type: 'unsubscribe', 'data[reason]': 'abuse' }, { type: 'complained' }],
    [
      { type: 'cleaned', 'data[reason]': 'hard' },
      { type: 'bounced', bounceClass: 'hard', bounceCause: 'mailbox' },
    ],
    [{ type: 'cleaned', 'data[reason]': 'abuse' }, { type: 'complained' }],
    [{ type: 'cleaned' }, { type: 'bounced', bounceClass: 'undetermined' }],
    [{ type: 'profile' }, { type: 'unknown' }],
    [{ type: 'campaign', 'data[subject]': 'May', 'data[status]': 'sent' }, { type: 'unknown' }],
    [{ type: 'constructor' }, { type: 'unknown' }],
  ] as [Record<string, string>, object][])('%j', (fields, expected) => {
    expect(one(fields)).toMatchObject(expected);
  });

  test('a changed address is in the history of both', () => {
    const drafts = normaliseAll({
      type: 'upemail',
      fired_at: '2026-05-04 10:00:00',
      'data[list_id]': 'a6b5da1054',
      'data[new_id]': '51da8c3259',
      'data[new_email]': 'new@example.com',
      'data[old_email]': 'old@example.com',
    });
    expect(drafts).toMatchObject([
      { type: 'unknown', recipient: 'old@example.com' },
      { type: 'unknown', recipient: 'new@example.com' },
    ]);
    expect(new Set(drafts.map((draft) => stored(draft, 'mailchimp').fingerprint)).size).toBe(2);
  });

  test('list, address, second, action and reason tell events apart', () => {
    const print = (fields: Record<string, string>) =>
      stored(one({ type: 'unsubscribe', ...fields }), 'mailchimp').fingerprint;
    expect(print({})).toBe(print({ 'data[email]': 'ada@example.com', 'data[id]': 'x' }));
    for (const other of [
      { 'data[list_id]': 'b' },
      { fired_at: '2026-05-04 10:00:01' },
      { 'data[action]': 'delete' },
      { 'data[reason]': 'abuse' },
    ])
      expect(print(other as unknown as Record<string, string>)).not.toBe(print({}));
  });

  test('a merge field cannot pass for a field of the event', () => {
    expect(
      one({ type: 'profile', 'data[merges][type]': 'cleaned', 'data[email][x]': 'eve@example.com' }),
    ).toMatchObject({
      type: 'unknown',
      recipient: 'Ada@Example.com',
    });
  });
});

describe('mailchimp: requests', () => {
  test('the check of the URL is answered without the secret', () => {
    expect(mailchimp.probe?.(get())).toEqual({ status: 200 });
    expect(mailchimp.probe?.(get('secret=x'))).toEqual({ status: 200 });
    expect(mailchimp.probe?.(post('type=x'))).toBeUndefined();
  });

  test('a post needs the secret of the URL', () => {
    const context = verifyContext(['query:secret:s3cret'], {});
    expect(mailchimp.verify(post('type=x', {}, 'secret=s3cret'), context)).toEqual({ secretIndex: 0 });
    expect(reasonOf(() => mailchimp.verify(post('type=x'), context))).toBe('missing-proof');
  });

  test('the form is kept as it came', () => {
    const body = 'type=subscribe&fired_at=2026-05-04+10%3A00%3A00&data%5Bemail%5D=ada%40example.com';
    expect(mailchimp.split(post(body), {})).toEqual({ events: [body] });
    expect(reasonOf(() => mailchimp.split(post('{"type":"subscribe"}'), {}))).toBe('unreadable');
  });
});
