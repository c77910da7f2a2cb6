import { writeFileSync } from 'node:fs';
import { eventFields } from '../../lambda/contract/event/fields.ts';
import { EVENT_MEANINGS } from '../../lambda/contract/event/meanings.ts';

/** `docs/schemas/email-event.json`, from the table of event fields. Run this file to write it anew; a test compares. */

export const EVENT_SCHEMA = 'docs/schemas/email-event.json';

const TIME = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$';

function valueSchema(field: (typeof eventFields)[number][1]): object {
  switch (field.is) {
    case 'word':
      return { enum: field.words };
    case 'text':
      return { type: 'string', maxLength: field.most };
    case 'name':
      return { type: 'string', ...(field.pattern && { pattern: field.pattern }) };
    case 'time':
      return { type: 'string', pattern: TIME };
    case 'integer':
    case 'epochSeconds':
      return { type: 'integer' };
    case 'boolean':
      return { type: 'boolean' };
    case 'mark':
      return { const: true };
    case 'names':
      return { type: 'array', items: { type: 'string' } };
    case 'texts':
      return { type: 'array', maxItems: field.most, items: { type: 'string', maxLength: field.mostEach } };
    case 'textMap': {
      const { most, mostEach, mostKey } = field;
      return {
        type: 'object',
        maxProperties: most,
        propertyNames: { maxLength: mostKey },
        additionalProperties: { type: 'string', maxLength: mostEach },
      };
    }
  }
}

export function eventSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://quell.dev/schemas/email-event.json',
    title: 'Email Event',
    description:
      'Detail of the EventBridge event with source `quell` and detail-type `Email Event`: one e-mail event, normalised. Absent means that the ESP did not say. New members and new words may be added; readers ignore what they do not know.',
    type: 'object',
    required: eventFields.flatMap(([name, { always }]) => (always ? [name] : [])),
    properties: Object.fromEntries(
      eventFields.map(([name, field]) => [name, { ...valueSchema(field), description: EVENT_MEANINGS[name] }]),
    ),
  };
}

/**
 * The schema as strict as our own events are: what it does not name is a mistake. Published it is open, because members will be added
 * and no reader may fail of them.
 */
export function strictly(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(strictly);
  const members = Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, strictly(member)]));
  return 'properties' in members ? { additionalProperties: false, ...members } : members;
}

if (import.meta.main) writeFileSync(EVENT_SCHEMA, `${JSON.stringify(eventSchema(), undefined, 2)}\n`);
