/**
 * What an ESP's API does on an ordinary bad day. Every client meets each of them, in what it reads of events and of lists, by hand and in
 * the scheduled comparison: the suites make a table of these names, and a client or a name without a case fails.
 */
export const SURROUNDINGS = [
  'pages that shift',
  '429 with Retry-After',
  '429 without a word',
  'index lag',
  'expired cursors',
  'auth failures',
  'duplicates',
  'empty pages',
] as const;

export type Surrounding = (typeof SURROUNDINGS)[number];

/** One case for each name; a name that is missing does not compile. */
export type Cases<C> = Readonly<Record<Surrounding, (client: C) => Promise<void>>>;

/** Answers that are JSON with status 200 and nothing that was asked for. */
export const OTHER_ANSWERS: readonly string[] = [
  '{"message":"Service temporarily unavailable"}',
  '{"error":{"code":503}}',
  '{"results":"none","data":"none","items":"none"}',
  '"ok"',
  'true',
  '12',
];
