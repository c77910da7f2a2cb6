import type { RateKind } from '../contract/logs.ts';
import type { NormalisedEvent } from './event/event.ts';

/**
 * What of an event counts, and how much; undefined where it is in no rate, such as a list that an ESP repeats. A complaint that names
 * several people is one complaint, of nobody knows whom: each of them counts as a share of it.
 */
export function rateCount({
  type,
  bounceClass,
  candidates = 1,
  echo,
}: NormalisedEvent): [RateKind, number] | undefined {
  if (echo) return undefined;
  if (type === 'delivered') return ['delivered', 1];
  if (type === 'bounced') return [bounceClass ?? 'undetermined', 1];
  return type === 'complained' ? ['complained', 1 / candidates] : undefined;
}

/** Thirds that add up to one do so without a rest. */
export const rounded = (count: number): number => Math.round(count * 1e6) / 1e6;
