import { optional, picklist, pipe, record, regex, strictObject, string, union } from 'valibot';
import type { EpochMs } from '../../../contract/units.ts';
import {
  BOUNCE_CAUSES,
  BOUNCE_CLASSES,
  DROP_REASONS,
  type Draft,
  EVENT_TYPES,
  type EventType,
} from '../../../domain/event/event.ts';
import type { Reply } from '../../../domain/failure/index.ts';
import {
  type Fields,
  fields,
  isoTime,
  list,
  present,
  stringMap,
  tagList,
  text,
  unixTime,
  utcTime,
} from '../../../domain/read.ts';
import { replyCodes, weighBounce } from '../bounce.ts';
import { draft } from '../draft.ts';
import { country } from '../mail.ts';
import { contentId } from '../proof/webhook.ts';
import { type Meaning, meaningOf, SAID_CLASS, wordKey } from '../words.ts';
import { find, isScalar, PATHS, type Paths, type Place } from './places.ts';

/** What a sender can report; operators' acts have a way of their own. */
const REPORTED = /* @__PURE__ */ EVENT_TYPES.filter((type) => type !== 'suppressed' && type !== 'lifted');

const meaning = union([
  picklist(REPORTED),
  strictObject({
    type: picklist(REPORTED),
    bounceClass: optional(picklist(BOUNCE_CLASSES)),
    bounceCause: optional(picklist(BOUNCE_CAUSES)),
    dropReason: optional(picklist(DROP_REASONS)),
    scope: optional(pipe(string(), regex(/^(all|[a-z]+:\S+)$/, 'all, or <kind>:<id>.'))),
  }),
]);

/** Settings that say what stands where and what it means; both for this sender alone. */
export const MAPPING_OPTIONS = {
  /** Where each fact stands. Replaces the usual places of that fact. */
  paths: optional(PATHS, {}),
  /** What each of the sender's words means, before the usual words are tried. */
  types: optional(record(string(), meaning), {}),
};

export interface Mapping {
  readonly paths: Paths;
  readonly types: Readonly<Record<string, EventType | Meaning>>;
}

/** One event of any sender. */
export function mappedDraft(raw: string, event: Fields, mapping: Mapping): Draft {
  const any = (place: Place, fits?: (value: unknown) => boolean) => find(event, place, mapping.paths[place], fits);
  const at: At = (place) => text(find(event, place, mapping.paths[place], isScalar));
  const word = at('type') ?? '';
  const recipient = onePerson(any('recipient', (value) => Array.isArray(value) || onePerson(value) !== undefined));
  return draft(word, {
    providerEventId: at('id'),
    recipient,
    occurredAt: anyTime(at('time')),
    messageId: at('messageId'),
    ...facts(ownMeaning(word, mapping.types) ?? meaningOf(word) ?? { type: 'unknown' }, at),
    tags: tagList(any('tags')),
    metadata: stringMap(any('metadata')),
    identity: identity(raw, word, recipient, at),
  });
}

type At = (place: Place) => string | undefined;

/** The event's id, else its content; an event that says too little is the same only as its own twin. */
function identity(raw: string, word: string, recipient: string | undefined, at: At): Draft['identity'] {
  const [id, time, messageId] = [at('id'), at('time'), at('messageId')];
  if (id !== undefined) return ['id', id, word, recipient];
  if (time !== undefined && (recipient ?? messageId) !== undefined)
    return [word, recipient, time, messageId, at('url'), at('list')];
  return [word, contentId(raw)];
}

function facts(known: Meaning, at: At): Partial<Draft> & Pick<Draft, 'type'> {
  const { type } = known;
  const diagnostic = at('reason');
  switch (type) {
    case 'bounced':
      return { type, ...present({ diagnostic }), ...bounce(known, at) };
    case 'deferred':
      return { type, ...replyCodes(replyOf(at)), ...present({ diagnostic }) };
    case 'dropped':
      return { type, dropReason: known.dropReason ?? 'other', ...present({ diagnostic }) };
    case 'opened':
    case 'clicked':
      return present({
        type,
        url: at('url'),
        userAgent: at('userAgent'),
        ip: at('ip'),
        country: country(at('country')),
        device: at('device'),
      });
    case 'unsubscribed':
    case 'resubscribed': {
      const list = at('list');
      return { type, scope: known.scope ?? (list === undefined ? 'all' : `list:${list}`) };
    }
    case 'inbound':
      return present({ type, from: at('from'), subject: at('subject') });
    default:
      return { type };
  }
}

/** Reasons are words as often as sentences: `mailbox_full`. */
const replyOf = (at: At): Reply => ({
  code: Number(at('smtpCode')),
  status: at('smtpStatus') ?? at('smtpCode'),
  text: at('reason')?.replaceAll('_', ' '),
});

function bounce(known: Meaning, at: At): Partial<Draft> {
  const said = known.bounceClass ? known : SAID_CLASS.get(wordKey(at('bounceType') ?? ''));
  return weighBounce(said?.bounceClass ?? 'undetermined', replyOf(at), said?.bounceCause);
}

/** A list of several people does not say whom the event is about. */
function onePerson(value: unknown): string | undefined {
  const people = Array.isArray(value) ? list(value) : [value];
  return people.length === 1 ? (text(people[0]) ?? text(fields(people[0]).email)) : undefined;
}

/** Unix seconds or milliseconds, ISO 8601, or a time without a zone, read as UTC. */
const anyTime = (value: unknown): EpochMs | undefined => unixTime(value) ?? isoTime(value) ?? utcTime(value);

function ownMeaning(word: string, types: Mapping['types']): Meaning | undefined {
  const wanted = wordKey(word);
  const found =
    Object.entries(types).find(([own]) => own === word) ??
    Object.entries(types).find(([own]) => wordKey(own) === wanted);
  return found && (typeof found[1] === 'string' ? { ...meaningOf(word), type: found[1] } : found[1]);
}
