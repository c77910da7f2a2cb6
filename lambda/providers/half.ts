import { PROVIDERS } from './index.ts';
import type { Half, USED } from './provider.ts';

/** A provider as the bundle of a function holds it; undefined where it does not. Handlers look nowhere else. */
export const providerIn = <F extends keyof typeof USED>(_function: F, id: string | undefined): Half<F> | undefined =>
  PROVIDERS.get(id ?? '');
