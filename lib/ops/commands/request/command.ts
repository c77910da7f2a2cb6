import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { clean } from '../../words/clean.ts';
import { storyLine } from '../../words/story.ts';
import { parseDays } from '../../words/time.ts';
import type { RequestLine } from '../doctor/watch.ts';
import { watchOf } from '../doctor/watch-of.ts';

export const command = defineCommand({
  args: ['id'],
  changes: [],
  about: `
What became of one request, by the id that its answer held and the ESP's log shows: refused and why, or processed, with how many of its events were stored, had been known, are dead letters,
or wait to be tried again. Then its events: all of them with "requestId" in "searchKeys", else those that "events" lists. Read from the logs of the functions (a deployed stack: $0.005 per GB read).
Exit codes: 0 it is known, 1 it is not, 2 usage, 3 cannot know.`,
  options: {
    since: { type: 'string', value: 'TIME', help: 'how far back: 6h, 1d (default), 30d' },
    ...TARGET_OPTIONS,
  },
  example: 'ops request Jx3kPhZ9oAMEPfQ= --since 2d --stage prod',

  async run({ args: [id = ''], options: given, io }) {
    const { isRequestId, requestEvents } = await import('./request.ts');
    if (!isRequestId(id))
      throw new UsageError('request: that is not the id of a request, as an answer holds it: "requestId".');
    const now = Date.now();
    const since = now - parseDays('since', given.since ?? '1d');
    const target = await resolveTarget(given, io);
    const lines = await (await watchOf(target)).request(id, since);
    const { events, complete, cut } = await requestEvents(target, id, lines, now);
    if (given.json) io.print(jsonLine({ requestId: id, lines, events, complete, ...(cut && { cut }) }));
    else {
      for (const line of lines) io.print(`${new Date(line.at).toISOString()}  ${lineText(line)}`);
      for (const event of events) io.print(`  ${storyLine(event)}  ${clean(event.recipient ?? '')}`);
    }
    const known = lines.length > 0 || events.length > 0;
    if (!known)
      io.say(
        `${target.label} has no record of this request in this time. A request that was accepted appears here once it is processed.`,
      );
    else if (!complete && lines.some((line) => 'processed' in line))
      io.say(
        'Only events that went wrong are listed; all of them with "requestId" in "searchKeys" (docs/settings.md has its price).',
      );
    if (cut)
      io.say('So much went wrong around that time that not all of it was looked at: more may be of this request.');
    return known ? EXIT.yes : EXIT.no;
  },
});

function lineText(line: RequestLine): string {
  if ('refused' in line) return `refused: ${line.refused}${line.source === undefined ? '' : ` [${line.source}]`}`;
  const { stored, known, dead, again } = line.processed;
  const parts = [
    `${stored} stored`,
    known > 0 && `${known} known before`,
    dead > 0 && `${dead} dead ${dead === 1 ? 'letter' : 'letters'} (look: dlq)`,
    again > 0 && 'to be tried again',
  ];
  return `processed: ${parts.filter(Boolean).join(', ')}`;
}
