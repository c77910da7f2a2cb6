import type { EspApi } from './api.ts';

/** The ESPs whose own API Quell can use, by provider id. Loaded when asked for: none of it belongs into the functions that receive and process. */
const APIS: ReadonlyMap<string, () => Promise<EspApi>> = new Map([
  ['sparkpost', async () => (await import('./sparkpost/api.ts')).api],
  ['mailgun', async () => (await import('./mailgun/api.ts')).api],
  ['sendgrid', async () => (await import('./sendgrid/api.ts')).api],
  ['postmark', async () => (await import('./postmark/api.ts')).api],
]);

export const API_IDS: readonly string[] = [...APIS.keys()];

/** Undefined where this ESP has no API that Quell uses; its page in the docs says why. */
export const apiOf = async (provider: string): Promise<EspApi | undefined> => APIS.get(provider)?.();
