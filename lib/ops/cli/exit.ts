/** What a command's exit code says; scripts build on it. */
export const EXIT = { yes: 0, no: 1, usage: 2, cannotKnow: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
