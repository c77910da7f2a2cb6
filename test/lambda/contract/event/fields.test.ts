import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { EVENT_FIELDS, eventFields } from '../../../../lambda/contract/event/fields.ts';
import { EVENT_TYPES } from '../../../../lambda/contract/event/types.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { eventKey, eventRecord } from '../../../../lambda/domain/event/record.ts';
import { EVENT_SCHEMA, eventSchema, strictly } from '../../../support/event-schema.ts';

/** One table of the members of an event; whoever stores, archives or publishes them has all of them. */

/** An event with every member, at its greatest length. */
function fullEvent(): NormalisedEvent {
  const value = (field: (typeof eventFields)[number][1]): unknown => {
    switch (field.is) {
      case 'word':
        return field.words[0];
      case 'text':
        return 'x'.repeat(field.most);
      case 'name':
        return 'a'.repeat(32);
      case 'time':
        return '2026-05-04T10:00:00.000Z';
      case 'integer':
      case 'epochSeconds':
        return 7;
      case 'boolean':
      case 'mark':
        return true;
      case 'texts':
      case 'names':
        return ['y'];
      case 'textMap':
        return { key: 'value' };
    }
  };
  return Object.fromEntries(eventFields.map(([name, field]) => [name, value(field)])) as unknown as NormalisedEvent;
}

describe('the members of an event', () => {
  test('are those of the published schema, which is made of them', () => {
    expect(JSON.parse(readFileSync(EVENT_SCHEMA, 'utf8'))).toEqual(JSON.parse(JSON.stringify(eventSchema())));
  });

  test('are stored: in the keys of the item, or as attributes of their own names', () => {
    const event = fullEvent();
    const record = eventRecord(event, 35);
    for (const [name, { stored }] of eventFields) {
      if (stored === 'key') expect(Object.values(eventKey(event)).join()).toContain(event[name]);
      else expect([name, record[name]]).toEqual([name, event[name]]);
    }
    const own = ['recipient', 'eventKey', 'expiresAt'];
    const attributes = eventFields.flatMap(([name, { stored }]) => (stored === 'key' ? [] : [name]));
    expect(Object.keys(record).sort()).toEqual([...own, ...attributes].sort());
  });

  test('are explained in the README, as far as they are types', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(EVENT_TYPES.filter((type) => !readme.includes(`\`${type}\``))).toEqual([]);
  });

  test('have a colour in the console, as far as they are types', () => {
    const style = readFileSync('lib/ops/console/assets/console.css', 'utf8');
    expect(EVENT_TYPES.filter((type) => !new RegExp(`^\\.t-${type}\\b`, 'm').test(style))).toEqual([]);
  });

  test('have names of their own in lower case too, which is all that Athena knows', () => {
    const lower = Object.keys(EVENT_FIELDS).map((name) => name.toLowerCase());
    expect(new Set(lower).size).toBe(lower.length);
  });
});

describe('the published schemas', () => {
  const schemas = ['email-event', 'suppression-changed', 'clicks-surging'].map(
    (name) => [name, JSON.parse(readFileSync(`docs/schemas/${name}.json`, 'utf8')) as object] as const,
  );

  test.each(schemas)('%s takes members that are added later: it promises that readers ignore them', (_name, schema) => {
    expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
  });

  test('an event with all members is valid; with one more it is, and would be noticed by the strict schema of our tests', () => {
    const [open, strict] = [eventSchema(), strictly(eventSchema()) as object].map((schema) =>
      new Ajv2020().compile(schema),
    );
    const event = fullEvent();
    expect([open?.(event), strict?.(event)]).toEqual([true, true]);
    const later = { ...event, addedLater: 1 };
    expect([open?.(later), strict?.(later)]).toEqual([true, false]);
  });

  test.each(
    eventFields.flatMap(([name, field]) => ('most' in field && field.is === 'text' ? [[name, field.most]] : [])),
  )('%s of more than its %i characters is not valid', (name, most) => {
    const valid = new Ajv2020().compile(eventSchema());
    expect(valid({ ...fullEvent(), [name as string]: 'x'.repeat((most as number) + 1) })).toBe(false);
  });
});
