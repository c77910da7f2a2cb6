import { randomUUID } from 'node:crypto';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { packMessages } from '../../../../lambda/domain/message.ts';
import { type Progress, readEvents } from '../../../../lambda/esp/read-events.ts';
import type { EventsApi } from '../../../../lambda/providers/api.ts';
import { EVENT_API_IDS } from '../../../../lambda/providers/apis.ts';
import { type Act, audited } from '../../audit/audited.ts';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import type { Io } from '../../cli/io.ts';
import { API_OPTIONS, openSession, type Session } from '../../esp/session.ts';
import { recordedOf } from '../../stack/events/known.ts';
import { fitting } from '../../stack/outbox.ts';
import { readingOf } from '../../stack/reading.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { sourceOf, TARGET_OPTIONS, type Target } from '../../target/target.ts';
import { HAND_OPTIONS, type Hand, handOf } from '../../words/author.ts';
import { parseCount, parseTime } from '../../words/time.ts';
import { Sender } from '../replay/sender.ts';
import { mirrorLists } from './lists.ts';
import { openState } from './state.ts';
import { tell } from './telling.ts';

const TOLD_EVERY_MS = 2_000;
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

export const command = defineCommand({
  args: ['source'],
  about: `
Asks the source's ESP for its past events and sends them through the delivery queue: what came by webhook meets its own record and counts
once, the rest is what the webhook lost. Where an ESP tells no such events, or with --lists, the entries of its own suppression lists are
mirrored instead: state without a window, which never overrules a lift. Ends with "n fetched, m had not come by webhook". The API key is typed without echo or read from
standard input. Interrupted, the same command goes on where it was; the state is in .local/, without key or address.
Exit codes: 0 everything was read, 1 something could not be read (it says what), 2 usage, 3 cannot know (the ESP or the stack did not
answer: run it again).`,
  options: {
    from: { type: 'string', value: 'TIME', help: 'events from this time on (required, but for lists)' },
    to: { type: 'string', value: 'TIME', help: 'events before this time (default: now)' },
    settle: { type: 'string', value: 'MINUTES', help: "leave out the newest: the ESP's API may lag (default: by ESP)" },
    lists: { type: 'boolean', help: "the ESP's own suppression lists instead of its events" },
    'dry-run': { type: 'boolean', help: 'read and count, send nothing' },
    rate: { type: 'string', value: 'N', help: 'events sent per second (default: 500)' },
    fresh: { type: 'boolean', help: 'begin again, whatever was done before' },
    ...HAND_OPTIONS,
    ...API_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['catch-up'],
  example: 'ops catch-up sparkpost --from 2026-05-04T08:00:00Z --to 2026-05-04T12:00:00Z --dry-run --local < key.txt',

  async run({ args: [source = ''], options: given, io }) {
    const from = given.from === undefined ? undefined : parseTime('from', given.from);
    const now = Date.now();
    const wanted = given.to === undefined ? now : parseTime('to', given.to);
    if (from !== undefined && from >= wanted) throw new UsageError('catch-up: --from must be before --to.');
    const rate = parseCount('rate', given.rate ?? '500', 100_000);
    const target = await resolveTarget(given, io);
    const windowed = !given.lists && EVENT_API_IDS.includes(sourceOf(target, source).provider);
    if (windowed && from === undefined) throw new UsageError('catch-up: --from is missing.');
    const session = await openSession(target, source, given, io);
    const { events } = session.api;
    const dry = given['dry-run'] === true;
    const json = given.json === true;
    const hand = await handOf(given, target);
    if (!events || !windowed || from === undefined) return mirrorLists(target, session, { dry, json, rate, hand }, io);

    const settle =
      given.settle === '0' ? 0 : parseCount('settle', given.settle ?? String(events.settleMinutes), 10_000);
    const to = Math.min(wanted, now - settle * MINUTE);
    if (to < wanted)
      io.say(
        `Reading up to ${iso(to)}: ${session.title} may still be adding to what is younger. Run it again for that.`,
      );
    if (from < now - events.reachDays * DAY)
      io.say(
        `${session.title} looks back ${events.reachDays} days at most, by plan less: what is older cannot be read.`,
      );
    const state = openState(io.root, [
      target.label,
      target.names.url,
      source,
      given.domain,
      given['api-base'],
      from,
      given.to,
      dry,
    ]);
    if (given.fresh) state.forget();
    const reads = from - (events.mailDays ?? 0) * DAY;
    const earlier = state.progress === 'damaged' ? undefined : state.progress;
    const start = earlier ?? { ...NOTHING, trusted: reads, to };
    if (earlier) io.say(`Going on at ${iso(start.trusted)}, where an earlier run ended (${state.file}).`);
    if (state.progress === 'damaged')
      io.say(
        `How far an earlier run came cannot be read (${state.file}): beginning again. What that run brought counts as come.`,
      );
    if (from >= start.to) {
      io.say('Nothing of that time can be read yet.');
      return EXIT.cannotKnow;
    }
    return read(target, session, events, { from, to: start.to }, start, state, { dry, rate, json, hand }, io);
  },
});

const TOO_LARGE = 'Some event is larger than a message of the queue: it was left out.';

interface How {
  readonly dry: boolean;
  readonly rate: number;
  readonly json: boolean;
  readonly hand: Hand;
}

const NOTHING = { fetched: 0, missing: 0, passed: 0, unreadable: 0, open: [], border: [] };
const iso = (ms: number): string => new Date(ms).toISOString();

async function read(
  target: Target,
  session: Session,
  events: EventsApi,
  window: { readonly from: EpochMs; readonly to: EpochMs },
  start: Progress,
  state: ReturnType<typeof openState>,
  { dry, rate, json, hand }: How,
  io: Io,
) {
  const reading = readingOf(target, session.source);
  if (!reading) throw new UsageError(`${target.label} has no such source.`);
  const interpret = interpreter(session.source, reading);
  // Without its settings file it is not known under which group a deployed source counts: then nothing can be looked up.
  const comparable = target.kind === 'local' || session.name.options !== undefined;
  const sender = new Sender(target, rate);
  const lost: string[] = [];
  const note = (sentence: string): void => void (lost.includes(sentence) || lost.push(sentence));
  let told = performance.now();
  const work = (act?: Act) =>
    readEvents(events, session.context, window, start, {
      interpret,
      recorded: async (found) => (comparable ? recordedOf(target, found) : new Set()),
      async send(raws) {
        if (dry) return;
        const envelope = {
          source: session.source,
          channel: 'api',
          receivedAt: iso(Date.now()),
          requestId: randomUUID(),
          origin: 'live',
        } as const;
        const { fit, tooLarge } = fitting(packMessages(envelope, raws));
        await sender.send(fit, raws.length);
        act?.count('events sent', raws.length - tooLarge);
        if (tooLarge > 0) note(TOO_LARGE);
      },
      reached(progress) {
        state.save(progress);
        if (performance.now() - told < TOLD_EVERY_MS) return;
        told = performance.now();
        io.say(`${progress.fetched} events, up to ${iso(progress.trusted)}`);
      },
      lost: note,
    });
  const how = `${iso(window.from)} to ${iso(window.to)}`;
  const intent = { what: 'catch-up', hand, on: [session.source], how, say: io.say } as const;
  const end = dry ? await work() : await audited(target, intent, work);
  state.forget();
  return tell(session, end, { lost, comparable, dry, json, lacks: events.lacks }, io);
}
