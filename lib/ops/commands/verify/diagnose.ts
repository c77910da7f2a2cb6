import { type RefusalReason, RefusedRequest } from '../../../../lambda/domain/errors.ts';
import type { Proof, Provider } from '../../../../lambda/providers/provider.ts';
import { type Attempt, clockGuesses, type Finding, type Guess, guesses } from './guesses.ts';

export type Outcome = { readonly proof: Proof } | { readonly refused: RefusedRequest };

/** Refusals that a slip on our side can cause; the rest say themselves what to change. */
const EXPLAINABLE = new Set<RefusalReason>(['bad-proof', 'missing-proof', 'secret-unreadable']);

export async function attempt(provider: Provider<unknown>, { request, context }: Attempt): Promise<Outcome> {
  try {
    return { proof: await provider.verify(request, context) };
  } catch (error) {
    if (error instanceof RefusedRequest) return { refused: error };
    throw error;
  }
}

/**
 * Why a request is refused: repeats the check with each usual mistake undone and keeps what makes it pass. A stale time hides
 * whatever else is wrong, so it is settled first.
 * @param others secrets of the stack's other sources, by their names
 */
export async function diagnose(
  provider: Provider<unknown>,
  failed: Attempt,
  refused: RefusedRequest,
  others: ReadonlyMap<string, readonly string[]> = new Map(),
): Promise<readonly Finding[]> {
  if (refused.reason === 'stale') {
    const clock = await firstThat(provider, clockGuesses(failed), ({ reason }) => reason !== 'stale');
    if (!clock) return [];
    const outcome = await attempt(provider, clock);
    if ('proof' in outcome) return [clock.finding];
    return [clock.finding, ...(await diagnose(provider, clock, outcome.refused, others))];
  }
  if (!EXPLAINABLE.has(refused.reason)) return [];
  const guess = await firstThat(provider, guesses(failed, others), () => false);
  return guess ? [guess.finding] : [];
}

/** The first guess that passes, or is refused for a reason that `settles` the question asked. */
async function firstThat(
  provider: Provider<unknown>,
  from: Iterable<Guess>,
  settles: (refused: RefusedRequest) => boolean,
): Promise<Guess | undefined> {
  for (const guess of from) {
    const outcome = await attempt(provider, guess);
    if ('proof' in outcome || settles(outcome.refused)) return guess;
  }
  return undefined;
}
