import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sendgrid } from '../../../lambda/providers/sendgrid/index.ts';
import { ops, project, spawnOps, stackFile, writeFile } from '../../support/ops.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { STAGE_POLICY } from '../../support/surroundings/fake-target.ts';
import { type SecretServer, startSecretServer } from '../../support/surroundings/secret-server.ts';

const key = (): string => sendgrid.generateKey().secret as string;
const [OLD, NEW] = [key(), key()];
let store: SecretServer;
let dynamo: TestDynamo;
let stack: ReturnType<typeof project>;

beforeAll(async () => {
  [store, dynamo] = await Promise.all([startSecretServer(), startTestDynamo()]);
  const url = 'http://127.0.0.1:9/webhooks/v1/x';
  const sources = Object.fromEntries(
    [
      ['marketing', 'sendgrid'],
      ['billing', 'sendgrid'],
      ['aws', 'ses'],
      ['shop', 'postmark'],
      ['flows', 'klaviyo'],
      ['events', 'generic'],
    ].map(([name, provider]) => [name, { provider, url }]),
  );
  stack = project({
    '.local/stack.json': stackFile({
      endpoints: { secretsmanager: store.url, dynamodb: dynamo.endpoint },
      policy: STAGE_POLICY,
      sources,
      logsDir: '.local',
    }),
  });
});
afterEach(() => {
  store.versions.length = 0;
  store.refuse = undefined;
});
afterAll(async () => {
  stack?.remove();
  await store?.stop();
  await dynamo?.stop();
});

async function secrets(args: string[], input = '') {
  const result = await ops(['secrets', ...args, '--local'], { root: stack.root, input });
  for (const secret of [OLD, NEW]) expect(result.out + result.err).not.toContain(secret);
  return result;
}
const stored = (value: object): void =>
  void store.versions.push({ id: `v${store.versions.length}`, value: JSON.stringify(value) });

describe('ops secrets set', () => {
  test('the first value of all makes the map, less one line break', async () => {
    const { code, out, err } = await secrets(['set', 'marketing'], `${NEW}\n`);
    expect([code, out, err]).toEqual([0, 'marketing: stored, live values: 1\n', expect.stringContaining('30 seconds')]);
    expect(store.current()).toEqual({ marketing: NEW });
  });

  test('others keep what they have', async () => {
    stored({ billing: [OLD, 'x'], stranger: { kept: true } });
    await secrets(['set', 'marketing'], NEW);
    expect(store.current()).toEqual({ billing: [OLD, 'x'], stranger: { kept: true }, marketing: NEW });
  });

  test('a live value is not overwritten unasked', async () => {
    stored({ marketing: OLD });
    const { code, err } = await secrets(['set', 'marketing'], NEW);
    expect([code, err]).toEqual([2, expect.stringMatching(/--add .* --replace/)]);
    expect(store.current()).toEqual({ marketing: OLD });
  });

  test('--add puts the new value first and never twice, --replace drops the old', async () => {
    stored({ marketing: OLD });
    expect((await secrets(['set', 'marketing', '--add'], NEW)).code).toBe(0);
    expect(store.current()).toEqual({ marketing: [NEW, OLD] });
    await secrets(['set', 'marketing', '--add'], NEW);
    expect(store.current()).toEqual({ marketing: [NEW, OLD] });
    const { err } = await secrets(['set', 'marketing', '--replace'], NEW);
    expect(store.current()).toEqual({ marketing: NEW });
    expect(err).toContain('5 minutes');
  });

  test.each([
    ['nothing', '', 'empty'],
    ['white space around it', ` ${NEW}`, 'white space'],
    ['two lines', `${NEW}\n${OLD}`, 'more than one line'],
    ['no key', 'not-a-key', 'cannot use this value'],
  ])('%s is refused before it is stored', async (_name, input, hint) => {
    const { code, err } = await secrets(['set', 'marketing'], input);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
    expect(store.versions).toEqual([]);
  });

  test('an unknown source, and one that needs none, are refused', async () => {
    expect((await secrets(['set', 'marketng'], NEW)).err).toContain('Did you mean "marketing"?');
    expect((await secrets(['set', 'constructor'], NEW)).code).toBe(2);
    expect((await secrets(['set', 'aws'], NEW)).err).toContain('needs no secret');
    expect(store.versions).toEqual([]);
  });

  test('what another operator wrote at the same moment is kept', async () => {
    stored({ billing: OLD });
    store.beforePut = () => stored({ billing: OLD, marketing: 'theirs', other: 'theirs too' });
    expect((await secrets(['set', 'marketing'], NEW)).code).toBe(0);
    expect(store.current()).toEqual({ billing: OLD, other: 'theirs too', marketing: [NEW, 'theirs'] });
  });

  test('a store that refuses leaves the question open', async () => {
    store.refuse = 'AccessDeniedException';
    const { code, err } = await secrets(['set', 'marketing'], NEW);
    expect([code, err]).toEqual([3, expect.stringContaining('AccessDeniedException')]);
  });

  test('a stored value that is no map is neither quoted nor overwritten', async () => {
    store.versions.push({ id: 'v1', value: `plain ${OLD}` });
    const { code } = await secrets(['set', 'marketing'], NEW);
    expect(code).toBe(3);
    expect(store.versions).toHaveLength(1);
  });
});

describe('ops secrets list', () => {
  test('counts live values, names what is missing and what belongs to nobody', async () => {
    stored({ marketing: [NEW, OLD], gone: OLD, billing: ' ' });
    const { code, out, err } = await secrets(['list']);
    expect(code).toBe(1);
    expect(out.split('\n').slice(0, 3)).toEqual([
      'marketing  sendgrid  live values: 2',
      'billing  sendgrid  MISSING: refuses everything',
      'aws  ses  needs none',
    ]);
    expect(err).toContain('gone');
  });

  test('answers yes once every source has what it needs', async () => {
    stored({ marketing: NEW, billing: OLD, shop: 'a:b', flows: 'c', events: 'd' });
    const { code, json } = await secrets(['list', '--json']);
    expect(code).toBe(0);
    expect(json()).toContainEqual({ source: 'billing', provider: 'sendgrid', needed: true, values: 1 });
  });

  test('the secret comes through standard input of the program', async () => {
    const { code, out, err } = await spawnOps(['secrets', 'set', 'marketing', '--local', '--json'], {
      root: stack.root,
      input: `${NEW}\r\n`,
    });
    expect([code, err]).toEqual([0, expect.not.stringContaining(NEW)]);
    expect(JSON.parse(out)).toEqual({ source: 'marketing', provider: 'sendgrid', values: 1 });
    expect(store.current()).toEqual({ marketing: NEW });
  });
});

describe('ops secrets rotate and remove', () => {
  test('a new value stands beside the old; removed by position it is gone, the other lives', async () => {
    stored({ marketing: OLD });
    const rotated = await secrets(['rotate', 'marketing'], NEW);
    expect([rotated.code, rotated.out]).toEqual([0, 'marketing: stored, live values: 2\n']);
    expect(store.current()).toEqual({ marketing: [NEW, OLD] });

    const unsure = await secrets(['remove', 'marketing', '--position', '2']);
    expect([unsure.code, unsure.err]).toEqual([2, expect.stringMatching(/not known.*--yes/s)]);
    expect(store.current()).toEqual({ marketing: [NEW, OLD] });
    expect((await secrets(['remove', 'marketing', '--position', '2', '--yes'])).code).toBe(0);
    expect(store.current()).toEqual({ marketing: NEW });

    const only = await secrets(['remove', 'marketing', '--position', '1']);
    expect([only.code, only.err]).toEqual([2, expect.stringContaining('the only one')]);
    expect((await secrets(['remove', 'marketing', '--position', '1', '--yes'])).code).toBe(0);
    expect(store.current()).toEqual({});
  });

  test('it is said which value proved a request last', async () => {
    stored({ marketing: [NEW, OLD] });
    const proven = (position: number): void =>
      writeFile(
        stack.root,
        '.local/receive.log',
        `${JSON.stringify({ message: 'proven', source: 'marketing', position, timestamp: '2026-05-04T10:00:00.000Z' })}\n`,
      );
    proven(2);
    const used = await secrets(['remove', 'marketing', '--position', '2']);
    expect([used.code, used.err]).toEqual([2, expect.stringContaining('in use: it proved a request at 2026-05-04')]);
    proven(1);
    expect((await secrets(['remove', 'marketing', '--position', '2'])).code).toBe(0);
    expect(store.current()).toEqual({ marketing: NEW });
  });

  test.each([
    ['shop', undefined, /^quell:[\w-]{24}$/],
    ['shop', 'me:old-password-of-ours', /^me:[\w-]{24}$/],
    ['shop', 'query:key:old-password-of-ours', /^query:key:[\w-]{24}$/],
    ['shop', 'header:X-Key:old-password-of-ours', /^header:X-Key:[\w-]{24}$/],
    ['shop', 'bearer:old-password-of-ours', /^bearer:[\w-]{24}$/],
    ['flows', 'f'.repeat(64), /^[0-9a-f]{64}$/],
    ['events', undefined, /^quell:[\w-]{24}$/],
  ])('%s, whose secret its owner chooses, gets one made here where it stood before (%s)', async (name, old, form) => {
    if (old !== undefined) stored({ [name]: old });
    const { code, out } = await secrets(['rotate', name, '--generate']);
    expect([code, out.trim()]).toEqual([0, expect.stringMatching(form)]);
    expect(store.current()).toEqual({ [name]: old === undefined ? out.trim() : [out.trim(), old] });
  });

  test('a chosen secret that could be guessed is stored only by somebody who says so', async () => {
    for (const [name, weak] of [
      ['events', 'hello'],
      ['shop', 'a-long-user-name:hello'],
      ['shop', 'query:a-long-parameter:hello'],
    ] as const) {
      const refused = await secrets(['set', name, '--add'], weak);
      expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/shorter than 16.*--yes/s)]);
      expect(refused.err).not.toContain('hello');
      expect((await secrets(['set', name, '--replace', '--yes'], weak)).code).toBe(0);
    }
  });

  test.each([
    [['rotate', 'marketing', '--generate'], 'makes the secret itself'],
    [['rotate', 'aws'], 'needs no secret'],
    [['rotate'], 'of which source'],
    [['remove', 'marketing'], '--position'],
    [['remove', 'marketing', '--position', '3'], 'live values'],
  ])('%j is wrong usage', async (args, hint) => {
    stored({ marketing: OLD });
    const { code, err } = await secrets(args);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  });
});

describe("the stack's own keys", () => {
  test('a new key of the heartbeat stands before the one that pulse still signs with', async () => {
    stored({ 'quell-heartbeat': ['one', 'older'], 'quell-erasure': 'kept' });
    const { code, out } = await secrets(['rotate', 'quell-heartbeat']);
    expect([code, out]).toEqual([0, 'quell-heartbeat: live keys: 2\n']);
    expect(store.current()).toEqual({
      'quell-heartbeat': [expect.stringMatching(/^[0-9a-f]{64}$/), 'one'],
      'quell-erasure': 'kept',
    });
    expect(out).not.toContain((store.current() as Record<string, string[]>)['quell-heartbeat']?.[0]);
  });

  test('it is removed for pulse to make another; nothing of it is typed', async () => {
    stored({ 'quell-heartbeat': 'one', 'quell-erasure': 'kept' });
    const { code, err } = await secrets(['remove', 'quell-heartbeat']);
    expect([code, err]).toEqual([0, expect.stringContaining('Pulse makes a new one')]);
    expect(store.current()).toEqual({ 'quell-erasure': 'kept' });
    expect((await secrets(['set', 'quell-heartbeat'], NEW)).err).toContain('secrets rotate quell-heartbeat');
  });

  test.each(['rotate', 'remove', 'set'])('%s: the key of erasures never changes', async (action) => {
    stored({ 'quell-erasure': 'kept' });
    const { code, err } = await secrets([action, 'quell-erasure'], NEW);
    expect([code, err]).toEqual([2, expect.stringContaining('never changes')]);
    expect(store.versions).toHaveLength(1);
  });
});
