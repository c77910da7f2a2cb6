import { RefusedRequest } from '../../domain/errors.ts';
import { parseElements, parseJson, TooManyValues, UnreadableJson } from '../../domain/json.ts';
import type { WebhookRequest } from '../provider.ts';

/** Most events of one request: those of the largest body that is taken, were each of 200 bytes. What is smaller is no event of an ESP's. */
export const MAX_EVENTS = 20_000;

/** The largest body of an ESP that posts one event: a larger one fits no message of the queue. */
export const ONE_EVENT_BYTES = 1024 * 1024;

/** The body as text. @throws RefusedRequest `unreadable` where it is empty or not UTF-8. */
export function bodyText(request: WebhookRequest): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(request.body);
  } catch {
    throw new RefusedRequest('unreadable', 'The body is not UTF-8.');
  }
  if (text.trim() === '') throw new RefusedRequest('unreadable', 'The body is empty.');
  return text;
}

/** The body parsed as JSON. @throws RefusedRequest `unreadable`, with an offset at most. */
export function bodyJson(request: WebhookRequest): { readonly text: string; readonly value: unknown } {
  const text = bodyText(request);
  return { text, value: readable(() => parseJson(text)) };
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    throw new RefusedRequest(
      error instanceof TooManyValues ? 'too-large' : 'unreadable',
      `The body is ${error.message}.`,
    );
  }
}

/** One JSON object, or an array of elements: each as its own slice. @throws RefusedRequest on any other JSON. */
export function jsonEvents(request: WebhookRequest): readonly string[] {
  const text = bodyText(request);
  const { value, slices } = readable(() => parseElements(text, MAX_EVENTS));
  if (typeof value !== 'object' || value === null) {
    throw new RefusedRequest('unreadable', 'The body is neither a JSON object nor an array.');
  }
  const empty = Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
  if (empty) throw new RefusedRequest('unreadable', 'The body holds no event.');
  return slices;
}

/** As {@link jsonEvents}, for providers that post exactly one object. */
export function jsonEvent(request: WebhookRequest): string[] {
  const { text, value } = bodyJson(request);
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0) {
    throw new RefusedRequest('unreadable', 'The body is not a JSON object with an event in it.');
  }
  return [text.trim()];
}
