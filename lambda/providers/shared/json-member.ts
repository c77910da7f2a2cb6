import { RefusedRequest } from '../../domain/errors.ts';
import { sliceElements, sliceMember } from '../../domain/json.ts';
import { fields } from '../../domain/read.ts';
import type { WebhookRequest } from '../provider.ts';
import { bodyJson, MAX_EVENTS } from './body.ts';

/** The elements of a list inside the body's object (`{"events": [...]}`), each as its own slice. @throws RefusedRequest without any. */
export function jsonMemberEvents(request: WebhookRequest, name: string): string[] {
  const { text, value } = bodyJson(request);
  const member = Array.isArray(fields(value)[name]) ? sliceMember(text, name) : undefined;
  const events = member === undefined ? [] : sliceElements(member);
  if (events.length > MAX_EVENTS)
    throw new RefusedRequest('too-large', `The body holds more than ${MAX_EVENTS} events.`);
  if (events.length === 0) throw new RefusedRequest('unreadable', `The body holds no list of events named ${name}.`);
  return events;
}
