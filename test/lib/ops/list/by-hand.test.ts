import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import { packMessages } from '../../../../lambda/domain/message.ts';
import { bareEntry } from '../../../../lib/ops/commands/erase/erase.ts';
import { signGeneric } from '../../../support/driver.ts';
import { GUIDE_AND_OTHER, type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';

/** What operators do to the list by hand: suppress, lift, erase, and look at what was unsubscribed from. */

let stack: OpsStack;

beforeAll(async () => {
  stack = await startOpsStack(GUIDE_AND_OTHER, { secrets: { guide: 'guide-secret', other: 'other-secret' } });
}, 60_000);
afterAll(() => stack?.stop());

const run = (...args: string[]) => stack.run(args);
const entryOf = async (address: string) =>
  (await stack.driver.suppression()).find(({ recipient }) => recipient === address) as
    | { suppressedUntil: number; transactionalUntil: number; scopes: object; reasons: Record<string, object[]> }
    | undefined;
const NOTE = ['--note', 'because', '--actor', 'ada'];

const bounceOf = (recipient: string, timestamp: string, id: string, reason = '550 5.1.1 user unknown') =>
  JSON.stringify({ event: 'hard_bounce', timestamp, message_id: id, recipient, reason, smtp_code: 550 });

async function bounce(source: string, recipient: string, timestamp: string, id: string, reason?: string) {
  const body = bounceOf(recipient, timestamp, id, reason);
  const { status } = await stack.driver.post(source, body, signGeneric(body, `${source}-secret`));
  expect(status).toBe(200);
}
const nothingUnderWay = () => stack.driver.nothingUnderWay();

/** Nothing is unsubscribed from yet. */
describe('ops scopes', () => {
  test('lists what was unsubscribed from, and counts', async () => {
    expect((await stack.run(['scopes'])).code).toBe(1);
    for (const name of ['u1', 'u2']) {
      await stack.run(['suppress', `${name}@example.com`, '--scope', 'guide:list:7', '--wait', ...NOTE]);
    }
    await stack.run(['lift', 'u2@example.com', '--wait', ...NOTE]);
    const { code, out } = await stack.run(['scopes']);
    expect([code, out]).toEqual([0, 'guide:list:7  unsubscribed: 1, ended: 1\n']);
  });
});

describe('ops suppress', () => {
  test('goes through the queue, is recorded with who and why, and suppresses', async () => {
    const { code, out } = await run('suppress', 'Ada <Ada@Example.com>', 'bob@example.com', '--wait', ...NOTE);
    expect([code, out]).toEqual([0, 'ada@example.com: manual for ever\nbob@example.com: manual for ever\n']);
    expect(await entryOf('ada@example.com')).toMatchObject({
      suppressedUntil: FOREVER,
      transactionalUntil: FOREVER,
      reasons: { manual: [{ source: 'operator', actor: 'ada', note: 'because', until: FOREVER }] },
    });
    const events = await stack.driver.events();
    expect(events.filter(({ recipient }) => recipient === 'ada@example.com')).toEqual([
      expect.objectContaining({ type: 'suppressed', actor: 'ada', note: 'because', reason: 'manual' }),
    ]);
  });

  test('takes addresses from standard input, a reason, a scope, an end and a date', async () => {
    const args = ['suppress', '--scope', 'other:asm:42', '--days', '2', '--at', '2026-05-04T10:00:00Z', '--wait'];
    const { code } = await stack.run([...args, ...NOTE], 'c1@example.com\n\n C2@example.com \nc1@example.com\n');
    expect(code).toBe(0);
    const until = Date.parse('2026-05-06T10:00:00Z') / 1000;
    expect(await entryOf('c1@example.com')).toMatchObject({
      suppressedUntil: 0,
      scopes: { 'other:asm:42': until },
    });
    expect(await entryOf('c2@example.com')).toMatchObject({
      reasons: { 'unsubscribe:other:asm:42': [{ at: '2026-05-04T10:00:00.000Z' }] },
    });
  });

  test.each([
    [['suppress', 'x@example.com'], '--note is missing'],
    [['suppress', 'x@example.com', '--note', ' '], '--note is missing'],
    [['suppress', 'no-address', ...NOTE], 'argument 1'],
    [['suppress', ...NOTE], 'which address'],
    [['suppress', 'x@example.com', '--reason', 'complain', ...NOTE], 'Did you mean "complaint"'],
    [['suppress', 'x@example.com', '--scope', 'a:b:c', '--reason', 'manual', ...NOTE], 'limits an unsubscribe'],
    [['suppress', 'x@example.com', '--scope', 'news', ...NOTE], '<source>:<kind>:<id>'],
    [['suppress', 'x@example.com', '--days', '1', '--until', '2027-01-01', ...NOTE], 'choose one'],
    [['suppress', 'x@example.com', '--until', '2020-01-01', ...NOTE], 'before it began'],
    [['lift', 'x@example.com'], '--note is missing'],
    [['lift', ...NOTE], 'which address'],
    [['lift', 'x@example.com', '--dry-run', ...NOTE], '--dry-run is for'],
    [['lift', '--import', 'x', ...NOTE], '12 hex digits'],
    [['lift', '--import', 'abc', '--source', 'guide', ...NOTE], 'choose one'],
    [['lift', 'victim@exam\u00adple.com', ...NOTE], 'as it is written'],
    [['suppress', 'x@example.com', '--at', '2100-01-01', ...NOTE], 'in the future'],
    [['lift', 'x@example.com', '--source', 'guide', ...NOTE], 'choose one'],
    [['lift', '--source', 'guide', ...NOTE], '--from'],
    [['lift', '--source', 'guide', '--from', '2026-02-01', '--until', '2026-01-01', ...NOTE], 'not after'],
    [['lift', '--source', 'gide', '--from', '2026-01-01', '--until', '2026-02-01', ...NOTE], 'Did you mean "guide"'],
  ])('%j is wrong usage', async (args, hint) => {
    const { code, err } = await run(...args);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  });
});

describe('ops lift', () => {
  test('lifts every reason that suppresses, keeps tombstones, and older evidence never comes back', async () => {
    await bounce('guide', 'gone@example.com', '2026-11-01T10:00:00Z', 'g1');
    await run('suppress', 'gone@example.com', '--wait', ...NOTE);
    await nothingUnderWay();
    expect((await run('check', 'gone@example.com')).out).toContain('hard_bounce');
    const { code, out, err } = await run('lift', 'gone@example.com', '--wait', ...NOTE);
    expect([code, out.trim().split('\n').sort()]).toEqual([
      0,
      ['gone@example.com: hard_bounce lifted', 'gone@example.com: manual lifted'],
    ]);
    expect(err).toContain('guide (generic): ');
    expect(await entryOf('gone@example.com')).toMatchObject({ suppressedUntil: 0, transactionalUntil: 0 });

    await bounce('guide', 'gone@example.com', '2026-11-02T10:00:00Z', 'late');
    await nothingUnderWay();
    expect((await run('timeline', 'gone@example.com')).out).toContain('late');
    expect(await entryOf('gone@example.com')).toMatchObject({ suppressedUntil: 0 });
    await bounce('guide', 'gone@example.com', new Date(Date.now() + 5000).toISOString(), 'new');
    await nothingUnderWay();
    expect((await entryOf('gone@example.com'))?.suppressedUntil).toBe(FOREVER);
    expect((await run('lift', 'gone@example.com', '--wait', ...NOTE)).code).toBe(0);
    expect(await entryOf('gone@example.com')).toMatchObject({ suppressedUntil: 0 });
  });

  test('takes a list, as suppress does', async () => {
    await stack.run(['suppress', '--wait', ...NOTE], 'l1@example.com\nl2@example.com\n');
    const { code, out, err } = await stack.run(
      ['lift', '--wait', ...NOTE],
      'l1@example.com\nL2@example.com\nl3@example.com\n',
    );
    expect([code, out]).toEqual([0, 'l1@example.com: manual lifted\nl2@example.com: manual lifted\n']);
    expect(err).toContain('no such reason suppresses l3@example.com');
    for (const one of ['l1', 'l2']) expect(await entryOf(`${one}@example.com`)).toMatchObject({ suppressedUntil: 0 });
  });

  test('one reason, one scope, or nothing', async () => {
    await run('suppress', 'two@example.com', '--reason', 'complaint', '--wait', ...NOTE);
    await run('suppress', 'two@example.com', '--scope', 'other:asm:1', '--wait', ...NOTE);
    await run('suppress', 'two@example.com', '--scope', 'other:asm:2', '--wait', ...NOTE);
    expect((await run('lift', 'two@example.com', '--scope', 'other:asm:1', '--wait', ...NOTE)).code).toBe(0);
    expect((await entryOf('two@example.com'))?.scopes).toEqual({ 'other:asm:2': FOREVER });
    expect((await run('lift', 'two@example.com', '--reason', 'unsubscribe', '--wait', ...NOTE)).code).toBe(0);
    expect(await entryOf('two@example.com')).toMatchObject({ scopes: {}, suppressedUntil: FOREVER });
    expect((await run('lift', 'two@example.com', '--reason', 'manual', ...NOTE)).code).toBe(1);
    expect((await run('lift', 'nobody@example.com', ...NOTE)).code).toBe(1);
  });

  test('a bad window is undone for those that rest on it, and for nobody else', async () => {
    const WINDOW = ['--source', 'guide', '--from', '2026-10-01T00:00:00Z', '--until', '2026-10-02T00:00:00Z'];
    const inside = '2026-10-01T12:00:00Z';
    await bounce('guide', 'w-only@example.com', inside, 'w1');
    await bounce('guide', 'w-older@example.com', inside, 'w2');
    await bounce('guide', 'w-older@example.com', '2026-09-20T00:00:00Z', 'w2-before');
    await bounce('other', 'w-other@example.com', inside, 'w3');
    await bounce('guide', 'w-after@example.com', '2026-10-02T00:00:00Z', 'w4');
    await bounce('guide', 'w-both@example.com', inside, 'w5');
    await bounce('other', 'w-both@example.com', '2026-10-01T13:00:00Z', 'w5-other');
    const people = ['w-after', 'w-both', 'w-older', 'w-only', 'w-other'].map((name) => `${name}@example.com`);
    await nothingUnderWay();
    expect(await stack.driver.suppressed()).toEqual(expect.arrayContaining(people));

    const dry = await run('lift', ...WINDOW, '--reason', 'hard_bounce', '--dry-run');
    expect([dry.code, dry.err]).toEqual([
      0,
      expect.stringContaining('Would lift: 1. Stay suppressed by other evidence: 1.'),
    ]);
    expect(dry.out.trim().split('\n').sort()).toEqual([
      expect.stringContaining('w-older@example.com: hard_bounce stays, suppressed for ever: guide said'),
      'w-only@example.com: hard_bounce lifted',
    ]);
    expect(await stack.driver.suppressed()).toEqual(expect.arrayContaining(people));

    const lifted = await run('lift', ...WINDOW, ...NOTE);
    expect([lifted.code, lifted.err]).toEqual([0, expect.stringContaining('a second run would lift nobody')]);
    // What stays is the evidence itself, not an operator's word for it.
    expect((await entryOf('w-older@example.com'))?.reasons.hard_bounce).toMatchObject([
      { source: 'guide', at: '2026-09-20T00:00:00.000Z', until: FOREVER },
    ]);
    expect(await stack.driver.suppressed()).toEqual(
      expect.arrayContaining(people.filter((one) => one !== 'w-only@example.com')),
    );
    expect(await stack.driver.suppressed()).not.toContain('w-only@example.com');

    // Of that window nothing counts that comes later, of other times everything.
    await bounce('guide', 'w-late@example.com', inside, 'w6');
    await bounce('guide', 'w-next@example.com', '2026-10-03T00:00:00Z', 'w7');
    await nothingUnderWay();
    expect(await stack.driver.suppressed()).toContain('w-next@example.com');
    expect((await run('timeline', 'w-late@example.com')).out).toContain('w6');
    expect(await stack.driver.suppressed()).not.toContain('w-late@example.com');

    const { out, json } = await run('lift', '--retractions', '--json');
    expect(json()).toMatchObject([{ source: 'guide', actor: 'ada', note: 'because' }]);
    const { id } = JSON.parse(out) as { id: string };
    expect((await run('lift', '--forget', id)).code).toBe(0);
    expect((await run('lift', '--retractions')).code).toBe(1);
    await bounce('guide', 'w-again@example.com', inside, 'w8');
    await nothingUnderWay();
    expect(await stack.driver.suppressed()).toContain('w-again@example.com');
    expect((await run('lift', ...WINDOW, ...NOTE)).code).toBe(0);
    const again = await run('lift', ...WINDOW, ...NOTE);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('Lifted: 0.')]);
  });
});

/** A message that has waited, as a redrive brings it back. */
async function redrive(recipient: string, receivedAt: Date): Promise<void> {
  const { endpoints, queues } = stack.local.stack;
  const client = new SQSClient({
    region: 'us-east-1',
    endpoint: endpoints.sqs,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const envelope = {
    source: 'guide',
    channel: 'https',
    receivedAt: receivedAt.toISOString(),
    requestId: 'r',
    origin: 'live',
  } as const;
  const [MessageBody] = packMessages(envelope, [bounceOf(recipient, '2026-11-01T10:00:00Z', 'old')]);
  await client.send(new SendMessageCommand({ QueueUrl: queues.delivery, MessageBody }));
  client.destroy();
}

describe('ops erase', () => {
  const REQUEST = ['--note', 'request 4711', '--actor', 'ada'];
  const AT = '2026-11-01T10:00:00Z';
  const eventsOf = async (address: string) =>
    (await stack.driver.events()).filter(({ recipient }) => recipient === address);
  const marks = async () =>
    (await stack.driver.suppression()).filter(({ recipient }) => String(recipient).startsWith('~erased#'));

  test('events and entry go, a mark without the address stays, and what came in before never brings the person back', async () => {
    for (let n = 0; n < 30; n++) await bounce('guide', 'erased@example.com', AT, `m${n}`);
    await nothingUnderWay();
    expect(await eventsOf('erased@example.com')).toHaveLength(30);
    expect(await entryOf('erased@example.com')).toBeDefined();
    const { code, out } = await stack.run(['erase', 'Erased@Example.com', ...REQUEST]);
    expect([code, out]).toEqual([0, 'Erased: 30 events; entry removed.\n']);
    expect(await eventsOf('erased@example.com')).toEqual([]);
    const left = await marks();
    expect(left).toEqual([
      {
        recipient: expect.stringMatching(/^~erased#/),
        erasedAt: expect.any(String),
        actor: 'ada',
        note: 'request 4711',
      },
    ]);
    expect(JSON.stringify(await stack.driver.suppression())).not.toContain('erased@');

    await redrive('erased@example.com', new Date(Date.now() - 3_600_000));
    await redrive('bystander@example.com', new Date(Date.now() - 3_600_000));
    await nothingUnderWay();
    expect(await eventsOf('bystander@example.com')).toHaveLength(1);
    expect(await eventsOf('erased@example.com')).toEqual([]);

    // The key is made once, and no source of the stack.
    await stack.run(['erase', 'erased@example.com', ...REQUEST]);
    expect(await marks()).toHaveLength(1);
    expect((await stack.run(['secrets', 'list'])).err).toBe('');
    expect((await stack.run(['export'])).out).not.toContain('~');

    await bounce('guide', 'erased@example.com', AT, 'new');
    await nothingUnderWay();
    expect(await eventsOf('erased@example.com')).toHaveLength(1);
  });

  test('--keep-suppressed leaves the ends and no word of why', async () => {
    await bounce('guide', 'eve@example.com', AT, 'e1');
    await nothingUnderWay();
    expect((await entryOf('eve@example.com'))?.suppressedUntil).toBe(FOREVER);
    const { out } = await stack.run(['erase', 'eve@example.com', '--keep-suppressed', ...REQUEST]);
    expect(out).toContain('kept without reasons');
    const entry = await entryOf('eve@example.com');
    expect(entry).toMatchObject({ suppressedUntil: FOREVER, transactionalUntil: FOREVER, scopes: {} });
    expect(JSON.stringify(entry)).not.toMatch(/guide|bounce|5\.1\.1|request/);
    expect((await stack.run(['check', 'eve@example.com'])).code).toBe(0);
    expect((await stack.run(['lift', 'eve@example.com', '--wait', ...REQUEST])).code).toBe(0);
    expect((await stack.run(['check', 'eve@example.com'])).code).toBe(1);
  });

  test.each([
    [['erase', 'nobody', ...REQUEST], 'not an e-mail address'],
    [['erase', 'x@example.com'], '--note is missing'],
    [['erase', 'x@example.com', '--note', 'X@example.com asked'], 'names the address'],
  ])('%j is wrong usage', async (args, hint) => {
    const { code, err } = await stack.run(args);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  });
});

describe('a bare entry', () => {
  const AT = '2026-05-04T10:00:00.000Z';
  const entry = (suppressedUntil: number, transactionalUntil: number, scopes = {}) => ({
    suppressedUntil,
    transactionalUntil,
    scopes,
    reasons: { complaint: [] },
    version: 3,
  });

  test.each([
    [entry(FOREVER, FOREVER), ['manual']],
    [entry(FOREVER, 0), ['unsubscribe']],
    [entry(FOREVER, 1_900_000_000), ['manual', 'unsubscribe']],
    [entry(0, 0, { 'a:list:1': FOREVER }), ['unsubscribe:a:list:1']],
    [entry(1_500_000_000, 0), []],
  ])('keeps the ends of %j with the fewest words', (full, reasons) => {
    const bare = bareEntry(full, AT);
    expect(Object.keys(bare.reasons)).toEqual(reasons);
    expect(bare.version).toBe(4);
    if (reasons.length > 0) {
      const { suppressedUntil, transactionalUntil, scopes } = full;
      expect(bare).toMatchObject({ suppressedUntil, transactionalUntil, scopes });
    }
  });
});
