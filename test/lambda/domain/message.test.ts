import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_MESSAGE_BYTES, MAX_MESSAGE_EVENTS } from '../../../lambda/contract/message.ts';
import { PoisonEvent } from '../../../lambda/domain/errors.ts';
import { packMessages, readMessage } from '../../../lambda/domain/message.ts';

const envelope = {
  source: 'sendgrid',
  channel: 'https',
  receivedAt: '2026-05-04T10:00:00.000Z',
  requestId: 'r1',
  origin: 'live',
} as const;

describe('queue messages', () => {
  test('property: whatever was packed is read back, event by event, to the letter', () => {
    const event = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
      fc.string().filter((text) => !text.startsWith('{')),
      fc.constant(' {"a broken line'),
      fc.constant('{"id": 20547674933128001, "f": 1.0}'),
      fc.constant('[1, 2]'),
    );
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 250 }), (events) => {
        const messages = packMessages({ ...envelope, meta: { id: 'msg_1' } }, events);
        const read = messages.map(readMessage);
        expect(read.flatMap((message) => message.events)).toEqual(events);
        for (const message of read) expect(message).toMatchObject({ ...envelope, meta: { id: 'msg_1' }, v: 1 });
      }),
    );
  });

  test('a message of exactly 64 KB is one, its head included; one byte more is two', () => {
    const long = { ...envelope, meta: { id: 'x'.repeat(5000) } };
    const second = (bytes: number) => [`{"a":1}`, `{"b":"${'y'.repeat(bytes)}"}`];
    const [only = ''] = packMessages(long, second(0));
    const room = MAX_MESSAGE_BYTES - Buffer.byteLength(only);
    expect(packMessages(long, second(room - 1)).map((body) => Buffer.byteLength(body))).toEqual([
      MAX_MESSAGE_BYTES - 1,
    ]);
    expect(packMessages(long, second(room + 1))).toHaveLength(2);
  });

  test('messages stay within 64 KB and 100 events; a single larger event travels alone', () => {
    const events = [
      ...Array.from({ length: 350 }, (_none, n) => `{"n":${n}}`),
      `{"big":"${'x'.repeat(100_000)}"}`,
      '{"last":1}',
    ];
    const messages = packMessages(envelope, events);
    for (const message of messages) {
      const { events: held } = readMessage(message);
      expect(held.length).toBeLessThanOrEqual(MAX_MESSAGE_EVENTS);
      if (held.length > 1) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    }
    expect(messages).toHaveLength(6);
  });

  test('characters that SQS refuses are escaped and come back', () => {
    const raw = '{"a":"x\uffffy\ufffez"}';
    const [message = ''] = packMessages(envelope, [raw, 'form=\uffff']);
    expect(message).not.toMatch(/[\ufffe\uffff]/);
    const { events } = readMessage(message);
    expect(JSON.parse(events[0] ?? '')).toEqual(JSON.parse(raw));
    expect(events[1]).toBe('form=\uffff');
  });

  test.each(['source', 'channel', 'receivedAt', 'requestId', 'origin', 'events'])('without %s it is none', (name) => {
    const { [name]: _gone, ...rest } = { v: 1, ...envelope, events: [] } as Record<string, unknown>;
    expect(() => readMessage(JSON.stringify(rest))).toThrow(`The message lacks ${name}.`);
    expect(() => readMessage(JSON.stringify({ ...rest, [name]: 7 }))).toThrow(`The message lacks ${name}.`);
  });

  test.each([
    '',
    'x',
    '[]',
    'null',
    '{"v":2}',
    '{"v":1}',
    '{"v":1,"source":"a","channel":"https","receivedAt":"never","requestId":"r","origin":"live","events":[]}',
  ])('no message: %j', (body) => {
    expect(() => readMessage(body)).toThrow(PoisonEvent);
  });
});
