import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import { FAKE_ESPS } from '../../../support/esp/index.ts';
import { fakeSparkpost } from '../../../support/esp/sparkpost/events.ts';
import type { FakeEsp } from '../../../support/esp/story.ts';
import { type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';
import { byChance } from '../../../support/surroundings/chance.ts';

let stack: OpsStack;
let esp: FakeEsp;
const SECRET = 'quell:a-webhook-password';
const TO = Date.now() - 3_600_000;
const FROM = TO - 6 * 3_600_000;

/** Killed for real: by day one kind of client, at night each. */
const KILLED = process.env.NIGHTLY === undefined ? ['sparkpost'] : [...FAKE_ESPS.keys()];

/** At night one asks for each mail by itself, seven times over: 93 s on a busy machine of two cores. */
const PATIENCE_MS = process.env.NIGHTLY === undefined ? 120_000 : 600_000;

beforeAll(async () => {
  const others = KILLED.filter((id) => id !== 'sparkpost').map((id) => [
    id,
    { provider: id, ...PROVIDERS.get(id)?.minimalOptions, api: { reconcile: false } },
  ]);
  stack = await startOpsStack(
    { sparkpost: { provider: 'sparkpost' }, ...Object.fromEntries(others) },
    { secrets: { sparkpost: SECRET }, settings: { reconcile: '1d' } },
  );
  esp = await fakeSparkpost(7);
  esp.story.push(
    ...Array.from({ length: 40 }, (_one, at) => ({
      at: FROM + at * 500_000,
      shownAt: 0,
      type: at % 5 === 0 ? ('bounced' as const) : ('delivered' as const),
      recipient: `person${at}@example.com`,
      id: at + 1,
    })),
  );
}, 60_000);
afterAll(async () => {
  await esp.api.stop();
  await stack.stop();
});

const line = (): string[] => [
  'catch-up',
  'sparkpost',
  ...['--from', new Date(FROM).toISOString(), '--to', new Date(TO).toISOString(), '--settle', '0'],
  ...['--api-base', esp.api.url],
];

describe('catch-up against the local stack', () => {
  test('what the webhook lost is brought, what it brought counts once; a dry run sends nothing', async () => {
    const inWindow = esp.story.filter(({ at }) => at < TO);
    const came = inWindow.slice(0, 15);
    const authorization = `Basic ${Buffer.from(SECRET).toString('base64')}`;
    const body = `[${came.map(esp.webhook).join(',')}]`;
    expect((await stack.driver.post('sparkpost', body, { authorization })).status).toBe(200);
    await stack.driver.nothingUnderWay();
    expect(await stack.driver.events()).toHaveLength(15);

    const dry = await stack.run([...line(), '--dry-run'], esp.key);
    expect([dry.code, dry.out]).toEqual([
      0,
      `${inWindow.length} fetched, ${inWindow.length - 15} had not come by webhook.\nNothing was sent.\n`,
    ]);
    expect(await stack.driver.events()).toHaveLength(15);

    const done = await stack.run(line(), esp.key);
    expect(done.out).toBe(`${inWindow.length} fetched, ${inWindow.length - 15} had not come by webhook.\n`);
    await stack.driver.nothingUnderWay();
    expect(await stack.driver.events()).toHaveLength(inWindow.length);
    const bounced = inWindow.filter(({ type }) => type === 'bounced').map(({ recipient }) => recipient);
    expect(await stack.driver.suppressed()).toEqual(bounced.sort());

    const again = await stack.run([...line(), '--json'], esp.key);
    expect(again.json()).toEqual([
      {
        source: 'sparkpost',
        fetched: inWindow.length,
        missing: 0,
        passed: 0,
        unreadable: 0,
        dryRun: false,
        to: new Date(TO).toISOString(),
        lost: [],
      },
    ]);
    expect(await stack.driver.events()).toHaveLength(inWindow.length);
  }, 60_000);

  test('one event that no message of the queue holds stops none of those behind it', async () => {
    const [from, to] = [FROM - 40 * 3_600_000, FROM - 34 * 3_600_000];
    const huge = `${'x'.repeat(1_100_000)}@example.com`;
    for (const [at, recipient] of ['before@example.com', huge, 'behind@example.com'].entries())
      esp.story.push({ at: from + (at + 1) * 7_000_000, shownAt: 0, type: 'bounced', recipient, id: 7000 + at });
    const times = ['--from', new Date(from).toISOString(), '--to', new Date(to).toISOString()];
    const ran = await stack.run(['catch-up', 'sparkpost', ...times, '--api-base', esp.api.url], esp.key);
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('larger than a message of the queue')]);
    expect(ran.err).not.toContain('xxxx');
    await stack.driver.nothingUnderWay();
    expect(await stack.driver.suppressed()).toEqual(
      expect.arrayContaining(['before@example.com', 'behind@example.com']),
    );
  }, 60_000);

  test('the key stands in no output, no file, no log and not in the process list', async () => {
    const { local, root } = stack;
    const child = spawn(process.execPath, [join(process.cwd(), 'bin/ops.ts'), ...line(), '--fresh', '--local'], {
      cwd: root,
    });
    const seen: string[] = [];
    const note = (chunk: Buffer): void => void seen.push(chunk.toString());
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.stdin.end(`${esp.key}\n`);
    esp.turned = () => {
      // Everybody's: the command's own, and those of whatever it might have started.
      const everybody = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
      for (const name of everybody.flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`])) {
        try {
          seen.push(readFileSync(name, 'utf8'));
        } catch {
          // Ended meanwhile, or not ours to see.
        }
      }
    };
    expect(await new Promise((done) => child.once('exit', done))).toBe(0);
    const files = readdirSync(join(root, '.local'), { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    for (const file of files) seen.push(readFileSync(join(file.parentPath, file.name), 'latin1'));
    expect(seen.join('\n')).toContain('had not come by webhook');
    expect(seen.join('\n')).not.toContain(esp.key);
    expect(local.stack.url).not.toBe('');
  }, 60_000);

  test.each([
    ['no --from', ['catch-up', 'sparkpost'], /--from is missing/],
    ['the wrong way round', ['catch-up', 'sparkpost', '--from', '2026-05-05', '--to', '2026-05-04'], /must be before/],
    ['no such source', ['catch-up', 'sparkpots', '--from', '2026-05-04'], /no such source/],
    [
      'a base that would show the key',
      ['catch-up', 'sparkpost', '--from', '2026-05-04', '--api-base', 'http://example.com'],
      /https URL/,
    ],
    ['the key as an argument', ['catch-up', 'sparkpost', 'the-key', '--from', '2026-05-04'], /one argument too many/],
  ])('%s is a usage error', async (_name, args, message) => {
    const ran = await stack.run(args, 'key');
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(message);
  });
});

/** Each command that asks an ESP. */
const ASKING: readonly (readonly string[])[] = [
  ['catch-up', 'sparkpost', '--from', new Date(FROM).toISOString(), '--dry-run'],
  ['connect', 'sparkpost', '--no-test'],
  ['push', 'sparkpost'],
  ['reconcile', 'sparkpost'],
  ['lift', 'ada@example.com', '--clear', '--esp', 'sparkpost', '--dry-run', '--note', 'ticket 4711'],
];

describe.each(KILLED)('killed by SIGKILL at random points and run again: %s', (id) => {
  test(
    'every event is there once, and those that had not come are counted exactly',
    byChance(async (chance) => {
      const fake = await (FAKE_ESPS.get(id) as () => Promise<FakeEsp>)();
      const [from, to] = [FROM - 20 * 3_600_000, FROM - 14 * 3_600_000];
      fake.story.push(
        ...Array.from({ length: 12 }, (_one, at) => ({
          at: from + (at + 1) * 1_700_000,
          shownAt: 0,
          type: 'bounced' as const,
          recipient: `${id}-${at}@example.com`,
          id: 5000 + at,
        })),
      );
      const inside = fake.story.filter(({ at }) => at < to).length;
      await stack.driver.nothingUnderWay();
      const before = (await stack.driver.events()).length;
      const times = [new Date(from).toISOString(), new Date(to).toISOString()] as const;
      const args = ['catch-up', id, '--from', times[0], '--to', times[1], '--settle', '0', '--api-base', fake.api.url];
      if (fake.domain !== '') args.push('--domain', fake.domain);
      const deaths = process.env.NIGHTLY === undefined ? 2 : 6;
      for (let death = 0; death < deaths; death++) {
        const child = spawn(process.execPath, [join(process.cwd(), 'bin/ops.ts'), ...args, '--local'], {
          cwd: stack.root,
          stdio: ['pipe', 'ignore', 'ignore'],
        });
        child.stdin.end(fake.key);
        const first = fake.api.asked.length;
        // At a request, or some time after one: while it looks, writes down or sends.
        const [last, later] = [chance.below(8), chance.share() * 60];
        fake.api.fault = (_asked, number) => {
          if (number - first >= last) setTimeout(() => child.kill('SIGKILL'), later);
          return undefined;
        };
        await new Promise((done) => child.once('exit', done));
      }
      fake.api.fault = () => undefined;
      const ended = await stack.run([...args, '--json'], fake.key);
      await stack.driver.nothingUnderWay();
      expect(await stack.driver.events()).toHaveLength(before + inside);
      const [told] = ended.json() as { fetched: number; missing: number }[];
      // A run that came to its end before it was killed has counted them, and this one found them all.
      expect([inside, 0]).toContain(told?.missing);
      const again = await stack.run([...args, '--json'], fake.key);
      expect(again.json()).toMatchObject([{ fetched: inside, missing: 0 }]);
      await stack.driver.nothingUnderWay();
      expect(await stack.driver.events()).toHaveLength(before + inside);
      await fake.api.stop();
    }),
    PATIENCE_MS,
  );
});

describe('an ESP that quotes the key in all that it answers', () => {
  const quoting = (status: number) => () => ({
    status,
    headers: { location: `https://evil.example/?key=${esp.key}`, 'retry-after': '7200', 'x-key': esp.key },
    text: JSON.stringify({ id: esp.key, errors: [{ message: `The key ${esp.key} is wrong` }] }),
  });

  test('makes it stand in no output, no act and no file', async () => {
    const seen: string[] = [];
    for (const args of ASKING)
      for (const status of [302, 400, 401, 403, 422, 429]) {
        esp.api.fault = quoting(status);
        const { code, out, err } = await stack.run([...args, '--api-base', esp.api.url], esp.key);
        expect([args[0], status, code]).toEqual([args[0], status, 3]);
        seen.push(out, err);
      }
    esp.api.fault = () => undefined;
    const { out } = await stack.run(['audit', '--since', '1h', '--json']);
    expect(out).toContain('"result":"failed"');
    const files = readdirSync(join(stack.root, '.local'), { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile()))
      seen.push(readFileSync(join(file.parentPath, file.name), 'latin1'));
    expect([...seen, out].join('\n')).not.toContain(esp.key);
  }, 60_000);
});

describe('where the key comes from is the same for every command', () => {
  /** Keys that the ESP was shown from here on. */
  async function shown(
    args: readonly string[],
    input: string,
  ): Promise<{ keys: Set<string | undefined>; said: string }> {
    const first = esp.api.asked.length;
    const { out, err } = await stack.run([...args, '--api-base', esp.api.url], input);
    return { keys: new Set(esp.api.asked.slice(first).map(({ headers }) => headers.authorization)), said: out + err };
  }

  test('a variable that is named, else standard input, else the one that the stack keeps, else none: and none of them is shown', async () => {
    const KEPT = 'a-key-that-the-stack-keeps';
    const missing = await stack.run([...(ASKING[3] ?? []), '--api-base', esp.api.url]);
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('secrets set sparkpost --api-key')]);

    const stored = await stack.run(['secrets', 'set', 'sparkpost', '--api-key'], `${KEPT}\n`);
    expect([stored.code, stored.out]).toEqual([0, 'sparkpost: API key stored\n']);
    expect(stored.out + stored.err).not.toContain(KEPT);
    expect((await stack.run(['secrets', 'list'])).out).toContain('sparkpost  API key stored');
    for (const args of ASKING) {
      expect([args[0], (await shown(args, '')).keys]).toEqual([args[0], new Set([KEPT])]);
      expect([args[0], (await shown(args, 'a-key-that-is-piped')).keys]).toEqual([
        args[0],
        new Set(['a-key-that-is-piped']),
      ]);
      process.env.QUELL_TEST_KEY = 'a-key-in-a-variable';
      const named = await shown([...args, '--key-env', 'QUELL_TEST_KEY'], 'a-key-that-is-piped');
      expect([args[0], named.keys]).toEqual([args[0], new Set(['a-key-in-a-variable'])]);
      // Nothing that is started from here has it.
      expect(process.env.QUELL_TEST_KEY).toBeUndefined();
      expect(named.said).not.toMatch(/a-key-(in|that)/);
    }
    // The webhooks' secret is another one, and was not touched.
    expect((await stack.run(['secrets', 'list'])).out).toContain('sparkpost  sparkpost  live values: 1');
    expect((await stack.run(['secrets', 'remove', 'sparkpost', '--api-key'])).out).toBe('sparkpost: API key removed\n');
    expect((await stack.run(['secrets', 'list'])).out).toContain('sparkpost  API key MISSING');
    for (const [args, message] of [
      [['secrets', 'set', 'sparkpost', '--api-key'], 'empty'],
      [['secrets', 'rotate', 'sparkpost', '--api-key'], 'set and removed only'],
      [['reconcile', 'sparkpost', '--key-env', 'QUELL_NO_SUCH'], 'no such variable'],
    ] as const)
      expect(await stack.run(args, ' ')).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  }, 60_000);
});
