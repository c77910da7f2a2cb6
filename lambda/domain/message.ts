import {
  type DeliveryMessage,
  type Envelope,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGE_EVENTS,
  MESSAGE_VERSION,
} from '../contract/message.ts';
import { packed } from './batches.ts';
import { PoisonEvent } from './errors.ts';
import { MAX_DEPTH, parseMembers, sliceElements } from './json.ts';

/**
 * A raw event as it stands in the message: a JSON object verbatim, so that no number is re-serialised; any other text as a
 * JSON string. What starts with `{` was parsed when it was cut out of its body (the providers' contract). SQS refuses U+FFFE, U+FFFF and lone
 * surrogates, and not every queue of its kind takes what stands above U+FFFF (an emoji): inside JSON all of them can be written as escapes.
 */
function wrap(event: string): Wrapped {
  const json = event.startsWith('{') ? event : JSON.stringify(event);
  const bytes = Buffer.byteLength(json);
  // ASCII: nothing in it to escape, which looking costs more than sending it.
  if (bytes === json.length) return { json, bytes };
  const safe = escaped(json);
  return { json: safe, bytes: Buffer.byteLength(safe) };
}

interface Wrapped {
  readonly json: string;
  readonly bytes: number;
}

const escaped = (json: string): string =>
  json.replace(/[\ufffe\uffff\ud800-\udfff]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);

/** Message bodies for one request's events: each at most 64 KB and 100 events, unless a single event is larger. */
export function packMessages(envelope: Envelope, events: readonly string[]): string[] {
  const head = escaped(JSON.stringify({ v: MESSAGE_VERSION, ...envelope })).slice(0, -1);
  const room = MAX_MESSAGE_BYTES - Buffer.byteLength(head) - ',"events":[]}'.length;
  const groups = packed(events.map(wrap), ({ bytes }) => bytes + 1, {
    most: MAX_MESSAGE_EVENTS,
    bytes: room,
  });
  // Joined, not added: one text in one piece. The queue's client reads it character by character, a sum of texts a fifth slower.
  return groups.map((group) => [head, ',"events":[', group.map(({ json }) => json).join(','), ']}'].join(''));
}

/** Reads any version of the message. @throws PoisonEvent where it is none. */
export function readMessage(body: string): DeliveryMessage {
  const { message, slice } = parse(body);
  if (message.v !== MESSAGE_VERSION) throw new PoisonEvent('The message has a version this code does not read.');
  for (const name of ['source', 'channel', 'receivedAt', 'requestId', 'origin'] as const) {
    if (typeof message[name] !== 'string') throw new PoisonEvent(`The message lacks ${name}.`);
  }
  if (Number.isNaN(Date.parse(message.receivedAt))) throw new PoisonEvent('The message lacks a readable receivedAt.');
  const single = message.events === undefined ? slice('event') : undefined;
  if (single !== undefined) {
    const { event: _event, ...envelope } = message as DeliveryMessage & { event: unknown };
    return { ...envelope, events: [single] };
  }
  if (!Array.isArray(message.events)) throw new PoisonEvent('The message lacks events.');
  const slices = message.events.length === 0 ? [] : sliceElements(slice('events') ?? '[]');
  return { ...message, events: slices.map((slice) => (slice.startsWith('"') ? (JSON.parse(slice) as string) : slice)) };
}

function parse(body: string) {
  try {
    // The deepest event accepted stands two levels down in its message.
    const { value, slice } = parseMembers(body, MAX_DEPTH + 2);
    if (typeof value === 'object' && value !== null) return { message: value as DeliveryMessage, slice };
  } catch {
    // Said below without quoting the body.
  }
  throw new PoisonEvent('The message is not a JSON object.');
}
