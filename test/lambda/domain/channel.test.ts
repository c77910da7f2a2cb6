import { describe, expect, test } from '@jest/globals';
import { readDelivery } from '../../../lambda/domain/channel.ts';
import { PoisonEvent } from '../../../lambda/domain/errors.ts';
import { packMessages } from '../../../lambda/domain/message.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:feedback';
const sourceOfTopic = (arn: string) => (arn === TOPIC ? 'ses-queue' : undefined);
/** As SNS writes it, line breaks included. */
const envelope = (over: object = {}) =>
  JSON.stringify(
    {
      Type: 'Notification',
      MessageId: 'sns-1',
      TopicArn: TOPIC,
      Message: '{"eventType":"Send"}',
      Timestamp: '2026-05-04T10:00:00.123Z',
      ...over,
    },
    undefined,
    2,
  );

describe('what stands on the delivery queue', () => {
  test('our own messages are read as ever', () => {
    const [body = ''] = packMessages(
      { source: 's', channel: 'https', receivedAt: '2026-05-04T10:00:00.000Z', requestId: 'r', origin: 'live' },
      ['{"a":1}'],
    );
    expect(readDelivery(body, sourceOfTopic)).toMatchObject({ source: 's', events: ['{"a":1}'] });
  });

  test("an SNS notification is wrapped, to the letter, for its topic's source", () => {
    expect(readDelivery(envelope(), sourceOfTopic)).toEqual({
      v: 1,
      source: 'ses-queue',
      channel: 'sns',
      receivedAt: '2026-05-04T10:00:00.123Z',
      requestId: 'sns-1',
      origin: 'live',
      events: [envelope()],
    });
  });

  test('an EventBridge message holds one event, whose digits survive', () => {
    const body =
      '{"v":1,"source":"b","channel":"eventbridge","receivedAt":"2026-05-04T10:00:00Z","requestId":"e","origin":"live","event":{"id": 20547674933128001}}';
    const message = readDelivery(body, sourceOfTopic);
    expect(message).toMatchObject({ source: 'b', events: ['{"id": 20547674933128001}'] });
    expect(message).not.toHaveProperty('event');
  });

  test.each([
    ['a foreign topic', envelope({ TopicArn: `${TOPIC}-2` })],
    ['no time', envelope({ Timestamp: undefined })],
    ['no envelope', '{"Type":"Notification"}'],
    ['no object', '[]'],
    ['no JSON', 'Hello'],
  ])('%s is poison, and is not quoted', (_, body) => {
    expect(() => readDelivery(body, sourceOfTopic)).toThrow(PoisonEvent);
    expect(() => readDelivery(body, sourceOfTopic)).not.toThrow(/Hello|feedback-2/);
  });
});
