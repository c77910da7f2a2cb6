import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import { signGeneric } from '../../../support/driver.ts';
import { type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';

let stack: OpsStack;

beforeAll(async () => {
  stack = await startOpsStack(
    { guide: { provider: 'generic' }, other: { provider: 'generic' }, marketing: { provider: 'sendgrid' } },
    { secrets: { guide: 'guide-secret', other: 'other-secret' } },
  );
}, 60_000);
afterAll(() => stack?.stop());

const run = (...args: string[]) => stack.run(args);
const entryOf = async (address: string) =>
  (await stack.driver.suppression()).find(({ recipient }) => recipient === address) as
    | { suppressedUntil: number; transactionalUntil: number; scopes: object; reasons: Record<string, object[]> }
    | undefined;
const NOTE = ['--note', 'because', '--actor', 'ada'];

async function bounce(
  source: string,
  recipient: string,
  timestamp: string,
  id: string,
  reason = '550 5.1.1 user unknown',
) {
  const body = JSON.stringify({ event: 'hard_bounce', timestamp, message_id: id, recipient, reason, smtp_code: 550 });
  const { status } = await stack.driver.post(source, body, signGeneric(body, `${source}-secret`));
  expect(status).toBe(200);
}
const nothingUnderWay = () => stack.driver.nothingUnderWay();

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
    const args = ['suppress', '--scope', 'marketing:asm:42', '--days', '2', '--at', '2026-05-04T10:00:00Z', '--wait'];
    const { code } = await stack.run([...args, ...NOTE], 'c1@example.com\n\n C2@example.com \nc1@example.com\n');
    expect(code).toBe(0);
    const until = Date.parse('2026-05-06T10:00:00Z') / 1000;
    expect(await entryOf('c1@example.com')).toMatchObject({
      suppressedUntil: 0,
      scopes: { 'marketing:asm:42': until },
    });
    expect(await entryOf('c2@example.com')).toMatchObject({
      reasons: { 'unsubscribe:marketing:asm:42': [{ at: '2026-05-04T10:00:00.000Z' }] },
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
    await run('suppress', 'two@example.com', '--scope', 'marketing:asm:1', '--wait', ...NOTE);
    await run('suppress', 'two@example.com', '--scope', 'marketing:asm:2', '--wait', ...NOTE);
    expect((await run('lift', 'two@example.com', '--scope', 'marketing:asm:1', '--wait', ...NOTE)).code).toBe(0);
    expect((await entryOf('two@example.com'))?.scopes).toEqual({ 'marketing:asm:2': FOREVER });
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
