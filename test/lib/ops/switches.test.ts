import { describe, expect, test } from '@jest/globals';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import { alarmsOf, setLoud } from '../../../lib/ops/alarms.ts';
import { ESP_LISTS, listsToClear } from '../../../lib/ops/esp-lists.ts';
import { switchProcessing } from '../../../lib/ops/mapping.ts';
import { fakeTarget } from '../../support/fake-target.ts';
import { ops, project, stackFile } from '../../support/ops.ts';

describe('ops pause and resume', () => {
  const target = (states: string[]) =>
    fakeTarget(
      {},
      {
        ListEventSourceMappings: () => ({ EventSourceMappings: [{ UUID: 'u-1', State: states[0] }] }),
        UpdateEventSourceMapping: () => ({}),
        GetEventSourceMapping: () => ({ State: states.length > 1 ? states.splice(0, 1)[0] : states[0] }),
      },
    );

  test('switch the event source, wait until it is so, and do nothing twice', async () => {
    const running = target(['Enabled', 'Disabling', 'Disabled']);
    expect(await switchProcessing(running, false)).toBe(true);
    expect(running.calls.find(({ name }) => name === 'UpdateEventSourceMapping')?.input).toEqual({
      UUID: 'u-1',
      Enabled: false,
    });
    const paused = target(['Disabled']);
    expect(await switchProcessing(paused, false)).toBe(false);
    expect(paused.calls.map(({ name }) => name)).toEqual(['ListEventSourceMappings']);
  });

  test('a local stack without a Lambda API says so', async () => {
    const { root, remove } = project({ '.local/stack.json': stackFile() });
    const { code, err } = await ops(['pause', '--local'], { root });
    expect([code, err]).toEqual([3, expect.stringContaining('has no lambda')]);
    remove();
  });
});

describe('ops mute', () => {
  test("finds the source's own alarms and silences their actions only", async () => {
    const target = fakeTarget(
      { guide: {} },
      {
        DescribeAlarms: ({ AlarmNames }: { AlarmNames: string[] }) => ({
          MetricAlarms: AlarmNames.slice(0, 2).map((AlarmName) => ({ AlarmName, ActionsEnabled: true })),
        }),
        DisableAlarmActions: () => ({}),
        EnableAlarmActions: () => ({}),
      },
    );
    const alarms = await alarmsOf(target, 'guide');
    expect(alarms).toEqual([
      { name: 'quell-prod-silence-guide', loud: true },
      { name: 'quell-prod-refused-proofs-guide', loud: true },
    ]);
    await setLoud(
      target,
      alarms.map(({ name }) => name),
      false,
    );
    await setLoud(target, ['quell-prod-silence-guide'], true);
    expect(target.calls.slice(1)).toEqual([
      { name: 'DisableAlarmActions', input: { AlarmNames: alarms.map(({ name }) => name) } },
      { name: 'EnableAlarmActions', input: { AlarmNames: ['quell-prod-silence-guide'] } },
    ]);
  });

  test.each([
    [['mute', 'sendgrid', '--for', 'soon', '--local'], '30m, 2h or 1d'],
    [['mute', 'sendgrid', '--for', '8d', '--local'], 'at most 7d'],
    [['mute', 'sendgrid', '--for', '1h', '--off', '--local'], 'exclude each other'],
  ])('%j is wrong usage', async (args, hint) => {
    const { code, err } = await ops(args);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  });

  test('a local stack has no alarms', async () => {
    const { root, remove } = project({ '.local/stack.json': stackFile() });
    const { code, err } = await ops(['mute', 'sendgrid', '--local'], { root });
    expect([code, err]).toEqual([3, expect.stringContaining('no alarms')]);
    remove();
  });
});

test("every provider's own list has a way to be cleared", () => {
  expect([...ESP_LISTS.keys()].sort()).toEqual([...PROVIDERS.keys()].sort());
  expect(listsToClear(['a', 'operator', 'a', 'gone'], new Map([['a', { provider: 'ses' }]]))).toEqual([
    expect.stringContaining('a (ses): aws sesv2 delete-suppressed-destination'),
  ]);
});
