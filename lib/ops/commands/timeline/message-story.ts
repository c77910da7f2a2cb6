import type { EventType } from '../../../../lambda/contract/event/types.ts';
import { isInternal } from '../../../../lambda/contract/tables.ts';
import { EXIT, type ExitCode } from '../../cli/exit.ts';
import { type Io, jsonLine } from '../../cli/io.ts';
import type { StoredEvent } from '../../stack/events/stored.ts';
import type { Target } from '../../target/target.ts';
import { clean } from '../../words/clean.ts';
import { storyLine } from '../../words/story.ts';

/** One mail's story, or that of mails with the same custom data: for each recipient how it ended, then what happened. */
export function tellMessage(target: Target, events: readonly StoredEvent[], json: boolean, io: Io): ExitCode {
  if (json) for (const event of events) io.print(jsonLine(event));
  else
    for (const [recipient, own] of Map.groupBy(events, (event) => event.recipient)) {
      io.print(clean(`${named(recipient)}: ${outcome(own)}`));
      for (const event of own) io.print(`  ${storyLine(event)}`);
    }
  if (events.length === 0) io.say(`${target.label} holds no event of this mail.`);
  return events.length > 0 ? EXIT.yes : EXIT.no;
}

/** Events that name nobody are kept in partitions that no address can be. */
const named = (recipient: string | undefined): string =>
  recipient === undefined || isInternal(recipient) ? 'nobody named' : recipient;

/** What each type says about the end of a mail, the weightiest first; nothing where it says none, or where it is said above. */
const ENDINGS: Readonly<Record<EventType, string | undefined>> = {
  complained: 'marked as spam',
  unsubscribed: 'unsubscribed',
  bounced: 'bounced',
  dropped: 'not sent',
  deferred: 'delayed',
  accepted: undefined,
  delivered: undefined,
  opened: undefined,
  clicked: undefined,
  resubscribed: undefined,
  inbound: undefined,
  unknown: undefined,
  suppressed: undefined,
  lifted: undefined,
};

const BY_WEIGHT = Object.keys(ENDINGS) as EventType[];

/** What became of a mail, in one sentence. */
export function outcome(events: readonly StoredEvent[]): string {
  const of = (type: EventType) => events.filter((event) => event.type === type);
  const [accepted] = of('accepted');
  const [delivered] = of('delivered');
  const said = [
    delivered && `delivered${after(accepted, delivered)}`,
    times('opened', of('opened')),
    times('clicked', of('clicked')),
    ...BY_WEIGHT.map((type) => of(type).length > 0 && ENDINGS[type]),
  ].filter(Boolean);
  return said.length > 0 ? said.join(', ') : accepted ? 'accepted, nothing more is known' : 'see below';
}

function times(what: string, events: readonly StoredEvent[]): string | false {
  if (events.length === 0) return false;
  const count = events.length === 1 ? 'once' : `${events.length} times`;
  const by = (words: string, some: readonly StoredEvent[]) =>
    some.length > 0 && `${some.length === events.length ? 'all' : some.length} ${words}`;
  const machines = Map.groupBy(
    events,
    ({ machine, machineWhy }) => machine && (machineWhy === 'proxy' ? 'proxy' : 'machine'),
  );
  const said = [
    by('by a machine', machines.get('machine') ?? []),
    by('through a proxy', machines.get('proxy') ?? []),
  ].filter(Boolean);
  return `${what} ${count}${said.length > 0 ? ` (${said.join(', ')})` : ''}`;
}

function after(first: StoredEvent | undefined, then: StoredEvent): string {
  if (first?.occurredAt === undefined || then.occurredAt === undefined) return '';
  const seconds = Math.round((Date.parse(then.occurredAt) - Date.parse(first.occurredAt)) / 1000);
  if (seconds < 0) return '';
  return ` after ${seconds < 120 ? `${seconds} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`}`;
}
