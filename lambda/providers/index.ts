import type { Provider } from './provider.ts';
import { sendgrid } from './sendgrid.ts';

/** Every provider, one line each. The options' types are each provider's own; its schema checks them at synth. */
export const PROVIDERS: ReadonlyMap<string, Provider<never>> = new Map(
  [sendgrid].map((provider) => [provider.id, provider as unknown as Provider<never>]),
);
