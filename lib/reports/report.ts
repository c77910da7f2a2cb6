import type { Dialect } from './dialect.ts';

/** One question to the archive, asked the same way wherever it lies. */
export interface Report {
  readonly name: string;
  /** What it answers, in one sentence. */
  readonly about: string;
  /** The column that a chart draws, by the one that names its rows. */
  readonly chart?: { readonly label: string; readonly value: string };
  /** Its rows are those of `told`, in which machines are told from people, and not of `once`. */
  readonly ofPeople?: true;
  readonly body: (dialect: Dialect) => string;
}
