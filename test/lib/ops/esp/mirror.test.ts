import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { LISTED } from '../../../../lambda/domain/suppression/listed.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import { eventually } from '../../../support/driver.ts';
import type { Desk } from '../../../support/esp/desk.ts';
import { DESKS } from '../../../support/esp/desks.ts';
import { type OpsStack, startOpsStack } from '../../../support/ops-stack.ts';

let stack: OpsStack;
const desks = new Map<string, Desk>();
const NOTE = ['--note', 'ticket 4711'];

beforeAll(async () => {
  stack = await startOpsStack(Object.fromEntries([...DESKS.keys()].map((id) => [id, { provider: id }])), {
    settings: { heartbeat: false },
  });
  for (const [id, start] of DESKS) desks.set(id, await start());
}, 60_000);
afterAll(async () => {
  for (const desk of desks.values()) await desk.api.stop();
  await stack.stop();
});

const deskOf = (id: string): Desk => desks.get(id) as Desk;
const run = (desk: Desk, args: readonly string[]) =>
  stack.run([...args, '--api-base', desk.api.url, ...(desk.domain ? ['--domain', desk.domain] : [])], desk.key);
const mirror = (desk: Desk) => run(desk, ['catch-up', desk.provider, '--lists', '--json']);
const settled = async (): Promise<void> => eventually(async () => expect(await stack.driver.depth('delivery')).toBe(0));

test.each([...DESKS.keys()])('%s: its list is mirrored once, suppresses, and never overrules a lift', async (id) => {
  const desk = deskOf(id);
  const who = `listed-${id}@example.com`;
  desk.kept.push({ list: desk.names.bounce, address: who });
  expect((await mirror(desk)).json()).toMatchObject([{ source: id, fetched: 1, missing: 1, untimed: 0 }]);
  await eventually(async () => expect((await stack.run(['check', who])).code).toBe(0));
  expect((await mirror(desk)).json()).toMatchObject([{ fetched: 1, missing: 0 }]);
  await stack.run(['lift', who, ...NOTE, '--wait']);
  await mirror(desk);
  await settled();
  expect((await stack.run(['check', who])).code).toBe(1);
  desk.kept.splice(0);
});

test('two ESPs do not feed each other: whatever is mirrored and pushed in whatever order, hearsay of one never reaches the other', async () => {
  const [a, b] = [deskOf('sparkpost'), deskOf('postmark')];
  let round = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('mirror a', 'mirror b', 'push a', 'push b', 'lift'), { minLength: 3, maxLength: 7 }),
      async (steps) => {
        const who = `hearsay-${++round}@example.com`;
        a.kept.push({ list: a.names.bounce, address: who });
        for (const step of ['mirror a', ...steps, 'push b']) {
          const desk = step.endsWith('a') ? a : b;
          if (step === 'lift') await stack.run(['lift', who, ...NOTE]);
          else if (step.startsWith('mirror')) await mirror(desk);
          else await run(desk, ['push', desk.provider, '--yes']);
          await settled();
        }
        expect(b.kept).toEqual([]);
        expect(a.kept.map(({ address }) => address)).toEqual([who]);
        a.kept.splice(0);
        await stack.run(['lift', who, ...NOTE, '--wait']);
      },
    ),
    { numRuns: process.env.NIGHTLY === undefined ? 3 : 8 },
  );
}, 90_000);

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
