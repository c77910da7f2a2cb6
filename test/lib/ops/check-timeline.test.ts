import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FOREVER } from '../../../lambda/contract/tables.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { eventRecord } from '../../../lambda/domain/event/record.ts';
import { fold, type Judgement, verdicts } from '../../../lambda/domain/suppression/suppression.ts';
import { ops, project, stackFile } from '../../support/ops.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';

let dynamo: TestDynamo;
let stack: ReturnType<typeof project>;
const run = (...args: string[]) => ops([...args, '--local'], { root: stack.root });

beforeAll(async () => {
  dynamo = await startTestDynamo();
  const { endpoint, tables } = dynamo;
  stack = project({ '.local/stack.json': stackFile({ endpoints: { dynamodb: endpoint }, tables }) });
});
afterAll(async () => {
  stack?.remove();
  await dynamo?.stop();
});

const put = (TableName: string, item: object) =>
  dynamo.client.send(new PutItemCommand({ TableName, Item: marshall(item, { removeUndefinedValues: true }) }));

async function suppress(recipient: string, ...judgements: Judgement[]): Promise<void> {
  const reasons = fold({}, judgements);
  const updatedAt = '2026-05-04T10:00:01.000Z';
  await put(dynamo.tables.suppression, { recipient, ...verdicts(reasons), reasons, version: 1, updatedAt });
}

const judgement = (reason: Judgement['reason'], until: number, scope?: string): Judgement => ({
  reason,
  ...(scope !== undefined && { scope }),
  mark: {
    at: '2026-05-04T10:00:00.000Z',
    until,
    fingerprint: 'f'.repeat(32),
    source: 'sendgrid',
    event: 'bounce',
    status: '5.1.1',
  },
});

const soon = Math.floor(Date.now() / 1000) + 3600;
const past = Math.floor(Date.now() / 1000) - 3600;

describe('ops check', () => {
  test('a hard bounce suppresses everything, with its evidence', async () => {
    await suppress('ada@example.com', judgement('hard_bounce', FOREVER));
    const marketing = await run('check', 'Ada Lovelace <Ada@Example.com>');
    expect(marketing.code).toBe(0);
    expect(marketing.out).toContain('ada@example.com: SUPPRESSED for marketing mail for ever');
    expect(marketing.out).toContain(
      'because hard_bounce: 2026-05-04T10:00:00.000Z counts for ever; sendgrid said "bounce 5.1.1"',
    );
    expect((await run('check', 'ada@example.com', '--transactional')).code).toBe(0);
    const { json } = await run('check', 'ada@example.com', '--json');
    expect(json()).toEqual([
      expect.objectContaining({
        address: 'ada@example.com',
        suppressed: true,
        until: FOREVER,
        suppressedUntil: FOREVER,
        transactionalUntil: FOREVER,
        reasons: { hard_bounce: [expect.objectContaining({ event: 'bounce' })] },
      }),
    ]);
  });

  test('an unsubscribe leaves transactional mail alone, one of a scope leaves the rest alone', async () => {
    await suppress('bob@example.com', judgement('unsubscribe', FOREVER));
    await suppress('eve@example.com', judgement('unsubscribe', soon, 'sendgrid:asm:42'));
    const codes = async (address: string, ...more: string[]) => (await run('check', address, ...more)).code;
    expect(await codes('bob@example.com')).toBe(0);
    expect(await codes('bob@example.com', '--transactional')).toBe(1);
    expect(await codes('eve@example.com')).toBe(1);
    expect(await codes('eve@example.com', '--scope', 'sendgrid:asm:42')).toBe(0);
    expect(await codes('eve@example.com', '--scope', 'sendgrid:asm:7')).toBe(1);
    expect(await codes('eve@example.com', '--scope', 'constructor')).toBe(1);
  });

  test('what has ended or was lifted is clear, and still told', async () => {
    await suppress('old@example.com', judgement('soft_bounces', past));
    await suppress('lifted@example.com', judgement('manual', 0));
    const old = await run('check', 'old@example.com');
    expect([old.code, old.out]).toEqual([1, expect.stringContaining('marketing: clear since 20')]);
    expect((await run('check', 'lifted@example.com')).out).toContain('manual: 2026-05-04T10:00:00.000Z lifted');
  });

  test('nobody known is clear', async () => {
    const nobody = await run('check', 'nobody@example.com');
    expect([nobody.code, nobody.out]).toEqual([1, 'nobody@example.com: CLEAR for marketing mail; not on the list\n']);
  });
});

describe('ops timeline', () => {
  const event = (over: Partial<NormalisedEvent>): NormalisedEvent => ({
    fingerprint: '0'.repeat(32),
    type: 'delivered',
    source: 'sendgrid',
    provider: 'sendgrid',
    providerEvent: 'delivered',
    recipient: 'ada@example.com',
    receivedAt: '2026-05-04T10:00:09.000Z',
    ...over,
  });
  const record = (over: Partial<NormalisedEvent>) => put(dynamo.tables.events, eventRecord(event(over), 35));

  test('tells the story, the newest last', async () => {
    await record({ occurredAt: '2026-05-04T10:00:00.000Z', type: 'delivered', messageId: 'm1' });
    const bounce = {
      type: 'bounced',
      bounceClass: 'hard',
      bounceCause: 'mailbox',
      smtpCode: 550,
      smtpStatus: '5.1.1',
    } as const;
    await record({
      occurredAt: '2026-05-05T10:00:00.000Z',
      fingerprint: '1'.repeat(32),
      diagnostic: 'no such user',
      ...bounce,
    });
    await record({ fingerprint: '2'.repeat(32), type: 'unknown', providerEvent: 'odd' });
    const { code, out, err } = await run('timeline', 'ADA@example.com');
    expect([code, err]).toEqual([0, '']);
    expect(out.trimEnd().split('\n')).toEqual([
      'no time given, received 2026-05-04T10:00:09.000Z  unknown      the ESP calls it "odd"  [sendgrid]',
      '2026-05-04T10:00:00.000Z  delivered    [sendgrid, message m1]',
      '2026-05-05T10:00:00.000Z  bounced      hard bounce, about the mailbox, 550 5.1.1 "no such user"  [sendgrid]',
    ]);
    const { json } = await run('timeline', 'ada@example.com', '--json', '--limit', '1');
    expect(json()).toEqual([
      expect.objectContaining({ type: 'bounced', occurredAt: '2026-05-05T10:00:00.000Z', fingerprint: '1'.repeat(32) }),
    ]);
  });

  test('reads past the megabyte that one query returns, and says when there is more than asked for', async () => {
    const long = 'x'.repeat(100_000);
    const days = Array.from({ length: 25 }, (_, n) => `2026-04-${String(n + 1).padStart(2, '0')}T00:00:00.000Z`);
    for (const occurredAt of days) await record({ recipient: 'long@example.com', occurredAt, diagnostic: long });
    const all = await run('timeline', 'long@example.com', '--json');
    expect(all.json().map((one) => (one as NormalisedEvent).occurredAt)).toEqual(days);
    const some = await run('timeline', 'long@example.com', '--json', '--limit', '3');
    expect(some.json()).toHaveLength(3);
    expect(some.err).toContain('Older events exist');
  });

  test('nobody has no story', async () => {
    const { code, out, err } = await run('timeline', 'nobody@example.com');
    expect([code, out, err]).toEqual([1, '', 'the local stack holds no event of nobody@example.com.']);
  });
});
