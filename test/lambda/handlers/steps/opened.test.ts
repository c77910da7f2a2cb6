import { describe, expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { MESSAGE_VERSION } from '../../../../lambda/contract/message.ts';
import type { Way } from '../../../../lambda/domain/channel.ts';
import { openMessage } from '../../../../lambda/handlers/process/opened.ts';
import { runtimeConfig } from '../../../../lib/settings/runtime-config.ts';
import { settingsOf } from '../../../support/stack/settings.ts';

/** What a queue message is opened to: events in their order, what has none, what asks for something, what will never work. */

const config = runtimeConfig(
  settingsOf({
    sources: {
      guide: { provider: 'generic' },
      ses: { provider: 'ses', topicArns: ['arn:aws:sns:eu-west-1:111122223333:a'] },
      gun: { provider: 'mailgun' },
      loops: { provider: 'loops' },
      ruled: { provider: 'ses', via: 'eventbridge' },
      shared: { provider: 'generic', dedupeGroup: 'guide' },
      mapped: { provider: 'generic', types: { hard_bounce: { type: 'delivered' } } },
    },
  }),
);
const RECEIVED = '2026-05-04T10:00:00.000Z';
const message = (events: readonly string[], over: object = {}) => ({
  ...{ v: MESSAGE_VERSION, source: 'guide', channel: 'https', receivedAt: RECEIVED, requestId: 'r1', origin: 'live' },
  events,
  ...over,
});
const open = (body: unknown, way: Way = 'delivery') =>
  openMessage(
    { messageId: 'm', body: typeof body === 'string' ? body : JSON.stringify(body), eventSourceARN: 'q' } as SQSRecord,
    {
      config,
      sourceOfTopic: () => undefined,
      wayOf: () => way,
    },
  );
const raw = (event: string, recipient = 'ada@example.com') =>
  JSON.stringify({ event_id: event, event, recipient, timestamp: 1_777_888_800 });
const CONFIRMATION = JSON.stringify({
  Type: 'SubscriptionConfirmation',
  MessageId: 'm',
  Token: 't',
  TopicArn: 'arn:aws:sns:eu-west-1:111122223333:a',
  Message: 'You have chosen to subscribe.',
  SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription',
  Timestamp: RECEIVED,
});
const reasons = ({ poison }: ReturnType<typeof open>) => poison.map(({ reason }) => reason);

describe('events', () => {
  test('stand in the order in which they came, each beside what it was read from', () => {
    const raws = [raw('delivered'), raw('complaint'), raw('hard_bounce')];
    const opened = open(message(raws));
    expect(opened.events.map(({ raw: own, event: { type } }) => [own, type])).toEqual(
      raws.map((own, at) => [own, ['delivered', 'complained', 'bounced'][at]]),
    );
    expect(opened.events[0]?.event).toMatchObject({ source: 'guide', receivedAt: RECEIVED, requestId: 'r1' });
    expect(opened).toMatchObject({
      messageId: 'm',
      provider: 'generic',
      withoutEvents: [],
      controls: [],
      tokens: [],
      poison: [],
    });
    expect(JSON.parse(opened.body)).toEqual(message(raws));
  });

  test('what cannot be read is buried, kept for the archive, and stops none of its neighbours', () => {
    const raws = ['"a"', raw('delivered'), '"b"'];
    const opened = open(message(raws));
    expect(opened.poison.map(({ reason, raw: own }) => [reason, own])).toEqual([
      ['poison-event', '"a"'],
      ['poison-event', '"b"'],
    ]);
    expect(opened.withoutEvents).toEqual(['"a"', '"b"']);
    expect(opened.events.map(({ raw: own }) => own)).toEqual([raws[1]]);
  });
});

describe('a source', () => {
  const read = (source: string, over: object = {}, way?: Way) =>
    open(message([raw('hard_bounce')], { source, ...over }), way);

  test('that shares a group tells the same event as the other; one that does not, another', () => {
    const print = (source: string) => read(source).events[0]?.event.fingerprint;
    expect(print('shared')).toBe(print('guide'));
    expect(print('mapped')).not.toBe(print('guide'));
  });

  test('is read as its settings say', () => {
    expect(read('guide').events[0]?.event.type).toBe('bounced');
    expect(read('mapped').events[0]?.event.type).toBe('delivered');
  });

  test('may come by a rule of EventBridge where its settings say so', () => {
    const by = { channel: 'eventbridge' };
    expect(read('ruled', by, 'feeds')).toMatchObject({ provider: 'ses', poison: [{ reason: 'poison-event' }] });
    for (const other of ['ses', 'guide', 'gone', 'constructor'])
      expect(reasons(read(other, by, 'feeds'))).toEqual(['wrong-queue']);
  });

  test('that is built in needs no settings', () => {
    const wish = { wish: 'unsubscribe', way: 'one-click', recipient: 'ada@example.com', scope: 'weekly' };
    const at = { at: '2026-05-04T10:00:00Z', issuedAt: '2026-01-01T00:00:00Z' };
    const left = open(message([JSON.stringify({ ...wish, ...at })], { source: 'quell-unsubscribe' }));
    expect(left).toMatchObject({ provider: 'quell-unsubscribe', events: [{ event: { type: 'unsubscribed' } }] });
  });

  test('is given what the request said beside the event, and when it came, in one spelling', () => {
    const sent = JSON.stringify({ eventName: 'email.delivered', contactIdentity: { email: 'ada@example.com' } });
    const print = (id: string) =>
      open(message([sent], { source: 'loops', meta: { id } })).events.map(({ event }) => event.fingerprint);
    expect([print('a'), print('a')]).toEqual([[expect.any(String)], print('a')]);
    expect(print('b')).not.toEqual(print('a'));
    expect(read('guide', { receivedAt: '2026-05-04T12:00:00+02:00' }).events[0]?.event.receivedAt).toBe(RECEIVED);
  });
});

describe('messages that are none of ours', () => {
  test.each<[string, unknown, Way, string, object]>([
    ['no JSON', 'x', 'delivery', 'unreadable-message', { message: undefined }],
    ['no message', '{}', 'delivery', 'unreadable-message', { message: undefined }],
    [
      'of a later version',
      message([], { v: MESSAGE_VERSION + 1 }),
      'delivery',
      'unreadable-message',
      { message: undefined },
    ],
    [
      'an act on the delivery queue',
      message([], { source: 'operator', origin: 'operator', channel: 'cli' }),
      'delivery',
      'wrong-queue',
      { message: undefined },
    ],
    [
      'of a source that is gone',
      message([raw('delivered')], { source: 'gone' }),
      'delivery',
      'unknown-source',
      { provider: '' },
    ],
  ])('%s', (_name, body, way, reason, rest) => {
    const opened = open(body, way);
    expect(reasons(opened)).toEqual([reason]);
    expect(opened.poison[0]?.detail).toMatch(/\.$/);
    expect(opened.poison[0]).not.toHaveProperty('raw');
    expect(opened).toMatchObject({ messageId: 'm', events: [], withoutEvents: [], ...rest });
  });
});

describe('what a message asks for', () => {
  const asking = (over: object) => open(message([CONFIRMATION], { source: 'ses', ...over }));

  test('is done where its signature was checked', () => {
    const opened = asking({});
    expect(opened.controls.map(({ raw: own }) => own)).toEqual([CONFIRMATION]);
    expect([opened.poison, opened.withoutEvents]).toEqual([[], [CONFIRMATION]]);
  });

  test('is not done again by a replay, which is no fault', () => {
    expect(asking({ origin: 'replay' })).toMatchObject({ controls: [], poison: [], withoutEvents: [CONFIRMATION] });
  });

  test('is refused where nothing proves who asks', () => {
    const opened = asking({ channel: 'sns' });
    expect([opened.controls, reasons(opened)]).toEqual([[], ['control-refused']]);
    expect(opened.poison[0]?.raw).toBe(CONFIRMATION);
  });
});

test('a token that was signed in place of the body stands beside it', () => {
  const signed = JSON.stringify({
    signature: { timestamp: '1777888800', token: 'a'.repeat(50), signature: 'b'.repeat(64) },
    'event-data': { event: 'delivered', id: 'one', timestamp: 1_777_888_800, recipient: 'ada@example.com' },
  });
  const opened = open(message([signed], { source: 'gun' }));
  expect(opened.tokens).toEqual([expect.objectContaining({ raw: signed, token: 'a'.repeat(50) })]);
  expect(opened.events).toHaveLength(1);
  expect(open(message([raw('delivered')])).tokens).toEqual([]);
});
