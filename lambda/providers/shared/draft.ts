import type { Draft } from '../../domain/event/event.ts';
import { present } from '../../domain/read.ts';

type Facts = { readonly [K in keyof Omit<Draft, 'providerEvent'>]: Draft[K] | undefined } & {
  /** Where it is more than the word. */
  readonly providerEvent?: string;
};

/**
 * What an event says, as a draft: members that are undefined are left out.
 * @param word the ESP's own word for the event; an event without one is `unnamed`
 */
export const draft = (word: string, facts: Facts): Draft => ({
  providerEvent: word || 'unnamed',
  ...(present(facts) as Omit<Draft, 'providerEvent'>),
});
