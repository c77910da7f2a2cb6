import { describe, expect, test } from '@jest/globals';
import { listsToClear } from '../../../lib/ops/commands/lift/esp-lists.ts';
import { alarmsOf, isMuted, mute, unmute } from '../../../lib/ops/stack/alarms.ts';
import { switchProcessing } from '../../../lib/ops/stack/mapping.ts';
import { parseSpan } from '../../../lib/ops/words/time.ts';
import { ops, project, stackFile } from '../../support/ops.ts';
import { type Answers, fakeTarget } from '../../support/surroundings/fake-target.ts';

describe('ops pause and resume', () => {
  const target = (states: string[]) =>
    fakeTarget(
      {},
      {
        UpdateEventSourceMapping: () => ({}),
        GetEventSourceMapping: () => ({ State: states.length > 1 ? states.splice(0, 1)[0] : states[0] }),
      },
    );

  const switched = ({ calls }: ReturnType<typeof target>) =>
    calls.filter(({ name }) => name === 'UpdateEventSourceMapping').map(({ input }) => input);

  test('switch every event source, wait until it is so, and do nothing twice', async () => {
    const running = target(['Enabled', 'Enabled', 'Disabling', 'Disabling', 'Disabled']);
    expect(await switchProcessing(running, false)).toBe(true);
    expect(switched(running)).toEqual([
      { UUID: 'u-1', Enabled: false },
      { UUID: 'u-2', Enabled: false },
    ]);
    const paused = target(['Disabled']);
    expect(await switchProcessing(paused, false)).toBe(false);
    expect(new Set(paused.calls.map(({ name }) => name))).toEqual(new Set(['GetEventSourceMapping']));
  });

  test('a pause that somebody ended for one of them only is ended for the rest', async () => {
    const half = target(['Disabled', 'Enabled', 'Enabled']);
    expect(await switchProcessing(half, true)).toBe(true);
    expect(switched(half)).toEqual([{ UUID: 'u-1', Enabled: true }]);
  });

  test('a local stack without a Lambda API says so', async () => {
    const { root, remove } = project({ '.local/stack.json': stackFile() });
    const { code, err } = await ops(['pause', '--local'], { root });
    expect([code, err]).toEqual([3, expect.stringContaining('has no lambda')]);
    remove();
  });
});

describe('ops mute', () => {
  const missing = () => {
    throw Object.assign(new Error('no'), { name: 'ResourceNotFoundException' });
  };
  const deployed = (answers: Answers = {}) =>
    fakeTarget(
      { guide: {} },
      {
        DescribeAlarms: ({ AlarmNames }: { AlarmNames: string[] }) => ({
          MetricAlarms: AlarmNames.slice(0, 2).map((AlarmName) => ({ AlarmName, ActionsEnabled: true })),
        }),
        PutAlarmMuteRule: () => ({}),
        DeleteAlarmMuteRule: () => ({}),
        ...answers,
      },
    );

  test("puts a rule on the source's own alarms that begins with the next minute and ends by itself", async () => {
    const target = deployed();
    const alarms = await alarmsOf(target, 'guide');
    expect(alarms).toEqual([
      { name: 'quell-prod-silence-guide', loud: true },
      { name: 'quell-prod-trickle-guide', loud: true },
    ]);
    const names = alarms.map(({ name }) => name);
    const span = parseSpan('for', '2h');
    const times = await mute(target, 'guide', { names, span, now: Date.parse('2026-05-04T10:00:30Z') });
    expect(times).toEqual({ from: new Date('2026-05-04T10:01Z'), until: new Date('2026-05-04T12:01Z') });
    expect(target.calls.at(-1)).toEqual({
      name: 'PutAlarmMuteRule',
      input: {
        Name: 'quell-prod-mute-guide',
        Description: 'Quell: ops mute guide',
        Rule: { Schedule: { Expression: 'at(2026-05-04T10:01)', Duration: 'PT2H', Timezone: 'UTC' } },
        MuteTargets: { AlarmNames: names },
        ExpireDate: new Date('2026-05-04T12:02Z'),
      },
    });
    const late = await mute(target, 'guide', { names, span, now: Date.parse('2026-05-04T10:00:58Z') });
    expect(late.from).toEqual(new Date('2026-05-04T10:02Z'));
  });

  test('is ended by taking the rule away, also where there is none', async () => {
    const target = deployed();
    await unmute(target, 'guide');
    expect(target.calls).toEqual([
      { name: 'DeleteAlarmMuteRule', input: { AlarmMuteRuleName: 'quell-prod-mute-guide' } },
    ]);
    await unmute(deployed({ DeleteAlarmMuteRule: missing }), 'guide');
  });

  test.each([
    ['SCHEDULED', true],
    ['ACTIVE', true],
    ['EXPIRED', false],
  ])('a rule that is %s: muted is %s', async (Status, muted) => {
    expect(await isMuted(deployed({ GetAlarmMuteRule: () => ({ Status }) }), 'guide')).toBe(muted);
    expect(await isMuted(deployed({ GetAlarmMuteRule: missing }), 'guide')).toBe(false);
  });

  test.each([
    ['30m', 'PT30M', 1_800_000],
    ['2h', 'PT2H', 7_200_000],
    ['7d', 'P7D', 604_800_000],
  ])('--for %s is %s', (text, iso, ms) => {
    expect(parseSpan('for', text)).toEqual({ iso, ms });
  });

  test.each([
    [['mute', 'sendgrid', '--for', 'soon', '--local'], '30m, 2h or 1d'],
    [['mute', 'sendgrid', '--for', '8d', '--local'], 'at most 7d'],
    [['mute', 'sendgrid', '--for', '1h', '--off', '--local'], 'exclude each other'],
    [['mute', 'sendgrid', '--local'], '--for, such as 2h'],
  ])('%j is wrong usage', async (args, hint) => {
    const { code, err } = await ops(args);
    expect([code, err]).toEqual([2, expect.stringContaining(hint)]);
  });

  test.each([['--for', '2h'], ['--off']])('a local stack has no alarms: %s', async (...how) => {
    const { root, remove } = project({ '.local/stack.json': stackFile() });
    const { code, err } = await ops(['mute', 'sendgrid', ...how, '--local'], { root });
    expect([code, err]).toEqual([3, expect.stringContaining('no alarms')]);
    remove();
  });
});

test("every provider's own list has a way to be cleared", () => {
  expect(listsToClear(['a', 'operator', 'a', 'gone'], new Map([['a', { provider: 'ses' }]]))).toEqual([
    expect.stringContaining('a (ses): aws sesv2 delete-suppressed-destination'),
  ]);
});
