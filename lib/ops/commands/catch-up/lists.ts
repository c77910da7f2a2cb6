import { randomUUID } from 'node:crypto';
import { interpreter } from '../../../../lambda/domain/interpret.ts';
import { packMessages } from '../../../../lambda/domain/message.ts';
import { LISTED } from '../../../../lambda/domain/suppression/listed.ts';
import { type Act, audited } from '../../audit/audited.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import { counter } from '../../cli/progress.ts';
import { partOf, type Session } from '../../esp/session.ts';
import { recordedOf } from '../../stack/events/known.ts';
import { fitting } from '../../stack/outbox.ts';
import { readingOf } from '../../stack/reading.ts';
import type { Target } from '../../target/target.ts';
import type { Hand } from '../../words/author.ts';
import { Sender } from '../replay/sender.ts';

const META = { [LISTED]: '1' };

/** Sends what stands on the ESP's own lists, each entry once: state, not events. An interrupted run is begun again, and changes nothing twice. */
export async function mirrorLists(
  target: Target,
  session: Session,
  {
    dry,
    json,
    rate,
    hand,
  }: { readonly dry: boolean; readonly json: boolean; readonly rate: number; readonly hand: Hand },
  io: Io,
): Promise<ExitCode> {
  const { source, title, api, context } = session;
  const lists = partOf(session, api.lists, 'past events and no lists');
  const pages = partOf(session, lists.read, 'past events and no list to read');
  const reading = readingOf(target, source);
  if (!reading) throw new UsageError(`${target.label} has no such source.`);
  const interpret = interpreter(source, reading);
  const sender = new Sender(target, rate);
  const count = counter(io, "entries of the ESP's lists");
  const seen = new Set<string>();
  const tally = { fetched: 0, missing: 0, untimed: 0 };
  const work = async (act?: Act): Promise<void> => {
    for await (const page of pages.call(lists, context)) {
      const receivedAt = new Date().toISOString();
      const taken = page.flatMap((entry) => {
        const raw = JSON.stringify(entry);
        const meaning = interpret(raw, META, { receivedAt });
        const [event] = 'poison' in meaning ? [] : meaning.events;
        if (!event || seen.has(event.fingerprint)) return [];
        seen.add(event.fingerprint);
        return [{ raw, event }];
      });
      const recorded = await recordedOf(
        target,
        taken.map(({ event }) => event),
      );
      tally.fetched += taken.length;
      tally.missing += taken.length - recorded.size;
      tally.untimed += taken.filter(({ event }) => event.occurredAt === undefined).length;
      count(taken.length);
      if (dry || taken.length === 0) continue;
      const envelope = {
        source,
        channel: 'api',
        receivedAt,
        requestId: randomUUID(),
        origin: 'live',
        meta: META,
      } as const;
      const raws = taken.map(({ raw }) => raw);
      const { fit, tooLarge } = fitting(packMessages(envelope, raws));
      await sender.send(fit, raws.length);
      act?.count('entries sent', raws.length - tooLarge);
    }
  };
  const intent = { what: 'catch-up', hand, on: [source], how: 'lists', say: io.say } as const;
  if (dry) await work();
  else await audited(target, intent, work);
  if (json) io.print(jsonLine({ source, lists: true, ...tally, dryRun: dry }));
  else
    io.print(
      `${tally.fetched} entries of ${title}'s lists fetched, ${tally.missing} were not known.${dry ? ' Nothing was sent.' : ''}`,
    );
  if (tally.untimed > 0)
    io.say(`${tally.untimed} have no time that can be read: they are recorded and suppress nobody.`);
  if (lists.lacks !== undefined) io.say(`${title}: ${lists.lacks}`);
  return EXIT.yes;
}
