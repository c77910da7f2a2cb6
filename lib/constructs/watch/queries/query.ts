import type { FunctionName } from '../../../../lambda/contract/env.ts';

/** One question to the log groups of functions, in the language of Logs Insights. */
export interface Query {
  readonly of: readonly FunctionName[];
  readonly lines: readonly string[];
}

export type QueriesByHeading = Readonly<Record<string, Query>>;
