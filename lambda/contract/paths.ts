/** Paths of the public API. `/v1` stays as it is once released. */
export const WEBHOOKS_PATH = '/webhooks/v1';

/** The URL that the ESP of a source is given. @param publicUrl without a trailing slash */
export const webhookUrl = (publicUrl: string, source: string): string => `${publicUrl}${WEBHOOKS_PATH}/${source}`;
