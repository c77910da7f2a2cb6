import type { Reply } from '../../../../lambda/domain/failure/index.ts';

/** `class/cause`, or the class alone where the reply tells no cause. */
export type Verdict = string;

export interface Row {
  readonly reply: Reply;
  readonly verdict: Verdict;
  /** Whose words. */
  readonly by: string;
  /** Where they are published, or the standard that explains them. */
  readonly source: string;
  readonly why: string;
}

type Written = readonly [verdict: Verdict, text: string, why: string, codes?: { code?: number; status?: string }];

export const of = (by: string, source: string, rows: readonly Written[]): readonly Row[] =>
  rows.map(([verdict, text, why, codes]) => ({ reply: { ...codes, text }, verdict, by, source, why }));
