import type { BounceCause, BounceClass } from '../event/event.ts';

export type Verdict = readonly [BounceClass, BounceCause?];

/** One thing that a reply can say. What it stands for in the world is told in notes/, under the same name. */
export interface Rule {
  readonly name: string;
  /** Tried on the words of a reply as `wordsOf` gives them: small letters, no accents, no names of hosts or people. */
  readonly says: RegExp;
  /** Says something else where this is said too. */
  readonly unless?: RegExp;
  /** Only under this enhanced status. */
  readonly status?: string;
  /** Too weak to stand against numbers that say "refused" (5.7.x), "full" (5.2.2, 552) or "later": nothing is decided then. */
  readonly weak?: true;
  readonly verdict: Verdict;
}

export const SENDER: Verdict = ['block', 'policy'];
export const LATER: Verdict = ['soft', 'technical'];
export const FULL: Verdict = ['soft', 'full'];
export const MAILBOX: Verdict = ['hard', 'mailbox'];
export const DOMAIN: Verdict = ['hard', 'domain'];

/**
 * A rule's pattern from readable pieces. Spaces are spaces, accents may be written; `unless` is told to `rule`. No piece may
 * repeat without a bound, nor repeat what repeats: a test holds that, so that no text can make a pattern slow.
 */
export const says = (...pieces: readonly string[]): RegExp => new RegExp(fold(pieces.join('|')), 'u');

/** Latin letters without accents; all other letters whole. */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/([a-zA-Z])\p{Mn}{1,4}/gu, '$1')
    .normalize('NFC');
