import { normaliseAddress } from '../../../../lambda/domain/address.ts';
import type { ActRecord } from '../../audit/act.ts';
import { actLine } from '../../audit/line.ts';
import { untoldActs } from '../../audit/untold.ts';
import { defineCommand } from '../../cli/command.ts';
import { UsageError } from '../../cli/errors.ts';
import { EXIT } from '../../cli/exit.ts';
import { jsonLine } from '../../cli/io.ts';
import { readEvents, type StoredEvent } from '../../stack/events/stored.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { TARGET_OPTIONS } from '../../target/target.ts';
import { storyLine } from '../../words/story.ts';
import { parseCount } from '../../words/time.ts';
import { whyLines } from './why-lines.ts';

export const command = defineCommand({
  args: ['address?'],
  about: `
Prints what happened to one address, one event per line, the newest last: time, type, what it means, source and message id.
With --why each event is followed by what it came to on the suppression list, by the policy of the stage, or why it changed nothing.
With --message it shows one mail's story instead, by recipient, with its outcome first; that needs "byMessageIndex" in the settings. A Message-ID in its brackets
is understood where the ESP's id is made of it. With --key it shows the same of all events with one value of the custom data; that needs the key in "searchKeys".
What was done by hand and left no event (at an ESP, cut off, refused) stands between them, in JSON as {"act": ...}.
Events are kept for the retention of the settings (35 days unless set).
Exit codes: 0 there are events, 1 there are none, 2 usage, 3 cannot know (the table could not be read).`,
  options: {
    message: { type: 'string', value: 'ID', help: "the ESP's id of a mail, as other lines show it" },
    key: { type: 'string', value: 'NAME=VALUE', help: 'custom data of a mail, such as order_id=4711' },
    why: {
      type: 'boolean',
      help: 'also what each event came to: a suppression, or why none, and which rule read its reply',
    },
    limit: { type: 'string', value: 'N', help: 'only the newest N (default: 100)' },
    ...TARGET_OPTIONS,
  },
  changes: [],
  example: 'ops timeline ada@example.com --limit 20 --local',

  async run({ args, options: given, io }) {
    if ([args[0], given.message, given.key].filter((one) => one !== undefined).length !== 1)
      throw new UsageError('timeline: name an address, or a mail with --message, or custom data with --key.');
    if (given.message !== undefined || given.key !== undefined) {
      const [, key = '', value = ''] = /^([^=]+)=(.+)$/s.exec(given.key ?? '') ?? [];
      if (given.key !== undefined && key === '')
        throw new UsageError('timeline: --key is NAME=VALUE, such as order_id=4711.');
      const target = await resolveTarget(given, io);
      const { tellMessage } = await import('./message-story.ts');
      const { readEventsBy, readMessageEvents } = await import('../../stack/events/of-message.ts');
      const events =
        given.message === undefined
          ? await readEventsBy(target, key, value)
          : await readMessageEvents(target, given.message);
      return tellMessage(target, events, given.json === true, io);
    }
    const address = normaliseAddress(args[0] as string);
    if (address === undefined) throw new UsageError('timeline: that is not an e-mail address.');
    const limit = parseCount('limit', given.limit ?? '100', 1_000_000);
    const target = await resolveTarget(given, io);
    // One more than asked for shows whether there are older ones.
    const found = await readEvents(target, address, limit + 1);
    const events = found.slice(-limit);
    const why = given.why ? await (await import('./why.ts')).whyOf(target, address) : undefined;
    const acts = await untoldActs(target, address, events, found.length > limit);
    for (const one of inOrder(events, acts)) {
      if ('what' in one) {
        io.print(given.json ? jsonLine({ act: one }) : actLine(one));
        continue;
      }
      const reason = why?.(one);
      if (given.json) io.print(jsonLine(reason ? { ...one, why: reason } : one));
      else for (const line of [storyLine(one), ...(reason ? whyLines(reason) : [])]) io.print(line);
    }
    if (found.length > limit) io.say(`Older events exist: --limit shows more than ${limit}.`);
    const known = found.length + acts.length > 0;
    if (!known) io.say(`${target.label} holds no event of ${address}.`);
    return known ? EXIT.yes : EXIT.no;
  },
});

/** The events in their order, with each act before the first event of a later time. */
function* inOrder(events: readonly StoredEvent[], acts: readonly ActRecord[]): Generator<StoredEvent | ActRecord> {
  const left = [...acts];
  for (const event of events) {
    while (left[0] && left[0].at < (event.occurredAt ?? '')) yield left.shift() as ActRecord;
    yield event;
  }
  yield* left;
}
