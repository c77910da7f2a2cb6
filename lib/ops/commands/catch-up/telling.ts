import type { Progress } from '../../../../lambda/esp/read-events.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import type { Session } from '../../esp/session.ts';

/** How a catch-up ended, beside its counts. */
interface Ending {
  readonly lost: readonly string[];
  readonly comparable: boolean;
  readonly dry: boolean;
  readonly json: boolean;
  readonly lacks: string | undefined;
}

export function tell(
  { source, title }: Session,
  end: Progress,
  { lost, comparable, dry, json, lacks }: Ending,
  io: Io,
): ExitCode {
  const { fetched, missing, passed, unreadable } = end;
  if (json)
    io.print(
      jsonLine({
        source,
        fetched,
        ...(comparable && { missing }),
        passed,
        unreadable,
        dryRun: dry,
        to: new Date(end.trusted).toISOString(),
        lost,
      }),
    );
  else {
    io.print(`${fetched} fetched, ${comparable ? missing : 'unknown how many'} had not come by webhook.`);
    if (dry) io.print('Nothing was sent.');
  }
  if (!comparable)
    io.say(
      'Which of them had come stands in settings/<stage>.json, which this checkout lacks; each counts once all the same.',
    );
  if (passed > 0)
    io.say(`${passed} more cannot be told from others (masked, without id) or come by no webhook: left out.`);
  if (unreadable > 0) io.say(`${unreadable} more could not be read: left out. "ops normalize" tells of a single one.`);
  if (lacks !== undefined) io.say(`${title}'s API does not give: ${lacks}`);
  for (const sentence of lost) io.say(sentence);
  return lost.length > 0 || unreadable > 0 ? EXIT.no : EXIT.yes;
}
