import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { LISTED } from '../../../../lambda/domain/suppression/listed.ts';
import { API_IDS, apiOf, COMPARED_API_IDS, DOMAIN_API_IDS } from '../../../../lambda/providers/apis.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import type { Desk } from '../../../support/esp/desk.ts';
import { DESKS } from '../../../support/esp/desks.ts';
import { ops, project } from '../../../support/ops.ts';
import { type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';

const nightly = process.env.NIGHTLY !== undefined;

/** One stack with every ESP that can be connected, and a fake office for each. */
let stack: OpsStack;
const desks = new Map<string, Desk>();
/** What each can do; the first test holds the tables to the APIs. */
const CONNECTED = new Set(
  [
    'sparkpost mailgun sendgrid postmark resend mandrill brevo mailersend mailtrap elastic-email',
    'lettermint unisender-go smtp2go klaviyo customerio mailjet',
  ].flatMap((line) => line.split(' ')),
);
/** Their secret is shown in their own pages only. */
const APART = new Set(['mailersend', 'unisender-go', 'customerio']);
/** No list of theirs is read. */
const LISTLESS = new Set(['mailjet']);
const TAKERS = new Set([
  'sparkpost',
  'mailgun',
  'sendgrid',
  'postmark',
  'resend',
  'mandrill',
  'mailersend',
  'elastic-email',
  ...['lettermint', 'scaleway', 'unisender-go', 'smtp2go', 'klaviyo', 'ses', 'customerio'],
]);
const KEEPERS = new Set(['sparkpost', 'postmark', 'unisender-go', 'klaviyo']);
/** Of each kind of proof one, because a receiver looks for a new secret every 30 seconds: a probe, a sample of ours, the ESP's own test. */
const PROVEN = new Set(nightly ? ['sparkpost', 'mailgun', 'sendgrid'] : ['sparkpost']);
/** Every ESP at night; by day one of each kind of list and of each way to connect, of those that may be asked once a second. */
const TRIED = [...DESKS.keys()].filter(
  (id) => nightly || ['sparkpost', 'mailgun', 'postmark', 'brevo', 'ses', 'customerio'].includes(id),
);
/** Whose lists are mirrored: at night every one that can be read; by day without the latest, and without two that are read in many calls at a slow pace. */
const MIRRORED = [...DESKS.keys()].filter(
  (id) =>
    !LISTLESS.has(id) &&
    (nightly ||
      !['lettermint', 'scaleway', 'unisender-go', 'smtp2go', 'klaviyo', 'mailtrap', 'mailersend'].includes(id)),
);
const NOTE = ['--note', 'ticket 4711'];

/** The ESPs are asked side by side before the first test, as each keeps the pace that its ESP asks for; a test tells how its part went. */
const ready = Promise.withResolvers<void>();
const parts: Promise<unknown>[] = [];
const cleared: Promise<unknown>[] = [];
/** One after the other: the local store keeps no earlier version, by which those that write at the same moment would learn of each other. */
let hooked: Promise<unknown> = ready.promise;

function part(name: string, after: Promise<unknown>, step: () => Promise<void>): Promise<unknown> {
  const done = after.then(step);
  test(name, () => done);
  const over = done.catch(() => undefined);
  parts.push(over);
  return over;
}

/** Of everybody's lists: one who stands on each, one who is missing there. */
const OURS = ['push-a@example.com', 'push-b@example.com'] as const;
let suppressed: Promise<unknown> | undefined;
const suppressOurs = () => {
  suppressed ??= Promise.all(cleared).then(() =>
    stack.run(['suppress', ...OURS, '--reason', 'hard_bounce', ...NOTE, '--wait']),
  );
  return suppressed;
};

beforeAll(async () => {
  const sources = [...DESKS.keys()].map((id) => [id, { provider: id, ...PROVIDERS.get(id)?.minimalOptions }]);
  stack = await startOpsStack(Object.fromEntries(sources), {
    secrets: {},
    // Nothing has asked for secrets before the first `connect` stores one: it is seen at once, and not after half a minute.
    settings: { heartbeat: false },
  });
  for (const [id, start] of DESKS) desks.set(id, await start());
  for (const id of desks.keys()) folders.set(id, project({ '.local/stack.json': stack.local.stack }));
  ready.resolve();
  await Promise.all(parts);
}, 600_000);
afterAll(async () => {
  for (const desk of desks.values()) await desk.api.stop();
  for (const { remove } of folders.values()) remove();
  await stack.stop();
});

const run = (desk: Desk, args: readonly string[]) =>
  stack.run([...args, '--api-base', desk.api.url, ...(desk.domain ? ['--domain', desk.domain] : [])], desk.key);

/** One more office of the same ESP. */
const aside = (id: string): Promise<Desk> => (DESKS.get(id) as () => Promise<Desk>)();

/** Of a folder, a single command at a time may catch up with an ESP. */
const folders = new Map<string, ReturnType<typeof project>>();
const mirror = ({ provider, api, domain, key }: Desk) =>
  ops(
    [
      ...['catch-up', provider, '--lists', '--json', '--local', '--api-base', api.url],
      ...(domain ? ['--domain', domain] : []),
    ],
    { root: folders.get(provider)?.root ?? '', input: key },
  );

test('every ESP with an API is tried here, with all that it can do', async () => {
  expect([...DESKS.keys()].sort()).toEqual([...API_IDS].sort());
  for (const id of API_IDS) {
    const api = await apiOf(id);
    expect([id, api?.webhooks !== undefined, api?.lists?.add !== undefined]).toEqual([
      id,
      CONNECTED.has(id),
      TAKERS.has(id),
    ]);
    expect([id, api?.lists === undefined, api?.domain !== undefined]).toEqual([
      id,
      LISTLESS.has(id),
      DOMAIN_API_IDS.includes(id),
    ]);
    expect([id, COMPARED_API_IDS.includes(id)]).toEqual([id, (api?.events ?? api?.lists?.read) !== undefined]);
  }
});

/** Some ESPs carry our secret in the URL. */
function bareOf(url = ''): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

describe.each(TRIED)('%s', (id) => {
  const deskOf = (): Desk => desks.get(id) as Desk;

  if (CONNECTED.has(id) && !APART.has(id))
    hooked = part(
      'connect makes the webhook once, with its events, stores the secret and shows it nowhere; --remove undoes it',
      hooked,
      async () => {
        const desk = deskOf();
        const first = await run(desk, ['connect', id, ...(PROVEN.has(id) ? [] : ['--no-test'])]);
        expect([first.code, first.err]).toEqual([0, expect.not.stringContaining('not seen')]);
        expect(desk.hooks).toHaveLength(1);
        const [hook] = desk.hooks;
        expect(bareOf(hook?.url)).toBe(`${stack.local.stack.url}/webhooks/v1/${id}`);
        expect(hook?.events.length).toBeGreaterThanOrEqual(6);
        expect(hook?.secret).not.toBe('');
        expect((await stack.run(['secrets', 'list'])).out).toContain(`${id}  ${id}  live values: 1`);
        // The proof: what the ESP signs with is what the receiver takes.
        const again = await run(desk, ['connect', id, '--no-test', '--json']);
        expect(again.json()).toEqual([{ source: id, made: false, test: 'not-asked' }]);
        expect(desk.hooks).toHaveLength(1);
        expect((await stack.run(['secrets', 'list'])).out).toContain(`${id}  ${id}  live values: 1`);
        for (const { out, err } of [first, again]) {
          expect(out + err).not.toContain(hook?.secret);
          expect(out + err).not.toContain(desk.key);
        }
        const removed = await run(desk, ['connect', id, '--remove']);
        expect(removed.code).toBe(0);
        expect(desk.hooks).toHaveLength(0);
        expect((await stack.run(['secrets', 'list'])).out).toContain(`${id}  ${id}  MISSING`);
        expect((await run(desk, ['connect', id, '--remove', '--json'])).json()).toEqual([
          { source: id, removed: 0, secretRemoved: false },
        ]);
      },
    );

  if (APART.has(id))
    hooked = part(
      'connect makes the webhook once, with its events, and says where the secret is shown; --remove undoes it',
      hooked,
      async () => {
        const desk = deskOf();
        const first = await run(desk, ['connect', id, '--no-test']);
        expect([first.code, first.err]).toEqual([0, expect.stringContaining(`ops secrets set ${id}`)]);
        expect((await run(desk, ['connect', id, '--no-test', '--json'])).json()).toMatchObject([{ made: false }]);
        expect(desk.hooks.map(({ url }) => url)).toEqual([`${stack.local.stack.url}/webhooks/v1/${id}`]);
        expect(desk.hooks[0]?.events.length).toBeGreaterThanOrEqual(6);
        expect(first.out + first.err).not.toContain(desk.key);
        expect((await run(desk, ['connect', id, '--remove'])).code).toBe(0);
        expect(desk.hooks).toEqual([]);
      },
    );

  // At night for those that may be asked once a second, and for one that tries a secret at once: the receiver sees a second after half a minute.
  if (CONNECTED.has(id) && !APART.has(id) && (nightly || !(PROVEN.has(id) || id === 'brevo')))
    hooked = part('a webhook of others and a secret of others are left alone', hooked, async () => {
      const desk = deskOf();
      desk.hooks.push({
        id: '7',
        url: 'https://other.example/hook',
        events: ['bounce'],
        secret: 'x',
        stream: 'outbound',
      });
      await run(desk, ['connect', id, '--no-test']);
      expect(desk.hooks).toHaveLength(2);
      await run(desk, ['connect', id, '--remove']);
      expect(desk.hooks.map(({ url }) => url)).toEqual(['https://other.example/hook']);
      desk.hooks.splice(0);
    });

  if (LISTLESS.has(id)) return;
  let listed = part(
    'lift --clear: a dry run changes nothing, then the address goes off, and nobody else',
    ready.promise,
    async () => {
      const desk = deskOf();
      const who = `${id}+tag@example.com`;
      await stack.run(['suppress', who, '--reason', 'hard_bounce', ...NOTE, '--wait']);
      const list = desk.names.cleared ?? desk.names.bounce;
      desk.kept.push({ list, address: who }, { list, address: 'other@example.com' });
      const dry = await run(desk, ['lift', who, '--clear', '--esp', id, '--dry-run', ...NOTE]);
      expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('would be removed')]);
      expect(desk.kept).toHaveLength(2);
      expect((await stack.run(['check', who])).code).toBe(0);
      const done = await run(desk, ['lift', who, '--clear', '--esp', id, '--wait', ...NOTE]);
      expect([done.code, done.out]).toEqual([0, expect.stringContaining('removed')]);
      expect(desk.kept.map(({ address }) => address)).toEqual(['other@example.com']);
      expect((await stack.run(['check', who])).code).toBe(1);
      // Gone already is as good.
      expect((await run(desk, ['lift', who, '--clear', '--esp', id, ...NOTE])).code).toBe(0);
      desk.kept.splice(0);
    },
  );

  if (KEEPERS.has(id))
    // Nothing else is asked of this ESP meanwhile.
    listed = part('what the ESP does not let go is told and not tried', Promise.all([hooked, listed]), async () => {
      const desk = deskOf();
      desk.kept.push({ list: desk.names.complaint, address: 'angry@example.com', locked: true });
      const first = desk.api.asked.length;
      const ran = await run(desk, ['lift', 'angry@example.com', '--clear', '--esp', id, ...NOTE]);
      expect([ran.code, ran.out]).toEqual([1, expect.stringContaining('stays, because')]);
      const tried = desk.api.asked.slice(first);
      expect(tried.some(({ method, path }) => method === 'DELETE' || /\/delete(\.json)?$/.test(path))).toBe(false);
      // All there is are looks; one ESP knows no other method than POST.
      expect(tried.every(({ method }) => method === (id === 'unisender-go' ? 'POST' : 'GET'))).toBe(true);
      desk.kept.splice(0);
    });
  cleared.push(listed);

  void part(
    'push counts first, adds who is missing, once; reconcile tells the rest',
    // Who stands here is the same for everybody, and stays so until all have pushed.
    listed.then(suppressOurs),
    async () => {
      const desk = deskOf();
      const [there, missing] = OURS;
      desk.kept.push(
        { list: desk.names.bounce, address: there },
        { list: desk.names.bounce, address: `only-there-${id}@example.com` },
      );
      const before = desk.kept.length;
      const told = await run(desk, ['reconcile', id, '--json']);
      expect(told.code).toBe(1);
      expect(told.json()).toContainEqual(
        expect.objectContaining({ recipient: missing, missing: 'there', reason: 'hard_bounce' }),
      );
      expect(told.json()).toContainEqual(
        expect.objectContaining({ recipient: `only-there-${id}@example.com`, missing: 'here' }),
      );
      expect(told.json()).not.toContainEqual(expect.objectContaining({ recipient: there }));
      const dry = await run(desk, ['push', id, '--json']);
      if (!TAKERS.has(id)) {
        expect([dry.code, dry.err]).toEqual([2, expect.stringContaining('no way to add')]);
        desk.kept.splice(0);
        return;
      }
      expect([dry.code, desk.kept.length]).toEqual([1, before]);
      const done = await run(desk, ['push', id, '--yes', '--json']);
      expect(done.code).toBe(0);
      expect(desk.kept.some(({ address }) => address === missing)).toBe(true);
      const size = desk.kept.length;
      expect((await run(desk, ['push', id, '--yes', '--json'])).json()).toMatchObject([{ missing: 0, added: 0 }]);
      expect(desk.kept).toHaveLength(size);
      desk.kept.splice(0);
    },
  );
});

describe.each(MIRRORED)('%s, read', (id) => {
  const mirrored = part(
    'its list is mirrored once, suppresses, and never overrules a lift',
    ready.promise,
    async () => {
      const desk = await aside(id);
      const who = `listed-${id}@example.com`;
      desk.kept.push({ list: desk.names.bounce, address: who });
      expect((await mirror(desk)).json()).toMatchObject([{ source: id, fetched: 1, missing: 1, untimed: 0 }]);
      await stack.driver.nothingUnderWay();
      expect((await stack.run(['check', who])).code).toBe(0);
      expect((await mirror(desk)).json()).toMatchObject([{ fetched: 1, missing: 0 }]);
      await stack.run(['lift', who, ...NOTE, '--wait']);
      await mirror(desk);
      await stack.driver.nothingUnderWay();
      expect((await stack.run(['check', who])).code).toBe(1);
      await desk.api.stop();
    },
  );
  cleared.push(mirrored);
});

test('nobody is left who was suppressed for no more than this', async () => {
  for (const who of OURS) await stack.run(['lift', who, ...NOTE, '--wait']);
  await stack.driver.nothingUnderWay();
  expect(await stack.driver.suppressed()).toEqual([]);
});

test('ESPs do not feed each other, however many: whatever is mirrored and pushed in whatever order, hearsay of one never reaches another', async () => {
  const circle = ['sparkpost', 'postmark', 'mailgun', ...(nightly ? ['mandrill'] : [])].map((id) => desks.get(id)) as [
    Desk,
    ...Desk[],
  ];
  const [first, ...others] = circle;
  const step = fc.oneof(
    fc.record({ act: fc.constantFrom('mirror' as const, 'push' as const), at: fc.nat(circle.length - 1) }),
    fc.constant({ act: 'lift' as const, at: 0 }),
  );
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
      const who = `hearsay-${++round}@example.com`;
      first.kept.push({ list: first.names.bounce, address: who });
      const last = others.map((_desk, at) => ({ act: 'push' as const, at: at + 1 }));
      for (const { act, at } of [{ act: 'mirror' as const, at: 0 }, ...steps, ...last]) {
        const desk = circle[at] as Desk;
        if (act === 'lift') await stack.run(['lift', who, ...NOTE]);
        else if (act === 'mirror') await mirror(desk);
        else await run(desk, ['push', desk.provider, '--yes']);
        await stack.driver.nothingUnderWay();
      }
      for (const desk of others) expect([desk.provider, desk.kept]).toEqual([desk.provider, []]);
      expect(first.kept.map(({ address }) => address)).toEqual([who]);
      first.kept.splice(0);
      await stack.run(['lift', who, ...NOTE, '--wait']);
    }),
    { numRuns: nightly ? 30 : 3 },
  );
}, 120_000);

test('a webhook cannot pass for a list: without our own mark the same text is read by its provider', () => {
  const raw = JSON.stringify({
    list: 'bounces',
    address: 'ada@example.com',
    reason: 'hard_bounce',
    at: 1_772_359_200_000,
  });
  for (const provider of PROVIDERS.values()) {
    const meaning = interpreter('shop', { provider, options: {} })(raw, {}, { receivedAt: '2026-05-04T10:00:00.000Z' });
    const events = 'poison' in meaning ? [] : meaning.events;
    for (const event of events) expect(event.providerEvent).not.toContain('list/');
  }
  expect(LISTED.startsWith('quell-')).toBe(true);
});
