import { PoisonEvent, RefusedRequest } from '../../../domain/errors.ts';
import type { Fields } from '../../../domain/read.ts';
import type { WebhookRequest } from '../../provider.ts';
import { bodyText, jsonEvent } from '../body.ts';
import { rawFields } from '../raw.ts';

/**
 * `application/x-www-form-urlencoded` with bracket keys (`data[merges][EMAIL]`), as some ESPs post it. Keys are the sender's to
 * choose, so their number and depth are bounded and none can reach a prototype.
 */

/** More fields than any ESP sends. */
export const MAX_FORM_FIELDS = 1000;
/** Longer names than any ESP has, custom ones included. */
const MAX_FORM_NAME = 1000;
/** Levels below the first name: `a[b][c]` has two. */
export const MAX_FORM_DEPTH = 8;

/** Text is not a form we accept. `message` never holds the input. */
class UnreadableForm extends Error {
  override readonly name = 'UnreadableForm';
}

type Node = Record<string, unknown>;

/** Objects have no prototype: a field named `constructor` is a field. */
const node = (): Node => Object.create(null) as Node;

/**
 * The fields of a form; `a[]` counts up from 0. Where a name comes twice the first stands, so that nothing appended to a form
 * overrides a field before it. Names with `__proto__` are left out. @throws PoisonEvent on anything but a form.
 */
export function formFields(text: string): Fields {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof UnreadableForm)) throw error;
    throw new PoisonEvent(`The event is ${error.message}.`);
  }
}

/** The body of a form post as its one raw event. @throws RefusedRequest `unreadable`. */
export function formEvent(request: WebhookRequest): string[] {
  const text = bodyText(request).trim();
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof UnreadableForm)) throw error;
    throw new RefusedRequest('unreadable', `The body is ${error.message}.`);
  }
  return [text];
}

const isJson = (text: string): boolean => /^\s*[{[]/.test(text);

/** For ESPs that post either, by a setting: one JSON object, or one form. A form never starts with a brace. */
export const formOrJsonEvent = (request: WebhookRequest): string[] =>
  isJson(bodyText(request)) ? jsonEvent(request) : formEvent(request);

/** Fields of what {@link formOrJsonEvent} gave. @throws PoisonEvent on anything else. */
export const formOrJsonFields = (raw: string): Fields => (isJson(raw) ? rawFields(raw) : formFields(raw));

function parse(text: string): Fields {
  if (isJson(text) || !text.includes('=')) throw new UnreadableForm('not a form');
  if (text.split('&', MAX_FORM_FIELDS + 1).length > MAX_FORM_FIELDS)
    throw new UnreadableForm(`a form of more than ${MAX_FORM_FIELDS} fields`);
  const root = node();
  for (const [name, value] of new URLSearchParams(text)) set(root, path(name), value);
  return root;
}

/** `a[b][]` as `['a', 'b', '']`; a name whose brackets do not pair is taken as it stands. */
function path(name: string): string[] {
  if (name.length > MAX_FORM_NAME) throw new UnreadableForm(`a form with a name longer than ${MAX_FORM_NAME}`);
  const open = name.indexOf('[');
  if (open < 1 || !/^(\[[^[\]]*\])+$/.test(name.slice(open))) return [name];
  const inner = name.slice(open + 1, -1).split('][');
  if (inner.length > MAX_FORM_DEPTH) throw new UnreadableForm(`a form nested deeper than ${MAX_FORM_DEPTH}`);
  return [name.slice(0, open), ...inner];
}

function set(root: Node, names: readonly string[], value: string): void {
  if (names.includes('__proto__')) return;
  let at = root;
  for (const [level, name] of names.entries()) {
    const key = level > 0 && name === '' ? String(Object.keys(at).length) : name;
    if (level === names.length - 1) {
      at[key] ??= value;
      return;
    }
    at[key] ??= node();
    const below = at[key];
    // `a=1&a[b]=2`: the first stands.
    if (typeof below !== 'object') return;
    at = below as Node;
  }
}
