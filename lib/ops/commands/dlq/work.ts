import { pacer } from '../../../../lambda/aws/effort.ts';
import { audited } from '../../audit/audited.ts';
import { notTaken, offer, type Way } from '../../stack/outbox.ts';
import { wayOf } from '../../stack/way.ts';
import type { Target } from '../../target/target.ts';
import type { Hand } from '../../words/author.ts';
import { type Chosen, isChosen } from './groups.ts';
import { type Letter, LetterBox } from './letters.ts';

/** How letters are worked on. */
interface Work {
  readonly hand: Hand;
  /** Called with each batch. */
  count?(by: number): void;
  say?(line: string): void;
}

/**
 * Puts letters back on the queues that take them; returns how many. A letter is deleted only once the queue has taken it: a crash doubles it,
 * never loses it. Letters that repeat another go back as one.
 * @param rate letters a second
 */
export const redriveLetters = (target: Target, chosen: Chosen, rate: number, work: Work): Promise<number> =>
  audited(target, { what: 'dlq redrive', ...aboutOf(chosen), ...work }, async (act) => {
    const begun = Date.now();
    const box = await LetterBox.of(target);
    const pace = pacer(rate);
    const sent = new Set<string>();
    let redriven = 0;
    for await (const letters of box.look()) {
      // What is buried again meanwhile is the same letter: it would go round and round.
      const mine = letters.filter((letter) => isChosen(chosen)(letter) && letter.sentAt < begun);
      if (mine.length === 0) continue;
      await pace(mine.length);
      for (const [way, some] of Map.groupBy(mine, (letter) => wayBack(target, letter))) {
        const once = unlike(some.filter(({ digest }) => !sent.has(digest)));
        const { indexes, cause } = await offer(
          target,
          once.map(({ body }) => body),
          way,
        );
        for (const [at, { digest }] of once.entries()) if (!indexes.has(at)) sent.add(digest);
        const taken = some.filter(({ digest }) => sent.has(digest));
        act.count('redriven', taken.length);
        await box.remove(taken);
        redriven += taken.length;
        work.count?.(taken.length);
        if (indexes.size > 0) throw notTaken(indexes.size, once.length, cause);
      }
    }
    return redriven;
  });

/** One of each, the first. */
const unlike = (letters: readonly Letter[]): Letter[] => [
  ...new Map(letters.toReversed().map((letter) => [letter.digest, letter])).values(),
];

/** Deletes letters for good; returns how many. */
export const dropLetters = (target: Target, chosen: Chosen, work: Work): Promise<number> =>
  audited(target, { what: 'dlq drop', ...aboutOf(chosen), ...work }, async (act) => {
    const box = await LetterBox.of(target);
    let dropped = 0;
    for await (const letters of box.look()) {
      const gone = await box.remove(letters.filter(isChosen(chosen)));
      act.count('dropped', gone);
      dropped += gone;
    }
    return dropped;
  });

/** Which letters, in the words of the audit. */
function aboutOf({ reason, source, nameless, id }: Chosen) {
  const on = [reason, source, id].filter((one) => one !== undefined);
  const how = on.length === 0 ? 'all' : nameless ? 'those of no known source' : undefined;
  return { on, how };
}

/** What came by a queue that it may not come by must not get, by our own hand, to the one that would obey it. */
const wayBack = (target: Target, { reason, body }: Letter): Way =>
  reason === 'wrong-queue' ? 'delivery' : wayOf(target, body);
