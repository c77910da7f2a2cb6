import { EVENT_TYPES } from '../../../../lambda/contract/event/types.ts';
import type { EpochMs } from '../../../../lambda/contract/units.ts';
import { type Act, audited } from '../../audit/audited.ts';
import { defineCommand, type Values } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { suggestion } from '../../cli/suggest.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { sourceOf, TARGET_OPTIONS, type Target } from '../../target/target.ts';
import { HAND_OPTIONS, handOf } from '../../words/author.ts';
import { parseCount, parseTime } from '../../words/time.ts';
import { daysOf } from './archive.ts';
import type { Wanted } from './line.ts';
import { replay } from './run.ts';
import { Sender } from './sender.ts';
import { openState, type Position } from './state.ts';

const START: Position = { key: '', lines: 0, events: 0, messages: 0 };
const TOLD_EVERY_MS = 2000;

const WISHES = {
  publish: { type: 'boolean', help: 'put what changes on the event bus' },
  rewrite: { type: 'boolean', help: 'write events over their records: after a mapping was mended' },
} as const;

export const command = defineCommand({
  args: [],
  about: `
Takes raw events out of the archive and through the delivery queue again, as they came. Into the same tables that changes nothing: each
event counts once. Into emptied tables it rebuilds them, decisions made by hand included. Erased people stay erased. Replayed events are
not archived again, not counted as traffic, and not published unless --publish asks for it. Live events go first: the replay waits while
the queue is long. Interrupted, the same command goes on where it was; the state is in .local/.
Exit codes: 0 all was sent, 1 there is nothing of that time (or --limit ended it), 2 usage, 3 cannot know (the archive could not be read).`,
  options: {
    from: { type: 'string', value: 'TIME', help: 'arrived at or after (required)' },
    to: { type: 'string', value: 'TIME', help: 'arrived before (required)' },
    source: { type: 'string', value: 'NAME', help: 'only of this source' },
    type: { type: 'string', value: 'TYPE', help: 'only events that were taken for this type then' },
    'dry-run': { type: 'boolean', help: 'count them, send nothing' },
    ...WISHES,
    rate: { type: 'string', value: 'N', help: 'events per second (default: 500)' },
    limit: { type: 'string', value: 'N', help: 'stop after about N events; the same command goes on' },
    late: { type: 'string', value: 'DAYS', help: 'also look so many days later: events can wait (default: 14)' },
    bucket: { type: 'string', value: 'NAME', help: "another archive's bucket, such as one that an earlier stack left" },
    fresh: { type: 'boolean', help: 'begin again, whatever was done before' },
    ...HAND_OPTIONS,
    ...TARGET_OPTIONS,
  },
  changes: ['replay'],
  example: 'ops replay --from 2026-05-04 --to 2026-05-05 --dry-run --local',

  async run({ options: given, io }) {
    if (given.from === undefined || given.to === undefined) throw new UsageError('replay: --from and --to are needed.');
    const [from, to] = [parseTime('from', given.from), parseTime('to', given.to)];
    if (from >= to) throw new UsageError('replay: --from must be before --to.');
    if (given.type !== undefined && !(EVENT_TYPES as readonly string[]).includes(given.type))
      throw new UsageError(`replay: there is no such type.${suggestion(given.type, EVENT_TYPES)}`);
    const rate = parseCount('rate', given.rate ?? '500', 100_000);
    const late = given.late === '0' ? 0 : parseCount('late', given.late ?? '14', 14);
    const limit = given.limit === undefined ? Number.POSITIVE_INFINITY : parseCount('limit', given.limit, 999_999_999);
    const target = await resolveTarget(given, io);
    if (given.source !== undefined && given.source !== 'operator') sourceOf(target, given.source);

    const wanted = { from: iso(from), to: iso(to), source: given.source, type: given.type };
    const wish = { ...(given.publish && { publish: true as const }), ...(given.rewrite && { rewrite: true as const }) };
    const plan = {
      bucket: given.bucket ?? target.names.output('ArchiveBucketName'),
      days: daysOf(from, to, late, Date.now()),
      wanted,
      wish,
    };
    const state = openState(io.root, [target.label, target.names.url, given.region, plan.bucket, wanted, wish]);
    if (given.fresh) state.forget();
    const dry = given['dry-run'] === true;
    const start = (!dry && !given.fresh && state.position) || START;
    if (start !== START) io.say(`Going on after ${start.events} events that were sent before (${state.file}).`);

    const sender = new Sender(target, rate);
    const counts = new Map<string, number>();
    let saidAt = performance.now();
    const work = async (act?: Act) =>
      replay(await target.clients.s3(), { ...plan, limit: start.events + limit }, start, {
        async send(bodies, events) {
          if (dry) return;
          await sender.send(bodies, events);
          act?.count('events sent', events);
        },
        reached(position) {
          if (!dry) state.save(position);
          if (performance.now() - saidAt < TOLD_EVERY_MS) return;
          saidAt = performance.now();
          io.say(`${position.events} events, at ${position.key}`);
        },
        seen({ source, events }) {
          const types = events.map((event) => (event as { type?: string }).type ?? 'unknown');
          for (const type of types.length > 0 ? types : ['nothing'])
            counts.set(`${source} ${type}`, (counts.get(`${source} ${type}`) ?? 0) + 1);
        },
      });
    const end = dry ? await work() : await audited(target, await intentOf(target, wanted, given, io), work);
    if (end.done && !dry) state.forget();
    const { events, messages, done } = end;
    if (given.json) io.print(jsonLine({ events, messages, done, dryRun: dry, counts: Object.fromEntries(counts) }));
    else {
      for (const [what, count] of [...counts].sort()) io.print(`${String(count).padStart(9)}  ${what}`);
      io.print(`${events} raw events ${dry ? 'would be sent' : 'sent'} in ${messages} messages.`);
      if (!done) io.say('There may be more: the same command goes on.');
    }
    return done && events > 0 ? EXIT.yes : EXIT.no;
  },
});

/** What the audit says of it. */
async function intentOf(target: Target, wanted: Wanted, given: Values<typeof HAND_OPTIONS & typeof WISHES>, io: Io) {
  const { from, to, source, type } = wanted;
  const how = [`${from} to ${to}`, type, given.publish && 'published', given.rewrite && 'records rewritten']
    .filter(Boolean)
    .join(', ');
  const on = source === undefined ? [] : [source];
  return { what: 'replay', hand: await handOf(given, target), on, how, say: io.say } as const;
}

const iso = (time: EpochMs): string => new Date(time).toISOString();
