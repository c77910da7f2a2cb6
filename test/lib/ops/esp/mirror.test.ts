import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { LISTED } from '../../../../lambda/domain/suppression/listed.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import type { Desk } from '../../../support/esp/desk.ts';
import { DESKS } from '../../../support/esp/desks.ts';
import { ops, project } from '../../../support/ops.ts';
import { type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';

let stack: OpsStack;
const desks = new Map<string, Desk>();
const NOTE = ['--note', 'ticket 4711'];
const nightly = process.env.NIGHTLY !== undefined;
/** Those whose list can be read. */
const LISTED_AT = [...DESKS.keys()].filter((id) => id !== 'mailjet');
/** The latest by night: nothing of theirs is new here. */
const TRIED = LISTED_AT.filter(
  (id) => nightly || !['lettermint', 'scaleway', 'unisender-go', 'smtp2go', 'klaviyo'].includes(id),
);

beforeAll(async () => {
  const sources = LISTED_AT.map((id) => [id, { provider: id, ...PROVIDERS.get(id)?.minimalOptions }]);
  stack = await startOpsStack(Object.fromEntries(sources), { settings: { heartbeat: false } });
  for (const [id, start] of DESKS) if (LISTED_AT.includes(id)) desks.set(id, await start());
  for (const id of desks.keys()) folders.set(id, project({ '.local/stack.json': stack.local.stack }));
}, 60_000);
afterAll(async () => {
  for (const desk of desks.values()) await desk.api.stop();
  for (const { remove } of folders.values()) remove();
  await stack.stop();
});

const deskOf = (id: string): Desk => desks.get(id) as Desk;
/** Each ESP is asked from a folder of its own: of one, a single command at a time may ask. */
const folders = new Map<string, ReturnType<typeof project>>();
const run = ({ provider, api, domain, key }: Desk, args: readonly string[]) =>
  ops([...args, '--api-base', api.url, ...(domain ? ['--domain', domain] : []), '--local'], {
    root: folders.get(provider)?.root ?? '',
    input: key,
  });
const mirror = (desk: Desk) => run(desk, ['catch-up', desk.provider, '--lists', '--json']);

/** One list's story, all told. */
async function story(id: string): Promise<void> {
  const desk = deskOf(id);
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
  desk.kept.splice(0);
}

test('every list is mirrored once, suppresses, and never overrules a lift', async () => {
  // Side by side: each keeps the pace of its ESP, and the slowest takes as long as all.
  const failed = TRIED.map((id) =>
    story(id).then(
      () => [],
      (error: unknown) => [`${id}: ${error}`],
    ),
  );
  expect((await Promise.all(failed)).flat()).toEqual([]);
}, 120_000);

test('ESPs do not feed each other, however many: whatever is mirrored and pushed in whatever order, hearsay of one never reaches another', async () => {
  const circle = ['sparkpost', 'postmark', 'mailgun', ...(nightly ? ['mandrill'] : [])].map(deskOf) as [
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
