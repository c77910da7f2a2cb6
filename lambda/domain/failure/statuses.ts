import type { Verdict } from './rule.ts';

/**
 * What a number says where no words do: RFC 3463, the IANA registry of enhanced status codes, and Microsoft's own. What is absent
 * (5.1.0, 5.0.0, 5.3.0 ...) says no more than "failed".
 */
export const BY_STATUS: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  ['5.1.1', ['hard', 'mailbox']],
  ['5.1.2', ['hard', 'domain']],
  ['5.1.3', ['hard', 'mailbox']],
  ['5.1.6', ['hard', 'mailbox']],
  ['5.1.7', ['block', 'policy']],
  ['5.1.8', ['block', 'policy']],
  ['5.1.10', ['hard', 'domain']],
  ['5.2.1', ['hard', 'mailbox']],
  ['5.2.2', ['soft', 'full']],
  ['5.2.3', ['soft', 'technical']],
  ['5.2.4', ['soft', 'technical']],
  ['5.2.121', ['soft', 'technical']],
  ['5.2.122', ['soft', 'technical']],
  ['5.3.1', ['soft', 'technical']],
  ['5.3.2', ['soft', 'technical']],
  ['5.3.4', ['soft', 'technical']],
  ['5.3.5', ['soft', 'technical']],
  ['5.4.1', ['soft', 'technical']],
  ['5.4.2', ['soft', 'technical']],
  ['5.4.3', ['soft', 'technical']],
  ['5.4.4', ['hard', 'domain']],
  ['5.4.5', ['soft', 'technical']],
  ['5.4.6', ['soft', 'technical']],
  ['5.4.7', ['soft', 'technical']],
  ['5.4.14', ['soft', 'technical']],
  ['5.4.300', ['soft', 'technical']],
  ['5.4.310', ['hard', 'domain']],
  ['5.4.312', ['soft', 'technical']],
  ['5.4.316', ['soft', 'technical']],
  ['5.5.3', ['soft', 'technical']],
]);

/** Numbers that also stand beside words nobody could read: they are used for too much else to count then. */
export const ONLY_ALONE: ReadonlySet<string> = new Set(['5.1.2', '5.1.10', '5.2.1', '5.4.4']);

/** Basic codes that say something, where there is no better number. */
export const BY_CODE: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [500, ['soft', 'technical']],
  [501, ['soft', 'technical']],
  [502, ['soft', 'technical']],
  [503, ['soft', 'technical']],
  [530, ['block', 'policy']],
  [535, ['block', 'policy']],
  [552, ['soft', 'full']],
  [556, ['hard', 'domain']],
  [571, ['block', 'policy']],
]);
