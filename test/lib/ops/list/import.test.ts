import { spawn } from 'node:child_process';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FORMATS } from '../../../../lib/ops/commands/import/formats.ts';
import { suppressionCsv } from '../../../support/list/csv.ts';
import { ops, project, writeFile } from '../../../support/ops.ts';
import { GUIDE_AND_OTHER, type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';

const NOTE = ['--note', 'moved', '--actor', 'ada'];

describe('ops import reads', () => {
  const { root, remove } = project();
  afterAll(remove);
  const dry = async (content: string, ...args: string[]) => {
    writeFile(root, 'list.csv', content);
    utimesSync(join(root, 'list.csv'), new Date('2026-05-04T10:00:00Z'), new Date('2026-05-04T10:00:00Z'));
    return ops(['import', 'list.csv', '--dry-run', '--json', ...args, ...NOTE], { root });
  };

  test.each<[string, string, object, (readonly string[])?]>([
    [
      'quell',
      'address,reason,scope,at,until,note\na@example.com,complaint,,2026-05-04T10:00:00.123Z,forever,x\nb@example.com,unsubscribe,s:list:1,,,\nc@example.com,manual,,2026-05-04T10:00:00Z,lifted,',
      { complaint: 1, 'unsubscribe:s:list:1': 1, 'manual (lifted)': 1 },
    ],
    [
      'sendgrid',
      '\ufeff"status","reason","email","created"\r\n"5.1.1","550, unknown","a@example.com","1777888800"\r\n',
      { hard_bounce: 1 },
      ['--reason', 'hard_bounce'],
    ],
    [
      'sendgrid',
      'email,group_id,created\na@example.com,42,1777888800\n',
      { 'unsubscribe:marketing:asm:42': 1 },
      ['--source-name', 'marketing'],
    ],
    ['ses', 'a@example.com,BOUNCE\nb@example.com, COMPLAINT\n', { hard_bounce: 1, complaint: 1 }],
    [
      'ses',
      'EmailAddress,Reason,LastUpdateTime\na@example.com,BOUNCE,2026-05-04T10:00:00.5+02:00\n',
      { hard_bounce: 1 },
    ],
    [
      'mailgun',
      'address,code,error,created_at\na@example.com,550,"no, such","Tue, 07 Jan 2025 19:25:45 UTC"\n',
      { hard_bounce: 1 },
    ],
    ['mailgun', 'address;tags;created_at\na@example.com;*;Tue, 07 Jan 2025 19:25:45 UTC\n', { unsubscribe: 1 }],
    [
      'mailgun',
      'address,created_at\na@example.com,"Tue, 07 Jan 2025 19:25:45 UTC"\n',
      { complaint: 1 },
      ['--reason', 'complaint'],
    ],
    [
      'postmark',
      'EmailAddress,SuppressionReason,Origin,CreatedAt\na@example.com,HardBounce,Recipient,2019-12-17T08:58:33-05:00\nb@example.com,ManualSuppression,Recipient,2019-12-17T08:58:33-05:00\nc@example.com,ManualSuppression,Customer,2019-12-17T08:58:33-05:00\n',
      { hard_bounce: 1, 'unsubscribe:pm:stream:news': 1, manual: 1 },
      ['--scope', 'pm:stream:news'],
    ],
    [
      'brevo',
      'email;reason;blockedAt\na@example.com;hardBounce;2017-05-01T12:30:00.000Z\nb@example.com;contactFlaggedAsSpam;2017-05-01\n',
      { hard_bounce: 1, complaint: 1 },
    ],
    [
      'mailchimp',
      '"Email Address","First Name",UNSUB_TIME,UNSUB_REASON\na@example.com,Ada,"2026-05-04 10:00:00",N/A\nb@example.com,Bob,,\n',
      { unsubscribe: 1 },
    ],
    ['mailchimp', 'Email Address,CLEAN_TIME\na@example.com,2026-05-04 10:00:00\n', { hard_bounce: 1 }],
    [
      'sparkpost',
      'recipient,type,source,description,created,updated\na@example.com,transactional,Bounce Rule,550,2017-10-01T12:00:00+00:00,2017-10-01T12:00:00+00:00\nb@example.com,non_transactional,List Unsubscribe,,2017-10-01T12:00:00+00:00,2017-10-01T12:00:00+00:00\n',
      { hard_bounce: 1, unsubscribe: 1 },
    ],
  ])('%s', async (format, content, byReason, args = []) => {
    const { code, json, err } = await dry(content, ...args);
    expect(err).toBe('');
    expect([code, json()]).toEqual([0, [expect.objectContaining({ format, byReason, bad: 0, dryRun: true })]]);
  });

  test('every format is named in the help and in the guide', async () => {
    const help = (await ops(['import', '--help'])).out;
    const guide = readFileSync('docs/migrate.md', 'utf8');
    for (const name of FORMATS.keys()) for (const text of [help, guide]) expect(text).toContain(name);
  });

  test('bad lines are told by number, never by content, and skipped', async () => {
    const { code, err, json } = await dry(
      'address,reason,scope,at,until,note\nsecret-person,manual,,,,\na@example.com,manual,,,,\n\nb@example.com,hated,,,,\nc@example.com,manual,x:y:z,,,\nd@example.com,unsubscribe,news,,,\ne@example.com,manual,,soon,,\n',
    );
    expect([code, json()]).toEqual([1, [expect.objectContaining({ taken: 1, bad: 5 })]]);
    expect(err.split('\n')).toEqual([
      'line 2: skipped, its address cannot be read',
      'line 5: skipped, its reason is not known',
      'line 6: skipped, only an unsubscribe has a scope',
      'line 7: skipped, its scope is not <source>:<kind>:<id>',
      'line 8: skipped, its time cannot be read',
    ]);
  });

  test('what is no list of a known format is refused', async () => {
    const unknown = await dry('name,phone\nAda,1\n');
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('SendGrid')]);
    expect((await dry('email,created\na@example.com,1777888800\n')).err).toContain(
      'line 2: skipped, it gives no reason',
    );
    const none = await ops(['import', 'none.csv', ...NOTE, '--dry-run'], { root });
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('ENOENT')]);
    const open = await dry(`address,reason,until\n"a@example.com,manual,\n${'x,\n'.repeat(40_000)}`);
    expect([open.code, open.err]).toEqual([3, expect.stringContaining('no CSV')]);
  });
});

describe('a whole list', () => {
  /** More than are sent before it is first noted how far it came. */
  const PEOPLE = process.env.NIGHTLY === undefined ? 1_050 : 2_200;
  /** How many of them are moved. */
  const MOVED = 200;
  let stack: OpsStack;
  const csv = suppressionCsv(PEOPLE);

  beforeAll(async () => {
    stack = await startOpsStack(GUIDE_AND_OTHER);
  }, 60_000);
  afterAll(() => stack?.stop());

  const exported = async (...args: string[]): Promise<string[]> =>
    (await stack.run(['export', ...args])).out
      .trim()
      .split('\n')
      .map((line) => line.split(',').slice(0, 5).join(','))
      .sort();
  async function settled(people: number): Promise<void> {
    await stack.driver.nothingUnderWay();
    expect(await stack.driver.suppression()).toHaveLength(people);
  }

  test('cut off once and resumed: nothing lost, nothing doubled, and it comes out as it went in', async () => {
    writeFile(stack.root, 'list.csv', csv);
    const args = ['import', 'list.csv', ...NOTE, '--local'];
    const state = join(stack.root, 'list.csv.quell-import.json');
    const { INIT_CWD: _cwd, ...env } = process.env;
    // So slow that there are many seconds between the first note of how far it came and the end.
    const child = spawn(process.execPath, [join(process.cwd(), 'bin/ops.ts'), ...args, '--rate', '100'], {
      cwd: stack.root,
      env,
      stdio: 'ignore',
    });
    while (!existsSync(state) && child.exitCode === null) await pause(10);
    child.kill('SIGKILL');
    await new Promise((ended) => child.once('exit', ended));
    const { line } = JSON.parse(readFileSync(state, 'utf8')) as { line: number };
    expect(line).toBeGreaterThan(1);
    expect(line).toBeLessThan(PEOPLE);

    const elsewhere = await stack.run(['import', 'list.csv', '--resume', '--reason', 'manual', ...NOTE]);
    expect([elsewhere.code, elsewhere.err]).toEqual([2, expect.stringContaining('as something else')]);
    const resumed = await stack.run(['import', 'list.csv', '--resume', ...NOTE]);
    expect([resumed.code, resumed.err]).toEqual([0, expect.stringContaining(`Going on after line ${line}.`)]);
    expect(existsSync(state)).toBe(false);
    await settled(PEOPLE);
    const wanted = [csv.split('\n')[0]?.split(',').slice(0, 5).join(','), ...csv.trim().split('\n').slice(1)]
      .map((text) => (text ?? '').split(',').slice(0, 5).join(','))
      .sort();
    expect(await exported()).toEqual(wanted);
    expect(await stack.driver.events()).toHaveLength(PEOPLE);

    await stack.run(['import', 'list.csv', ...NOTE]);
    await settled(PEOPLE);
    expect(await stack.driver.events()).toHaveLength(PEOPLE);
    const nothing = await stack.run(['import', 'list.csv', '--resume', ...NOTE]);
    expect([nothing.code, nothing.err]).toEqual([2, expect.stringContaining('nothing to resume')]);
  }, 60_000);

  test('what is exported can be imported, and comes out the same again', async () => {
    // Of other people: to their entries the stack is a new one.
    const renamed = (line: string) => line.replace(/^person-/, 'moved-');
    const isMoved = (line: string) => line.startsWith('moved-');
    const rows = (await stack.run(['export'])).out.split('\n').slice(0, 1 + MOVED);
    const people = new Set(rows.map((line) => line.split(',')[0]));
    const those = async (...args: string[]) =>
      (await exported(...args)).filter((line) => people.has(line.split(',')[0])).map(renamed);
    const [all, active] = [await those(), await those('--active')];
    writeFile(stack.root, 'moved.csv', rows.map(renamed).join('\n'));
    expect((await stack.run(['import', 'moved.csv', ...NOTE])).code).toBe(0);
    await settled(PEOPLE + MOVED);
    expect((await exported()).filter(isMoved)).toEqual(all.filter(isMoved));
    expect((await exported('--active')).filter(isMoved)).toEqual(active.filter(isMoved));
    expect(all.filter(isMoved)).toHaveLength(MOVED);
    const lines = (await stack.run(['export', '--format', 'jsonl', '--active'])).json() as { until: string }[];
    expect(lines.length).toBeLessThan(PEOPLE + MOVED);
    expect(lines.every(({ until }) => until === 'forever' || Date.parse(until) > Date.now())).toBe(true);
  }, 60_000);
});
