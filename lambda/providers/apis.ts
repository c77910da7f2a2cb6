import type { EspApi } from './api.ts';

/** The ESPs whose own API Quell can use, by provider id. Loaded when asked for: none of it belongs into the functions that receive and process. */
const APIS: ReadonlyMap<string, () => Promise<EspApi>> = new Map([
  ['sparkpost', async () => (await import('./sparkpost/api.ts')).api],
  ['mailgun', async () => (await import('./mailgun/api.ts')).api],
  ['sendgrid', async () => (await import('./sendgrid/api.ts')).api],
  ['postmark', async () => (await import('./postmark/api.ts')).api],
  ['resend', async () => (await import('./resend/api.ts')).api],
  ['brevo', async () => (await import('./brevo/api.ts')).api],
  ['mandrill', async () => (await import('./mandrill/api.ts')).api],
  ['mailersend', async () => (await import('./mailersend/api.ts')).api],
  ['mailtrap', async () => (await import('./mailtrap/api.ts')).api],
  ['lettermint', async () => (await import('./lettermint/api.ts')).api],
  ['scaleway', async () => (await import('./scaleway/api.ts')).api],
  ['unisender-go', async () => (await import('./unisender-go/api.ts')).api],
  ['ses', async () => (await import('./ses/api.ts')).api],
  ['smtp2go', async () => (await import('./smtp2go/api.ts')).api],
  ['klaviyo', async () => (await import('./klaviyo/api.ts')).api],
  ['customerio', async () => (await import('./customerio/api.ts')).api],
  ['mailjet', async () => (await import('./mailjet/api.ts')).api],
  ['elastic-email', async () => (await import('./elastic-email/api.ts')).api],
]);

export const API_IDS: readonly string[] = [...APIS.keys()];

/** Undefined where this ESP has no API that Quell uses; its page in the docs says why. */
export const apiOf = async (provider: string): Promise<EspApi | undefined> => APIS.get(provider)?.();

/** Those whose past events can be told from a webhook's, so that they can be read again. */
export const EVENT_API_IDS: readonly string[] = [
  'sparkpost',
  'mailgun',
  'sendgrid',
  'postmark',
  'lettermint',
  'scaleway',
  'unisender-go',
];

/** Those that keep their data by domain: a source of theirs says which. */
export const DOMAIN_API_IDS: readonly string[] = ['mailgun', 'mailersend', 'scaleway'];

/** Those of which neither events nor a list can be read: there is nothing that a webhook's events could be compared with. */
const NOT_COMPARED = new Set(['mailjet']);

/** Those that the scheduled comparison asks. */
export const COMPARED_API_IDS: readonly string[] = API_IDS.filter((id) => !NOT_COMPARED.has(id));

/** Requests are signed as the function itself, in place of a key. */
export const SIGNED_API_IDS: readonly string[] = ['ses'];

/** Those that the scheduled comparison asks with a key, which somebody has to store. */
export const KEYED_API_IDS: readonly string[] = COMPARED_API_IDS.filter((id) => !SIGNED_API_IDS.includes(id));
