import { pacer } from '../../../../lambda/aws/effort.ts';
import { notTaken, offer, type Way } from '../../stack/outbox.ts';
import { wayOf } from '../../stack/way.ts';
import type { Target } from '../../target/target.ts';
import { type Chosen, isChosen } from './groups.ts';
import { type Letter, LetterBox } from './letters.ts';

/**
 * Puts letters back on the queues that take them; returns how many. A letter is deleted only once the queue has taken it: a crash doubles it,
 * never loses it.
 * @param rate letters a second
 * @param count is told of each batch
 */
export async function redriveLetters(
  target: Target,
  chosen: Chosen,
  rate: number,
  count: (by: number) => void = () => {},
): Promise<number> {
  const begun = Date.now();
  const box = await LetterBox.of(target);
  const pace = pacer(rate);
  let redriven = 0;
  for await (const letters of box.look()) {
    // What is buried again meanwhile is the same letter: it would go round and round.
    const mine = letters.filter((letter) => isChosen(chosen)(letter) && letter.sentAt < begun);
    if (mine.length === 0) continue;
    await pace(mine.length);
    for (const [way, some] of Map.groupBy(mine, (letter) => wayBack(target, letter))) {
      const { indexes, cause } = await offer(
        target,
        some.map(({ body }) => body),
        way,
      );
      await box.remove(some.filter((_letter, at) => !indexes.has(at)));
      redriven += some.length - indexes.size;
      count(some.length - indexes.size);
      if (indexes.size > 0) throw notTaken(indexes.size, some.length, cause);
    }
  }
  return redriven;
}

/** Deletes letters for good; returns how many. */
export async function dropLetters(target: Target, chosen: Chosen): Promise<number> {
  const box = await LetterBox.of(target);
  let dropped = 0;
  for await (const letters of box.look()) dropped += await box.remove(letters.filter(isChosen(chosen)));
  return dropped;
}

/** What came by a queue that it may not come by must not get, by our own hand, to the one that would obey it. */
const wayBack = (target: Target, { reason, body }: Letter): Way =>
  reason === 'wrong-queue' ? 'delivery' : wayOf(target, body);
