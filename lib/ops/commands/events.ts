import { EVENT_TYPES } from '../../../lambda/contract/event/types.ts';
import { LISTED_BY_HOUR } from '../../../lambda/domain/event/record.ts';
import { defineCommand } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine } from '../cli/io.ts';
import { counter } from '../cli/progress.ts';
import { suggestion } from '../cli/suggest.ts';
import { HOUR } from '../stack/events/hour.ts';
import { MOST_LOOKED_AT, type Next, readRecentEvents } from '../stack/events/recent.ts';
import { resolveTarget } from '../target/resolve.ts';
import { TARGET_OPTIONS } from '../target/target.ts';
import { clean } from '../words/clean.ts';
import { storyLine } from '../words/story.ts';
import { parseCount, parseDays } from '../words/time.ts';

const LISTED = EVENT_TYPES.filter((type) => LISTED_BY_HOUR[type]);
const MOST = MOST_LOOKED_AT.toLocaleString('en');

export const command = defineCommand({
  args: [],
  about: `
What went wrong or was changed by hand lately, the newest arrival first: ${LISTED.join(', ')}. Opens, clicks and deliveries are not listed by time: "report" counts
them, "timeline" has them by person. It stops when it has looked at some ${MOST} events, after a wave the latest by their own time, or at a month of quiet hours, and says how to go on.
Exit codes: 0 there are some, 1 there are none, 2 usage, 3 cannot know (the table has no index by hour, or it stopped before it found any).`,
  options: {
    type: { type: 'string', value: 'TYPE', help: 'only of this type' },
    source: { type: 'string', value: 'NAME', help: 'only of this source; operator for acts by hand' },
    since: { type: 'string', value: 'TIME', help: 'how far back: 30m, 1h (default), 7d' },
    limit: { type: 'string', value: 'N', help: 'only the newest N (default: 100)' },
    next: { type: 'string', value: 'WHERE', help: 'go on where an earlier answer stopped, as it said' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops events --type bounced --since 1h --stage prod',

  async run({ options: given, io }) {
    const type = given.type === undefined ? undefined : LISTED.find((known) => known === given.type);
    if (given.type !== undefined && !type)
      throw new UsageError(`--type: one of ${LISTED.join(', ')}.${suggestion(given.type, LISTED)}`);
    const now = Date.now();
    const since = now - parseDays('since', given.since ?? '1h');
    const limit = parseCount('limit', given.limit ?? '100', 100_000);
    const from = given.next === undefined ? undefined : parseNext(given.next);
    const target = await resolveTarget(given, io);
    const wanted = { type, source: given.source, since, limit, next: from };
    const { events, next } = await readRecentEvents(target, wanted, now, counter(io, 'events looked at'));
    for (const event of events)
      io.print(given.json ? jsonLine(event) : `${storyLine(event)}  ${clean(event.recipient ?? '')}`);
    if (events.length === limit) io.say(`Perhaps not all: --limit shows more than ${limit}.`);
    if (next)
      io.say(
        `Stopped: one answer looks at some ${MOST} events, or at a month of quiet hours. For what came before, the same with --next ${nextText(next)}`,
      );
    else if (events.length === 0) io.say(`${target.label} knows of nothing of the kind in this time.`);
    return events.length > 0 ? EXIT.yes : next ? EXIT.cannotKnow : EXIT.no;
  },
});

const nextText = ({ hour, below }: Next): string =>
  `${new Date(hour * HOUR).toISOString().slice(0, 13)}${below === '' ? '' : `/${below}`}`;

function parseNext(text: string): Next {
  const [, hour = '', below = ''] = /^(\d{4}-\d\d-\d\dT\d\d)(?:\/([\w:.-]{1,64}#[\w-]{1,64}))?$/.exec(text) ?? [];
  const at = Date.parse(`${hour}:00:00Z`);
  if (Number.isNaN(at)) throw new UsageError('--next is what an earlier answer ended with, to the letter.');
  return { hour: at / HOUR, below };
}
