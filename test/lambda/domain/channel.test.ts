import { describe, expect, test } from '@jest/globals';
import { readArrived, readDelivery, topicSources, type Way, WrongWay } from '../../../lambda/domain/channel.ts';
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

describe('each queue brings what those may say who write to it', () => {
  const arrived = (body: string, way: Way) => () =>
    readArrived(body, way, sourceOfTopic, (source) => source === 'ses-rule');
  const written = (over: object) =>
    JSON.stringify({
      v: 1,
      source: 'sendgrid',
      channel: 'https',
      receivedAt: '2026-05-04T10:00:00.000Z',
      requestId: 'r',
      origin: 'live',
      events: [{ act: 'suppress', recipient: 'anybody@example.com' }],
      ...over,
    });
  const act = { source: 'operator', channel: 'operator', origin: 'operator' };

  test.each<[name: string, body: string, ways: readonly Way[]]>([
    ['a webhook', written({}), ['delivery']],
    ['a replay of one', written({ origin: 'replay' }), ['delivery']],
    ["an operator's act", written(act), ['acts']],
    ['a replay of one', written({ ...act, origin: 'replay' }), ['acts']],
    ['an act under the name of a source', written({ origin: 'operator' }), []],
    ['an act by the channel of a source', written({ ...act, channel: 'https' }), []],
    ["what bears the operator's name, and comes by the channel of a source", written({ source: 'operator' }), []],
    ["what bears the operator's channel, and the name of a source", written({ channel: 'operator' }), []],
    ['both, from no operator', written({ ...act, source: 'sendgrid' }), []],
    ['an act that says it is live', written({ ...act, origin: 'live' }), []],
    [
      'an event that a rule wrote for its source',
      written({ source: 'ses-rule', channel: 'eventbridge' }),
      ['delivery', 'feeds'],
    ],
    ["the same for another's", written({ channel: 'eventbridge' }), ['delivery']],
    ['a webhook of a source that a rule feeds', written({ source: 'ses-rule' }), ['delivery']],
    ['a replay by a rule', written({ source: 'ses-rule', channel: 'eventbridge', origin: 'replay' }), ['delivery']],
    ['what says that a topic brought it', written({ source: 'ses-queue', channel: 'sns' }), ['delivery']],
    ["a topic's envelope", envelope(), ['feeds']],
    ["an unsubscribed topic's envelope", envelope({ TopicArn: 'x' }), []],
    ['any text', 'Hello', []],
  ])('%s', (_name, body, ways) => {
    for (const way of ['delivery', 'acts', 'feeds'] as const) {
      if (ways.includes(way)) expect(arrived(body, way)()).toMatchObject({ v: 1 });
      else expect(arrived(body, way)).toThrow(PoisonEvent);
    }
  });

  test('what is on the wrong queue is told from what cannot be read: it must not be put on another', () => {
    expect(arrived(written(act), 'delivery')).toThrow(WrongWay);
    expect(arrived('Hello', 'delivery')).not.toThrow(WrongWay);
  });
});

test('a topic belongs to the source that receives it through the queue: named in the settings, or made by the stack', () => {
  const [named, made, posted] = ['named', 'made', 'posted'].map((name) => `arn:aws:sns:eu-west-1:111122223333:${name}`);
  const sources = [
    ['ses-named', { via: 'sns-queue', named: [named] }],
    ['ses-made', { via: 'sns-queue', named: [] }],
    ['ses-posted', { via: 'https', named: [posted] }],
    ['sendgrid', undefined],
  ] as never as Parameters<typeof topicSources>[0];
  const source = topicSources(sources, { 'ses-made': made as string, 'ses-posted': 'other', sendgrid: 'another' });
  expect([named, made, posted, 'other', 'another', ''].map((arn) => source(arn ?? ''))).toEqual([
    'ses-named',
    'ses-made',
    ...[undefined, undefined, undefined, undefined],
  ]);
});
