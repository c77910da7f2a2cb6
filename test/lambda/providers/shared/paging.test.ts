import { describe, expect, test } from '@jest/globals';
import { CursorLost } from '../../../../lambda/providers/api.ts';
import {
  afterFirst,
  begunAgain,
  byCursor,
  byNumber,
  byOffset,
  isLost,
  MOST_STALE,
} from '../../../../lambda/providers/shared/paging.ts';
import { pagesOf } from '../../../support/esp/recorded.ts';

/** Lists that are read page by page, of an ESP that may answer anything. */

const CIRCLE = 'The pages of the ESP lead round in a circle: what it answers is no list that ends.';
const MOVES = 'The list keeps moving while it is read. Run it again later.';

describe('pages that each tell of the next', () => {
  /** @param next which page follows which; a page of no items is empty */
  const read = (pageOf: (at: number) => { items: readonly unknown[]; next: string | undefined } | undefined) => {
    const asked: (string | undefined)[] = [];
    const pages = byCursor<readonly unknown[], string>(async (cursor) => {
      asked.push(cursor);
      const page = pageOf(asked.length);
      return page && { ...page, isEmpty: page.items.length === 0 };
    });
    return { asked, pages };
  };

  test('are read to the one that tells of none; empty ones are passed over', async () => {
    const { pages, asked } = read((at) => ({ items: at === 2 ? [] : [at], next: at < 3 ? `t${at}` : undefined }));
    expect(await pagesOf(pages)).toEqual([[1], [3]]);
    expect(asked).toEqual([undefined, 't1', 't2']);
  });

  test('of a token that comes again are a circle', async () => {
    await expect(pagesOf(read((at) => ({ items: [at], next: 'again' })).pages)).rejects.toThrow(CIRCLE);
  });

  test('that bring what was there before, more than ten times, are a circle whatever their tokens', async () => {
    const same = (times: number) =>
      pagesOf(read((at) => ({ items: ['same'], next: at <= times ? `t${at}` : undefined })).pages);
    expect(MOST_STALE).toBe(10);
    expect(await same(11)).toHaveLength(12);
    await expect(same(12)).rejects.toThrow(CIRCLE);
  });

  test('that are empty, a thousand one after the other, are no list; what came between counts', async () => {
    const empty = (times: number) =>
      pagesOf(read((at) => ({ items: [], next: at <= times ? `t${at}` : undefined })).pages);
    expect(await empty(999)).toEqual([]);
    await expect(empty(1000)).rejects.toThrow(CIRCLE);
    const between = read((at) => ({ items: at % 900 === 0 ? [at] : [], next: at < 1850 ? `t${at}` : undefined }));
    expect(await pagesOf(between.pages)).toEqual([[900], [1800]]);
  });

  test('of a token that has ended are lost', async () => {
    await expect(pagesOf(read(() => undefined).pages)).rejects.toBeInstanceOf(CursorLost);
    expect([afterFirst(undefined), afterFirst('t')]).toEqual([{}, { accepts: [400, 404, 410, 422] }]);
    expect([200, 400, 404, 410, 422, 500].filter((status) => isLost({ status, text: '', json: {} }))).toEqual([
      400, 404, 410, 422,
    ]);
  });

  test('that get lost are begun again, five times in all', async () => {
    const lostUntil = (good: number) => {
      let begun = 0;
      return pagesOf(
        begunAgain(async function* () {
          begun++;
          yield begun;
          if (begun < good) throw new CursorLost();
        }),
      );
    };
    expect(await lostUntil(5)).toEqual([1, 2, 3, 4, 5]);
    await expect(lostUntil(6)).rejects.toThrow('keep getting lost');
    const failing = begunAgain<never>(() => {
      throw new RangeError('other');
    });
    await expect(pagesOf(failing)).rejects.toBeInstanceOf(RangeError);
  });
});

describe('pages by an offset', () => {
  /** A list whose rows come and go between two reads. @param changes by the number of the read before which they are made */
  const reading = (
    first: readonly string[],
    size: number,
    changes: Readonly<Record<number, readonly string[]>> = {},
  ) => {
    let rows = first;
    const offsets: number[] = [];
    const pages = byOffset(async (offset) => {
      offsets.push(offset);
      rows = changes[offsets.length] ?? rows;
      return rows.slice(offset, offset + size);
    });
    return { offsets, pages };
  };

  test('each begin with the last row of the one before; one that brings no more is the end', async () => {
    const { pages, offsets } = reading(['a', 'b', 'c', 'd', 'e'], 3);
    expect(await pagesOf(pages)).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
    expect(offsets).toEqual([0, 2, 4]);
    const none = reading([], 3);
    expect([await pagesOf(none.pages), none.offsets]).toEqual([[], [0]]);
    const one = reading(['a'], 3);
    expect([await pagesOf(one.pages), one.offsets]).toEqual([[['a']], [0]]);
  });

  test('out of which rows have gone are stepped back in: nothing that stayed is left out', async () => {
    const { pages, offsets } = reading(['a', 'b', 'c', 'd', 'e', 'f'], 4, { 2: ['c', 'd', 'e', 'f'] });
    // Rows may come twice.
    expect(new Set((await pagesOf(pages)).flat())).toEqual(new Set('abcdef'));
    expect(offsets.slice(0, 3)).toEqual([0, 3, 1]);
  });

  test('that never follow each other are given up, after five steps back', async () => {
    let n = 0;
    const pages = byOffset(async () => ['x', 'y', 'z'].map((name) => `${name}${n++}`));
    await expect(pagesOf(pages)).rejects.toThrow(MOVES);
    // Each time from the beginning to what should follow it.
    expect(n).toBe(3 * 2 * 6);
  });

  test('that are the same whatever the offset are a circle', async () => {
    await expect(pagesOf(byOffset(async () => ['a', 'b']))).rejects.toThrow(CIRCLE);
  });
});

describe('pages by number', () => {
  const reading = (pagesAt: (pass: number, page: number) => readonly string[] | undefined) => {
    const asked: number[] = [];
    let pass = 0;
    const pages = byNumber(async (page) => {
      if (page === 1) pass++;
      asked.push(page);
      return { items: pagesAt(pass, page) ?? [], more: pagesAt(pass, page + 1) !== undefined };
    });
    return { asked, pages };
  };

  test('one page is read once; several once more, and nothing twice', async () => {
    const one = reading((_pass, page) => (page === 1 ? ['a', 'b'] : undefined));
    expect([await pagesOf(one.pages), one.asked]).toEqual([[['a', 'b']], [1]]);
    const two = reading((_pass, page) => [['a', 'b'], ['c']][page - 1]);
    expect([await pagesOf(two.pages), two.asked]).toEqual([
      [['a', 'b'], ['c']],
      [1, 2, 1, 2],
    ]);
    const none = reading(() => undefined);
    expect([await pagesOf(none.pages), none.asked]).toEqual([[], [1]]);
  });

  test('what moved out of sight between two pages is found by reading again', async () => {
    // "a" goes after the first page, and "c" moves up onto it.
    const { pages, asked } = reading(
      (pass, page) => (pass === 1 ? [['a', 'b'], ['d']] : [['b', 'c'], ['d']])[page - 1],
    );
    expect((await pagesOf(pages)).flat()).toEqual(['a', 'b', 'd', 'c']);
    expect(asked).toEqual([1, 2, 1, 2, 1, 2]);
  });

  test('what is new at either end came meanwhile, and moved nothing', async () => {
    const { pages, asked } = reading(
      (pass, page) =>
        (pass === 1
          ? [['b', 'c'], ['d']]
          : [
              ['a', 'b', 'c'],
              ['d', 'e'],
            ])[page - 1],
    );
    expect((await pagesOf(pages)).flat()).toEqual(['b', 'c', 'd', 'a', 'e']);
    expect(asked).toEqual([1, 2, 1, 2]);
  });

  test('a list that is never the same twice is given up after five times', async () => {
    const { pages, asked } = reading(
      (pass, page) =>
        [
          ['a', `${pass}`],
          ['b', 'c'],
        ][page - 1],
    );
    await expect(pagesOf(pages)).rejects.toThrow(MOVES);
    expect(asked).toHaveLength(10);
  });

  test('the same page under each number is a circle', async () => {
    await expect(pagesOf(byNumber(async () => ({ items: ['a'], more: true })))).rejects.toThrow(CIRCLE);
  });
});
