import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import { signGeneric } from '../../../support/driver.ts';
import { writeFile } from '../../../support/ops.ts';
import { type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';

/** The headings of the runbook, line for line, against the local stack: only names, times and addresses are put in. */

const SECRETS = { mail: 'mail-secret', other: 'other-secret' };
/** Days so near that what happened on them still suppresses, by a policy of 30 days. */
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const DAY = daysAgo(17);
const FROM = `${DAY}T10:00:00Z`;
const UNTIL = `${DAY}T12:00:00Z`;
const INSIDE = `${DAY}T11:00:00Z`;
const POLICY = { hardBounce: 30 };

let stack: OpsStack;
beforeAll(async () => {
  stack = await startOpsStack(
    { mail: { provider: 'generic' }, other: { provider: 'generic' } },
    { secrets: SECRETS, settings: { policy: POLICY } },
  );
}, 300_000);
afterAll(() => stack?.stop());

/** The commands under a heading of the runbook, as words. */
function commandsOf(heading: string): string[][] {
  const text = readFileSync('docs/runbook.md', 'utf8');
  const section = text.slice(text.indexOf(`\n## ${heading}\n`) + 1).split('\n## ')[0] ?? '';
  const lines = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
  return lines.map((line) => {
    const words = [...line.trim().matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    expect(words.slice(0, 5)).toEqual(['npm', 'run', '--silent', 'ops', '--']);
    return words.slice(5);
  });
}

/** One command of the runbook with what stands for something put in. */
async function carryOut(words: readonly string[], put: Readonly<Record<string, string>>) {
  const args = words
    .join('\n')
    .replace('\n--stage\nprod', '')
    .split('\n')
    .map((word) => put[word] ?? word);
  return stack.run(args);
}

const HARD = { event: 'hard_bounce', reason: '550 5.1.1 user unknown', smtp_code: 550 };
const SOFT = { event: 'soft_bounce', reason: '452 4.2.2 mailbox full', smtp_code: 452 };

async function bounce(source: keyof typeof SECRETS, recipient: string, timestamp: string, how = HARD): Promise<void> {
  const body = JSON.stringify({ ...how, timestamp, message_id: `${recipient} ${timestamp}`, recipient });
  const { status } = await stack.driver.post(source, body, signGeneric(body, SECRETS[source]));
  expect(status).toBe(200);
}

const suppressed = async (): Promise<string[]> => (await stack.driver.suppressed()).sort();
const nothingUnderWay = () => stack.driver.nothingUnderWay();
const people = (kind: string, count: number) => Array.from({ length: count }, (_none, n) => `${kind}${n}@example.com`);

describe('a wrong mass suppression, as the runbook says', () => {
  test('20 listed, 5 that wait while it is paused: all lifted, nobody else, the second run says 0', async () => {
    const [listed, waiting] = [people('listed', 20), people('waiting', 5)];
    const stay = ['before@example.com', 'after@example.com', 'elsewhere@example.com'];
    for (const one of listed) await bounce('mail', one, INSIDE);
    await bounce('mail', 'before@example.com', `${DAY}T09:59:59Z`);
    await bounce('mail', 'after@example.com', UNTIL);
    await bounce('other', 'elsewhere@example.com', INSIDE);
    await nothingUnderWay();
    expect(await suppressed()).toEqual([...listed, ...stay].sort());

    const put = {
      sendgrid: 'mail',
      '2026-05-04T10:00:00Z': FROM,
      '2026-05-04T12:00:00Z': UNTIL,
      'ada@example.com': 'listed0@example.com',
    };
    const steps = commandsOf('A wrong mass suppression');
    expect(steps.map(([command]) => command)).toEqual(['pause', 'lift', 'lift', 'resume', 'lift', 'check', 'lift']);
    const [pause, look, lift, resume, again, check, stored] = steps as [string[], ...string[][]] as string[][];

    expect((await carryOut(pause as string[], put)).code).toBe(0);
    for (const one of waiting) await bounce('mail', one, INSIDE);
    const before = await carryOut(look as string[], put);
    expect([before.code, before.err]).toEqual([0, expect.stringContaining('Would lift: 20.')]);
    const lifted = await carryOut(lift as string[], put);
    expect([lifted.code, lifted.err]).toEqual([1, expect.stringContaining('Processing is paused')]);
    expect((await carryOut(resume as string[], put)).code).toBe(0);
    await nothingUnderWay();
    expect(await suppressed()).toEqual([...stay].sort());
    const done = await carryOut(again as string[], put);
    expect([done.code, done.out, done.err]).toEqual([1, '', expect.stringContaining('Would lift: 0.')]);
    expect((await carryOut(check as string[], put)).code).toBe(1);
    expect((await carryOut(stored as string[], put)).out).toContain(`mail from ${DAY}T10:00:00.000Z`);
    expect((await stack.run(['timeline', 'waiting4@example.com'])).code).toBe(0);
    expect(await suppressed()).toEqual([...stay].sort());
  }, 300_000);
});

test('a series of soft bounces goes with those of them that are taken back, though the last came after the window', async () => {
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  for (const hours of [40, 39, 38, 37]) await bounce('mail', 'broken@example.com', ago(hours), SOFT);
  await bounce('other', 'broken@example.com', ago(5), SOFT);
  for (const hours of [40, 10, 9, 8, 7, 6]) await bounce('mail', 'full@example.com', ago(hours), SOFT);
  await nothingUnderWay();
  expect(await suppressed()).toEqual(expect.arrayContaining(['broken@example.com', 'full@example.com']));

  const window = [
    'lift',
    '--source',
    'mail',
    '--from',
    ago(41),
    '--until',
    ago(36),
    '--note',
    'their outage',
    '--actor',
    'kim',
  ];
  const look = await stack.run([...window, '--dry-run']);
  expect([look.code, look.out]).toEqual([0, expect.stringContaining('broken@example.com: soft_bounces lifted')]);
  expect(look.out).not.toContain('full@example.com');
  const lifted = await stack.run(window);
  expect([lifted.code, lifted.err]).toEqual([0, expect.stringContaining('Lifted: 1.')]);
  const left = await suppressed();
  expect(left).toContain('full@example.com');
  expect(left).not.toContain('broken@example.com');
}, 300_000);

describe('a wrong import, as the runbook says', () => {
  test('exactly what came with it goes; bounces of the same people, and other imports, stay', async () => {
    await bounce('other', 'genuine@example.com', `${daysAgo(11)}T10:00:00Z`);
    await nothingUnderWay();
    await stack.run(['suppress', 'wronged@example.com', '--note', 'n', '--actor', 'kim', '--wait']);
    const before = await suppressed();
    const csv = (lines: readonly string[]) => `address,reason,scope,at,until,note\n${lines.join('\n')}\n`;
    const list = ['ada', 'bob', 'genuine'].map((name) => `${name}@example.com,hard_bounce,,${daysAgo(10)}T10:00:00Z,,`);
    writeFile(stack.root, 'right.csv', csv([`bob@example.com,hard_bounce,,${daysAgo(10)}T10:00:00Z,,`]));
    writeFile(
      stack.root,
      'wrong.csv',
      csv([...list, `wronged@example.com,manual,,${new Date().toISOString()},lifted,`]),
    );
    const load = async (file: string) => {
      const ran = await stack.run(['import', file, '--note', 'moved', '--actor', 'kim', '--json']);
      expect(ran.code).toBe(0);
      return (ran.json()[0] as { importId: string }).importId;
    };
    await load('right.csv');
    const id = await load('wrong.csv');
    await nothingUnderWay();
    expect(await suppressed()).toContain('ada@example.com');
    expect(await suppressed()).not.toContain('wronged@example.com');

    const put = { '0123456789ab': id };
    const [check, look, lift, again] = commandsOf('A wrong import') as [string[], string[], string[], string[]];
    expect((await carryOut(check, put)).out).toContain(id);
    const dry = await carryOut(look, put);
    expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('ada@example.com: hard_bounce lifted')]);
    const lifted = await carryOut(lift, put);
    expect([lifted.code, lifted.err]).toEqual([0, expect.stringContaining('a second run would lift nobody')]);
    expect(await suppressed()).toEqual([...before, 'bob@example.com'].sort());
    const done = await carryOut(again, put);
    expect([done.code, done.err]).toEqual([1, expect.stringContaining('Would lift: 0.')]);

    const refused = await stack.run(['import', 'wrong.csv', '--note', 'again']);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(`lift --forget ${id}`)]);
  }, 300_000);
});

test('no command writes a longer end than the policy of the stage', async () => {
  const day = 86_400;
  const at = `${daysAgo(10)}T10:00:00Z`;
  const end = Date.parse(at) / 1000 + 30 * day;
  writeFile(
    stack.root,
    'own.csv',
    `address,reason,scope,at,until,note\nlong@example.com,hard_bounce,,${at},forever,\n`,
  );
  writeFile(
    stack.root,
    'grid.csv',
    `email,created,status,reason\ngrid@example.com,${Date.parse(at) / 1000},5.1.1,550 user unknown\n`,
  );
  writeFile(stack.root, 'gun.csv', `address,code,error,created_at\ngun@example.com,550,no such user,${at}\n`);
  const note = ['--note', 'n', '--actor', 'kim'];
  await stack.run(['import', 'own.csv', ...note]);
  await stack.run(['import', 'grid.csv', '--reason', 'hard_bounce', ...note]);
  await stack.run(['import', 'gun.csv', ...note]);
  await stack.run(['suppress', 'hand@example.com', '--reason', 'hard_bounce', '--at', at, '--wait', ...note]);
  const named = ['long', 'grid', 'gun', 'hand'].map((name) => `${name}@example.com`);
  await nothingUnderWay();
  expect(await suppressed()).toEqual(expect.arrayContaining(named));
  const entries = (await stack.driver.suppression()) as { recipient: string; suppressedUntil: number }[];
  for (const { recipient, suppressedUntil } of entries)
    if (named.includes(recipient)) expect([recipient, suppressedUntil]).toEqual([recipient, end]);
  // All of the list, whatever the other tests have done to it, but for what a person set by hand for no other reason.
  const reasons = (await stack.driver.suppression()).flatMap(({ reasons = {} }) => Object.entries(reasons as object));
  for (const [key, marks] of reasons) {
    if (key === 'manual') continue;
    for (const { until } of marks as { until: number }[]) expect(until).toBeLessThan(FOREVER);
  }
}, 300_000);
