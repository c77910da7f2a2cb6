import {
  array,
  entriesFromList,
  nonEmpty,
  optional,
  pipe,
  regex,
  strictObject,
  string,
  transform,
  union,
} from 'valibot';
import { type Fields, text } from '../../../domain/read.ts';

/** Where facts stand in the payload of a sender we know nothing of. */

/** The facts that can be looked for, and where, unless the settings say otherwise. Each is also looked for under `data`. */
export const PLACES = {
  type: ['event_type', 'event', 'type', 'eventType', 'event_name', 'eventName'],
  time: ['timestamp', 'occurred_at', 'event_time', 'eventTime', 'created_at', 'time', 'ts'],
  recipient: ['recipient', 'email', 'email_address', 'to'],
  messageId: ['message_id', 'messageId', 'email_id', 'emailId'],
  id: ['event_id', 'eventId'],
  bounceType: ['bounce_type', 'bounceType', 'bounce.type', 'bounce_class'],
  reason: [
    'bounce_reason',
    'reason',
    'diagnostic',
    'smtp_response',
    'response',
    'bounce.message',
    'bounce.reason',
    'error',
  ],
  smtpCode: ['smtp_code', 'smtpCode', 'code'],
  smtpStatus: ['smtp_status', 'enhanced_code', 'enhanced_status_code', 'status'],
  url: ['url', 'link', 'click.link', 'click.url'],
  userAgent: ['user_agent', 'userAgent', 'click.userAgent'],
  ip: ['ip', 'ip_address', 'ipAddress', 'click.ipAddress'],
  country: ['country', 'country_code', 'geo.country', 'location.country'],
  device: ['device', 'device_type', 'deviceType', 'client.device'],
  list: ['list_id', 'listId'],
  from: ['from'],
  subject: ['subject'],
  tags: ['tags', 'tag'],
  metadata: ['metadata', 'custom', 'custom_args'],
} as const satisfies Record<string, readonly string[]>;

export type Place = keyof typeof PLACES;
const PLACE_NAMES = /* @__PURE__ */ Object.keys(PLACES) as Place[];

/** A path of member names and list positions, such as `data.to.0`; or several, the first that holds something counts. */
const path = pipe(string(), regex(/^[^.\s]+(\.[^.\s]+)*$/, 'A dot path, such as data.email or data.to.0.'));

/** Settings that put places of their own in the stead of the usual ones. */
export const PATHS = strictObject(
  entriesFromList(
    PLACE_NAMES,
    optional(
      union([
        pipe(
          path,
          transform((one) => [one]),
        ),
        pipe(array(path), nonEmpty()),
      ]),
    ),
  ),
);

export type Paths = { readonly [P in Place]?: readonly string[] | undefined };

export const isScalar = (value: unknown): boolean => text(value) !== undefined;
const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** At the places of the settings, else at the usual ones: first in the event itself, then in its `data`. */
export function find(event: Fields, place: Place, own: readonly string[] | undefined, fits = isThere): unknown {
  const places = own ?? PLACES[place];
  const found = places.map((path) => walk(event, path)).find(fits);
  return found !== undefined || own ? found : places.map((path) => walk(event.data, path)).find(fits);
}

/** Own members only: no path of the settings and no key of a payload meets a prototype. */
function walk(from: unknown, path: string): unknown {
  let value = from;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Fields)[name];
  }
  return value;
}
