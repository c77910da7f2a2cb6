/** Ends at `deadline` (epoch milliseconds); at once where that has passed. */
export const until = (deadline: number): AbortSignal =>
  AbortSignal.timeout(Math.max(0, Math.ceil(deadline - Date.now())));
