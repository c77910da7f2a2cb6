import { setTimeout as pause } from 'node:timers/promises';
import { defineCommand, EXIT } from '../command.ts';
import { UsageError } from '../errors.ts';
import { jsonLine } from '../io.ts';
import { resolveTarget, sourceOf, TARGET_OPTIONS } from '../target.ts';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const MOST = 7 * 86_400_000;
const STEP = 60_000;

export const command = defineCommand({
  args: ['source'],
  about: `
Keeps the alarms of one source from telling anybody, for a planned silence such as a move. They go on measuring, and other alarms go on
telling. With --for the command stays, and unmutes when the time is over or it is stopped with Ctrl-C; without it the alarms stay mute
until "mute <source> --off", or the next deploy that changes them. "doctor" names what is muted.
Exit codes: 0 done, 1 the source has no such alarms, 2 usage, 3 cannot know.`,
  options: {
    for: { type: 'string', value: 'TIME', help: 'wait this long (30m, 2h, 1d), then unmute' },
    off: { type: 'boolean', help: 'unmute now' },
    ...TARGET_OPTIONS,
  },
  example: 'ops mute sendgrid --for 2h --stage prod',

  async run({ args: [source = ''], options: given, io }) {
    if (given.off && given.for !== undefined) throw new UsageError('mute: --for and --off exclude each other.');
    const ms = given.for === undefined ? undefined : parseSpan(given.for);
    const target = await resolveTarget(given, io);
    sourceOf(target, source);
    const { alarmsOf, setLoud } = await import('../alarms.ts');
    const names = (await alarmsOf(target, source)).map(({ name }) => name);
    if (names.length === 0) {
      io.say(`${source} has no alarms of its own.`);
      return EXIT.no;
    }
    const loud = given.off === true;
    await setLoud(target, names, loud);
    for (const name of names)
      io.print(given.json ? jsonLine({ alarm: name, muted: !loud }) : `${name}: ${loud ? 'tells again' : 'mute'}`);
    if (loud) return EXIT.yes;
    if (ms === undefined) {
      io.say(`Mute until you say otherwise: mute ${source} --off`);
      return EXIT.yes;
    }
    const until = Date.now() + ms;
    io.say(`Mute until ${new Date(until).toISOString()}, as long as this command runs. Ctrl-C unmutes at once.`);
    await waitOrStop(until);
    await setLoud(target, names, true);
    io.say('They tell again.');
    return EXIT.yes;
  },
});

function parseSpan(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS.get(unit) ?? 0);
  if (ms > 0 && ms <= MOST) return ms;
  throw new UsageError('--for is a time such as 30m, 2h or 1d, at most 7d.');
}

/** Whoever stops the command means the mute as well. */
async function waitOrStop(until: number): Promise<void> {
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    // In steps: a computer that slept must not sleep the rest again.
    while (Date.now() < until) await pause(Math.min(STEP, until - Date.now()), undefined, { signal: stopped.signal });
  } catch {
    // Stopped.
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
