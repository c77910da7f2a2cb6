import { RefusedRequest } from '../../domain/errors.ts';
import { parseJson, UnreadableJson } from '../../domain/json.ts';
import type { WebhookRequest } from '../provider.ts';
import { bodyText, MAX_EVENTS } from './body.ts';

/**
 * One JSON document per line, each line a raw event. A line that is no JSON is one too, so that it is dead-lettered alone and its
 * neighbours survive; only a body without any readable line is refused.
 */
export function jsonLines(request: WebhookRequest): string[] {
  const written = bodyText(request).split('\n', MAX_EVENTS + 1);
  if (written.length > MAX_EVENTS) throw new RefusedRequest('too-large', `The body has more than ${MAX_EVENTS} lines.`);
  const lines = written.map((line) => line.trim()).filter((line) => line !== '');
  if (!lines.some(isObject)) throw new RefusedRequest('unreadable', 'No line of the body is a JSON object.');
  // With a space in front it is no JSON object to the queue message, and breaks nobody else.
  return lines.map((line) => (line.startsWith('{') && !isObject(line) ? ` ${line}` : line));
}

function isObject(line: string): boolean {
  try {
    return line.startsWith('{') && typeof parseJson(line) === 'object';
  } catch (error) {
    if (!(error instanceof UnreadableJson)) throw error;
    return false;
  }
}
