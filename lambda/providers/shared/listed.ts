import type { DropReason } from '../../domain/event/event.ts';

/** By what an ESP says of the entry on its list, the first that fits. Words about the sender or the mail name nobody. */
const REASONS: readonly (readonly [RegExp, DropReason])[] = [
  [/unsubscri|opt(?:ed)?[\s_-]?out/i, 'suppressed-unsubscribe'],
  [/complain|spam[\s_-]?(?:report|user|reporter)|(?:reported|marked)\b.*\bspam|\babuse/i, 'suppressed-complaint'],
  [/soft[\s_-]?bounce/i, 'suppressed-unknown'],
  [/bounce/i, 'suppressed-bounce'],
  [/\bsender\b|\bcontent\b|\bspam\b/i, 'policy'],
];

/**
 * Why an ESP did not try, in its own sentence: it only says that the address is on its list, or also what put it there. An entry
 * for an old soft bounce, or one that says nothing, ends by itself after the days of `suppressed-unknown`.
 */
export const listedFor = (said: string | undefined): DropReason =>
  REASONS.find(([words]) => words.test(said ?? ''))?.[1] ?? 'suppressed-unknown';
