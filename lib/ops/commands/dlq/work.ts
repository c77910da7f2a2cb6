import { pacer } from '../../cli/progress.ts';
import { notTaken, offer } from '../../stack/outbox.ts';
import type { Target } from '../../target/target.ts';
import { type Chosen, isChosen } from './groups.ts';
import { LetterBox } from './letters.ts';

/**
 * Puts letters back on the delivery queue; returns how many. A letter is deleted only once the queue has taken it: a crash doubles it,
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
    const { indexes, cause } = await offer(
      target,
      mine.map(({ body }) => body),
    );
    await box.remove(mine.filter((_letter, at) => !indexes.has(at)));
    redriven += mine.length - indexes.size;
    count(mine.length - indexes.size);
    if (indexes.size > 0) throw notTaken(indexes.size, mine.length, cause);
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
