import { beforeEach, describe, expect, test } from '@jest/globals';
import { takeFailures } from '../../../../lambda/aws/dynamodb/statements.ts';
import type { SurgeStore } from '../../../../lambda/aws/dynamodb/surges.ts';
import { type Clicks, WaitingClicks } from '../../../../lambda/domain/surges/waiting.ts';
import { noticeSurges } from '../../../../lambda/handlers/process/notice/surges.ts';
import type { RecordedEvent } from '../../../../lambda/handlers/process/record.ts';

/** Which clicks of a batch are counted, when a count is judged, and what is announced of it. */

const NOW = Date.UTC(2026, 4, 4, 10, 30);
const LINK = 'https://shop.example/leak';
beforeEach(() => {
  takeFailures();
});

let printed = 0;
const click = (over: object = {}, outcome = 'new', url = LINK) =>
  ({
    message: { message: { origin: 'live', channel: 'https', source: 's' } },
    raw: '',
    outcome,
    event: {
      ...{ fingerprint: String(printed++), type: 'clicked', source: 's', recipient: 'ada@example.com', url },
      ...{ occurredAt: '2026-05-04T10:00:00.000Z', receivedAt: '2026-05-04T10:00:01.000Z', ...over },
    },
  }) as unknown as RecordedEvent;

/** A process and a table, which counts to `total`, and did so often in the hours before. */
function process(
  total: () => number | Error,
  before: readonly number[] = [],
  announces: () => Error | undefined = () => undefined,
) {
  const log: string[] = [];
  const surges: object[] = [];
  const aborted: boolean[] = [];
  const store = {
    async count({ clicks, hour }: Clicks, signal: AbortSignal) {
      log.push(`count ${clicks} at ${hour}`);
      aborted.push(signal.aborted);
      const found = total();
      if (found instanceof Error) throw found;
      return found;
    },
    async before(_clicks: Clicks, signal: AbortSignal) {
      log.push('before');
      aborted.push(signal.aborted);
      return [...before];
    },
    async announce(id: string, surge: object, now: number, signal: AbortSignal) {
      log.push('announce');
      aborted.push(signal.aborted);
      const error = announces();
      if (error) throw error;
      surges.push({ id, now, ...surge });
    },
  } as unknown as SurgeStore;
  const announced = new Map<string, string>();
  const means = { store, waiting: new WaitingClicks(), announced, least: 20 };
  const notice = async (events: readonly RecordedEvent[], deadline = Date.now() + 5000) => {
    log.length = 0;
    await noticeSurges(events, means, NOW, deadline);
    return [...log];
  };
  return { notice, surges, announced, aborted };
}
const COUNTED = 'count 1 at 2026-05-04T10';

test('only new clicks of people count; without a bus nothing does', async () => {
  const { notice } = process(() => 1);
  const others = [
    click({ machine: true }),
    click({ echo: true }),
    click({ type: 'opened' }),
    click({}, 'seen'),
    click({}, 'failed'),
  ];
  expect(await notice(others)).toEqual([]);
  expect(await notice([...others, click(), click({ machine: false })])).toEqual(['count 2 at 2026-05-04T10']);
  await expect(noticeSurges([click()], undefined, NOW, 0)).resolves.toBeUndefined();
});

describe('a count', () => {
  test('is judged from as many clicks on as the settings say, and announced with what is usual', async () => {
    let total = 19;
    const { notice, surges, announced } = process(() => total, [4, 4]);
    expect(await notice([click()])).toEqual([COUNTED]);
    total = 20;
    expect(await notice([click()])).toEqual([COUNTED, 'before', 'announce']);
    expect(surges).toEqual([
      {
        ...{ kind: 'link', link: LINK, hour: '2026-05-04T10:00:00.000Z', clicks: 20, usual: 4, now: NOW },
        ...{ noticedAt: '2026-05-04T10:30:00.000Z', fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) },
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
    expect([...announced.values()]).toEqual(['2026-05-04T10']);
  });

  test('of what was never clicked before says nothing of the usual', async () => {
    const { notice, surges } = process(() => 20);
    await notice([click()]);
    expect(surges[0]).not.toHaveProperty('usual');
  });

  test('that is usual is no surge, and is judged again', async () => {
    const { notice, surges } = process(() => 20, [5]);
    for (const _time of [1, 2]) expect(await notice([click()])).toEqual([COUNTED, 'before']);
    expect(surges).toEqual([]);
  });

  test('that was announced is judged again in another hour only', async () => {
    const { notice } = process(() => 20);
    await notice([click()]);
    expect(await notice([click()])).toEqual([COUNTED]);
    const later = { occurredAt: '2026-05-04T09:59:59.999Z', receivedAt: '2026-05-04T10:00:00.000Z' };
    expect(await notice([click(later)])).toEqual(['count 1 at 2026-05-04T09', 'before', 'announce']);
  });

  test('a thousand announced subjects are remembered, and then begun anew', async () => {
    const { notice, announced } = process(() => 20);
    for (let n = 0; n < 999; n++) announced.set(String(n), 'then');
    await notice([click()]);
    expect(announced.size).toBe(1000);
    await notice([click({}, 'new', `${LINK}/2`)]);
    expect([...announced.values()]).toEqual(['2026-05-04T10']);
  });
});

describe('a table that fails', () => {
  test('loses no click: what was not counted is counted with the next batch', async () => {
    let total: number | Error = new Error('x');
    const { notice } = process(() => total);
    expect(await notice([click()])).toEqual([COUNTED]);
    expect(takeFailures()).toEqual({ throttled: 0, other: 1 });
    total = 1;
    expect(await notice([click()])).toEqual(['count 2 at 2026-05-04T10']);
    expect(await notice([])).toEqual([]);
  });

  test('after it has counted counts nothing twice', async () => {
    let fails: Error | undefined = new Error('x');
    const { notice, surges } = process(
      () => 20,
      [],
      () => fails,
    );
    expect(await notice([click()])).toEqual([COUNTED, 'before', 'announce']);
    expect(takeFailures()).toEqual({ throttled: 0, other: 1 });
    fails = undefined;
    expect(await notice([click()])).toEqual([COUNTED, 'before', 'announce']);
    expect(surges).toHaveLength(1);
  });

  test('is asked until the deadline, at no step longer', async () => {
    const inTime = process(() => 20);
    await inTime.notice([click()]);
    const tooLate = process(() => 20);
    await tooLate.notice([click()], Date.now() - 1);
    expect([inTime.aborted, tooLate.aborted]).toEqual([Array(3).fill(false), Array(3).fill(true)]);
  });
});
