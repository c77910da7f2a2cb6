import { createHash } from 'node:crypto';
import { CannotKnow } from '../../domain/cannot-know.ts';
import { type ApiAnswer, CursorLost } from '../api.ts';

/**
 * Reading a list page by page while it changes, and while its ESP may answer nonsense: nothing that stood there from beginning to end is
 * left out, whatever comes and goes meanwhile, and no token leads round in a circle. Rows may come twice: who reads puts them together.
 */

/** What is answered to the token of a page that has ended. */
const LOST: readonly number[] = [400, 404, 410, 422];

/** So many pages without anything, one after the other, are no list. */
const MOST_EMPTY = 1_000;
/** A list whose pages keep getting lost is begun again so often. */
const MOST_LOST = 5;
/** A list that keeps moving is read again so often, or a step back is made in it. */
const MOST_PASSES = 5;
/** Pages that bring nothing new, one after the other: rows do not move so far. */
export const MOST_STALE = 10;

interface Page<T, C> {
  readonly items: T;
  /** Empty pages in the middle are passed over; too many of them are an end. */
  readonly isEmpty: boolean;
  readonly next: C | undefined;
}

/**
 * Pages by a token that each tells of the next.
 * @param read undefined where the token is no longer known
 * @throws CursorLost where a token has ended; CannotKnow where the tokens lead round in a circle
 */
export async function* byCursor<T, C extends string>(
  read: (cursor: C | undefined) => Promise<Page<T, C> | undefined>,
): AsyncGenerator<T> {
  const tokens = new Set<string>();
  const pages = new Set<string>();
  for (let [cursor, empty, stale]: [C | undefined, number, number] = [undefined, 0, 0]; ; ) {
    const page: Page<T, C> | undefined = await read(cursor);
    if (page === undefined) throw new CursorLost();
    empty = page.isEmpty ? empty + 1 : 0;
    // Tokens may be new for ever while what they lead to is not.
    if (!page.isEmpty && isKnown(createHash('sha256').update(JSON.stringify(page.items)).digest('base64'), pages))
      stale++;
    if (!page.isEmpty) yield page.items;
    if (page.next === undefined) return;
    if (isKnown(page.next, tokens) || empty >= MOST_EMPTY || stale > MOST_STALE) throw astray();
    cursor = page.next;
  }
}

/** Allowed on all pages but the first, whose address is ours. */
export const afterFirst = (cursor: string | undefined): { readonly accepts?: readonly number[] } =>
  cursor === undefined ? {} : { accepts: LOST };

export const isLost = ({ status }: ApiAnswer): boolean => LOST.includes(status);

/** A list whose tokens may end while it is read: it is begun again. */
export async function* begunAgain<T>(read: () => AsyncIterable<T>): AsyncGenerator<T> {
  for (let lost = 1; ; lost++) {
    try {
      yield* read();
      return;
    } catch (error) {
      if (!(error instanceof CursorLost)) throw error;
      if (lost === MOST_LOST)
        throw new CannotKnow('The pages keep getting lost while they are read. Run the same command again.');
    }
  }
}

/**
 * By an offset that grows until nothing follows. Each page begins with the last row of the one before it: where it does not, rows have gone
 * and others moved up, and a step back is made. A page that is shorter than was asked for may be all that is given at once.
 */
export async function* byOffset<T>(read: (offset: number) => Promise<readonly T[]>): AsyncGenerator<readonly T[]> {
  let before: readonly string[] = [];
  for (let offset = 0, back = 0; ; ) {
    const page = await read(offset);
    const rows = page.map((row) => JSON.stringify(row));
    const found = before.includes(rows[0] ?? '');
    const follows = offset === 0 || found;
    const fresh = page.filter((_row, at) => !before.includes(rows[at] ?? ''));
    if (fresh.length > 0) yield fresh;
    if (follows && page.length <= 1) return;
    if (follows && rows.join() === before.join()) throw astray();
    if (!follows && ++back > MOST_PASSES) throw new CannotKnow(MOVING);
    offset = follows ? offset + page.length - 1 : Math.max(0, offset - Math.ceil(before.length / 2));
    // A step back to the beginning finds nothing again, and counts on: a list of two pages could be read for ever.
    if (follows) [before, back] = [rows, found ? 0 : back];
  }
}

/**
 * By page numbers, where nothing in a page says whether rows moved: more than one page is read again until nothing new stands between what
 * was there. What is new at either end came meanwhile, and moved nothing out of sight.
 */
export async function* byNumber<T>(
  read: (page: number) => Promise<{ readonly items: readonly T[]; readonly more: boolean }>,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    const order: boolean[] = [];
    let filled = 0;
    for (let [page, more, stale] = [1, true, 0]; more; page++) {
      const { items, more: follows } = await read(page);
      const known = items.map((item) => isKnown(JSON.stringify(item), seen));
      stale = known.includes(false) ? 0 : stale + 1;
      if (pass === 1 && stale > MOST_STALE) throw astray();
      order.push(...known);
      const fresh = items.filter((_item, at) => !known[at]);
      if (fresh.length > 0) yield fresh;
      more = follows && items.length > 0;
      filled += Number(items.length > 0);
    }
    const between = order.slice(order.indexOf(true), order.lastIndexOf(true));
    if (filled <= 1 || (pass > 1 && !between.includes(false))) return;
  }
  throw new CannotKnow(MOVING);
}

function isKnown(row: string, seen: Set<string>): boolean {
  const size = seen.size;
  return seen.add(row).size === size;
}

const MOVING = 'The list keeps moving while it is read. Run it again later.';

export const astray = (): CannotKnow =>
  new CannotKnow('The pages of the ESP lead round in a circle: what it answers is no list that ends.');
