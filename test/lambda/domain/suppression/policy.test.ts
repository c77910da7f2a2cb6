import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { PolicyConfig } from '../../../../lambda/contract/config.ts';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import { EVENT_TYPES, type NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { LISTED_BY_HOUR } from '../../../../lambda/domain/event/record.ts';
import { DECIDING_TYPES, SERIES_TYPES } from '../../../../lambda/domain/suppression/history.ts';
import { judge, SPARED, type Spared } from '../../../../lambda/domain/suppression/policy.ts';
import { DEFAULT_POLICY } from '../../../../lib/settings/policy.ts';

const event = (over: Partial<NormalisedEvent>): NormalisedEvent => ({
  fingerprint: 'f'.repeat(32),
  type: 'bounced',
  source: 's',
  provider: 'sendgrid',
  providerEvent: 'bounce',
  recipient: 'ada@example.com',
  occurredAt: '2026-05-04T10:00:00.000Z',
  receivedAt: '2026-05-04T10:00:01.000Z',
  ...over,
});
const AT = Date.parse('2026-05-04T10:00:00.000Z') / 1000;

describe('policy: who is suppressed, why, until when', () => {
  test.each([
    [{ bounceClass: 'hard', bounceCause: 'mailbox' }, 'hard_bounce', FOREVER],
    [{ bounceClass: 'hard', bounceCause: 'domain' }, 'hard_bounce', FOREVER],
    [{ bounceClass: 'hard' }, 'hard_bounce', AT + 30 * 86_400],
    [{ type: 'complained' }, 'complaint', FOREVER],
    [{ type: 'complained', candidates: 1 }, 'complaint', FOREVER],
    [{ type: 'unsubscribed', scope: 'all' }, 'unsubscribe', FOREVER],
    [{ type: 'resubscribed', scope: 'all' }, 'unsubscribe', 0],
    [{ type: 'dropped', dropReason: 'invalid' }, 'hard_bounce', FOREVER],
  ] as [Partial<NormalisedEvent>, string, number][])('%j: %s', (over, reason, until) => {
    expect(judge(event(over), DEFAULT_POLICY)).toMatchObject({ judgement: { reason, mark: { until } } });
  });

  test.each([
    [{ bounceClass: 'soft' }, 'series-too-short'],
    [{ bounceClass: 'soft', autoReply: true }, 'not-hard'],
    [{ bounceClass: 'block', bounceCause: 'reputation' }, 'sender-side'],
    [{ bounceClass: 'undetermined' }, 'not-hard'],
    [{ bounceClass: undefined }, 'not-hard'],
    [{ type: 'complained', candidates: 2 }, 'several-candidates'],
    [{ type: 'dropped', dropReason: 'content' }, 'sender-side'],
    [{ type: 'dropped', dropReason: 'policy' }, 'sender-side'],
    [{ type: 'dropped', dropReason: 'quota' }, 'sender-side'],
    [{ type: 'dropped', dropReason: 'template' }, 'sender-side'],
    [{ type: 'dropped', dropReason: 'duplicate' }, 'no-effect'],
    [{ type: 'dropped', dropReason: 'other' }, 'no-effect'],
    [{ type: 'dropped' }, 'no-effect'],
    [{ type: 'suppressed' }, 'no-effect'],
    [{ type: 'lifted' }, 'no-effect'],
    [{ type: 'lifted', reason: 'complaint', retraction: 'w1' }, 'no-effect'],
    [{ type: 'delivered' }, 'no-effect'],
    [{ type: 'opened' }, 'no-effect'],
    [{ type: 'unknown' }, 'no-effect'],
    [{ type: 'inbound' }, 'no-effect'],
  ] as [Partial<NormalisedEvent>, Spared][])('%j suppresses nobody: %s', (over, spared) => {
    expect(judge(event(over), DEFAULT_POLICY)).toEqual({ spared });
  });

  test('a complaint that fits several people counts up to as many as the policy says', () => {
    const policy = { ...DEFAULT_POLICY, complaintCandidates: 3 };
    const judged = [undefined, 1, 3, 4].map((candidates) =>
      judge(event({ type: 'complained', ...(candidates !== undefined && { candidates }) }), policy),
    );
    const complaint = { judgement: expect.objectContaining({ reason: 'complaint' }) };
    expect(judged).toEqual([complaint, complaint, complaint, { spared: 'several-candidates' }]);
  });

  test.each([
    [{ type: 'complained' }, 'no-recipient', 'no-time', 'address-altered'],
    [{ bounceClass: 'hard' }, 'no-recipient', 'no-time', 'address-altered'],
    [{ bounceClass: 'soft' }, 'no-recipient', 'no-time', 'address-altered'],
    [{ type: 'unsubscribed' }, 'no-recipient', 'no-time', 'address-altered'],
    [{ type: 'resubscribed' }, 'no-recipient', 'no-time', 'address-altered'],
    [{ type: 'dropped', dropReason: 'suppressed-complaint' }, 'no-recipient', 'no-time', 'address-altered'],
    [{ type: 'delivered' }, 'no-effect', 'no-effect', 'no-effect'],
    [{ bounceClass: 'block' }, 'sender-side', 'sender-side', 'sender-side'],
  ] as [Partial<NormalisedEvent>, Spared, Spared, Spared][])(
    '%j without a recipient, without a time, with an altered address: %s, %s, %s',
    (over, nobodySays, neverSays, alteredSays) => {
      const { recipient: _recipient, ...nobody } = event(over);
      const { occurredAt: _occurredAt, ...never } = event(over);
      expect(judge(nobody, DEFAULT_POLICY).spared).toBe(nobodySays);
      expect(judge(never, DEFAULT_POLICY).spared).toBe(neverSays);
      expect(judge(event({ ...over, recipientAltered: true }), DEFAULT_POLICY).spared).toBe(alteredSays);
    },
  );

  test('"dropped because suppressed" is an echo, and so is what the ESP says of its list; a lift never is', () => {
    const markOf = (over: Partial<NormalisedEvent>) => judge(event(over), DEFAULT_POLICY).judgement?.mark;
    expect(markOf({ type: 'dropped', dropReason: 'suppressed-bounce' })?.echo).toBe(true);
    expect(markOf({ type: 'complained', echo: true })?.echo).toBe(true);
    expect(markOf({ type: 'complained' })).not.toHaveProperty('echo');
    expect(markOf({ type: 'resubscribed', echo: true })).toEqual({
      at: '2026-05-04T10:00:00.000Z',
      until: 0,
      fingerprint: 'f'.repeat(32),
      source: 's',
      event: 'bounce',
    });
  });

  test.each([
    ['complained', 'complaint'],
    ['unsubscribed', 'unsubscribe'],
  ] as const)('a duration of 0 switches off: %s', (type, name) => {
    expect(judge(event({ type }), { ...DEFAULT_POLICY, [name]: 0 })).toEqual({ spared: 'switched-off' });
  });

  test.each([
    [{ bounceClass: 'hard', bounceCause: 'mailbox' }, { hardBounce: 0 }],
    [{ bounceClass: 'hard' }, { otherPermanent: 0 }],
    [{ bounceClass: 'soft' }, { softBounces: { ...DEFAULT_POLICY.softBounces, messages: 0 } }],
    [{ type: 'dropped', dropReason: 'suppressed-unknown' }, { otherPermanent: 0 }],
  ] as [Partial<NormalisedEvent>, Partial<PolicyConfig>][])('%j is switched off by %j', (over, policy) => {
    expect(judge(event(over), { ...DEFAULT_POLICY, ...policy })).toEqual({ spared: 'switched-off' });
  });

  test('an unsubscribe is limited to its scope, other reasons have none', () => {
    const scopeOf = (over: Partial<NormalisedEvent>) => judge(event(over), DEFAULT_POLICY).judgement?.scope;
    expect(scopeOf({ type: 'unsubscribed', scope: 's:list:9' })).toBe('s:list:9');
    expect(scopeOf({ type: 'complained', scope: 's:list:9' })).toBeUndefined();
  });

  test('a mark says what is known: status or code, author, import', () => {
    const markOf = (over: Partial<NormalisedEvent>) => judge(event(over), DEFAULT_POLICY).judgement?.mark;
    expect(markOf({ bounceClass: 'hard', smtpCode: 550 })?.status).toBe('550');
    expect(markOf({ bounceClass: 'hard', smtpCode: 550, smtpStatus: '5.1.1' })?.status).toBe('5.1.1');
    expect(markOf({ bounceClass: 'hard' })).not.toHaveProperty('status');
    const act = { source: 'operator', reason: 'manual', actor: 'kim', note: 'why', importId: 'i1' } as const;
    expect(markOf({ type: 'suppressed', until: 5, ...act })).toMatchObject({
      until: 5,
      actor: 'kim',
      note: 'why',
      importId: 'i1',
    });
    expect(markOf({ type: 'suppressed', ...act })?.until).toBe(FOREVER);
    expect(markOf({ type: 'lifted', ...act })?.until).toBe(0);
  });

  test('a clock that is ahead counts as five minutes ahead at most; an operator names the time', () => {
    const atOf = (over: Partial<NormalisedEvent>) => judge(event(over), DEFAULT_POLICY).judgement?.mark.at;
    const received = { receivedAt: '2026-05-04T10:00:00.000Z' };
    expect(atOf({ type: 'resubscribed', ...received, occurredAt: '2027-05-04T10:00:00.000Z' })).toBe(
      '2026-05-04T10:05:00.000Z',
    );
    expect(atOf({ type: 'resubscribed', ...received, occurredAt: '2026-05-04T10:05:00.000Z' })).toBe(
      '2026-05-04T10:05:00.000Z',
    );
    const lift = { type: 'lifted', reason: 'complaint', source: 'operator' } as const;
    expect(atOf({ ...lift, ...received, occurredAt: '2026-05-04T10:09:00.000Z' })).toBe('2026-05-04T10:09:00.000Z');
    const late = judge(
      event({ bounceClass: 'hard', ...received, occurredAt: '2030-01-01T00:00:00.000Z' }),
      DEFAULT_POLICY,
    );
    expect(late.judgement?.mark.until).toBe(Date.parse('2026-05-04T10:05:00Z') / 1000 + 30 * 86_400);
  });
});

describe('whoever names the types that change an entry names each of them', () => {
  const contract = readFileSync('docs/suppression-table.md', 'utf8');
  const rules = /\*\*1\. Which event says what\.\*\*[\s\S]*?(?=\*\*2\. )/.exec(contract)?.[0] ?? '';

  test.each(EVENT_TYPES)('%s', (type) => {
    const says = { bounceClass: 'hard', dropReason: 'invalid', scope: 'all', reason: 'manual' } as const;
    const { judgement, spared } = judge(event({ type, ...says }), DEFAULT_POLICY);
    const changes = judgement !== undefined;
    if (!changes) expect(spared).toBe('no-effect');
    expect({
      'lambda/domain/suppression/history.ts': DECIDING_TYPES.includes(type),
      'lambda/domain/event/record.ts': LISTED_BY_HOUR[type],
      'docs/suppression-table.md, rule 1': rules.includes(`\n| \`${type}\``),
    }).toEqual({
      // A delivery changes nothing by itself: it ends a series.
      'lambda/domain/suppression/history.ts': changes || SERIES_TYPES.includes(type),
      'lambda/domain/event/record.ts': changes || LISTED_BY_HOUR[type],
      'docs/suppression-table.md, rule 1': changes,
    });
  });

  test('every cause of changing nothing is in the contract, and in the page of the command that prints it', () => {
    for (const page of [rules, readFileSync('docs/cli.md', 'utf8')])
      expect(SPARED.filter((cause) => !page.includes(`\`${cause}\``))).toEqual([]);
  });
});
