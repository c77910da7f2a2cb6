import { EVENT_TYPES } from '../../../lambda/contract/event/types.ts';
import { LISTED_BY_HOUR } from '../../../lambda/domain/event/record.ts';
import { defineCommand } from '../cli/command.ts';
import { UsageError } from '../cli/errors.ts';
import { EXIT } from '../cli/exit.ts';
import { jsonLine } from '../cli/io.ts';
import { suggestion } from '../cli/suggest.ts';
import { readRecentEvents } from '../stack/events/recent.ts';
import { resolveTarget } from '../target/resolve.ts';
import { TARGET_OPTIONS } from '../target/target.ts';
import { storyLine } from '../words/story.ts';
import { parseCount, parseDays } from '../words/time.ts';

const LISTED = EVENT_TYPES.filter((type) => LISTED_BY_HOUR[type]);

export const command = defineCommand({
  args: [],
  about: `
What went wrong or was changed by hand lately, the newest arrival first: ${LISTED.join(', ')}. Opens, clicks and deliveries are not listed by time: "report" counts
them, "timeline" has them by person.
Exit codes: 0 there are some, 1 there are none, 2 usage, 3 cannot know (the table has no index by hour).`,
  options: {
    type: { type: 'string', value: 'TYPE', help: 'only of this type' },
    source: { type: 'string', value: 'NAME', help: 'only of this source; operator for acts by hand' },
    since: { type: 'string', value: 'TIME', help: 'how far back: 30m, 1h (default), 7d' },
    limit: { type: 'string', value: 'N', help: 'only the newest N (default: 100)' },
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
    const target = await resolveTarget(given, io);
    const events = await readRecentEvents(target, { type, source: given.source, since, limit }, now);
    for (const event of events)
      io.print(given.json ? jsonLine(event) : `${storyLine(event)}  ${event.recipient ?? ''}`);
    if (events.length === 0) io.say(`${target.label} knows of nothing of the kind in this time.`);
    if (events.length === limit) io.say(`Perhaps not all: --limit shows more than ${limit}.`);
    return events.length > 0 ? EXIT.yes : EXIT.no;
  },
});
