import { describe, expect, test } from '@jest/globals';
import { packMessages } from '../../../../lambda/domain/message.ts';
import { PROVIDERS } from '../../../../lambda/providers/index.ts';
import type { Provider } from '../../../../lambda/providers/provider.ts';
import { examine } from '../../../../lib/ops/commands/dlq/autopsy.ts';
import { LetterBox } from '../../../../lib/ops/commands/dlq/letters.ts';
import { makeSample } from '../../../../lib/ops/commands/send/sample.ts';
import { optionsOf } from '../../../../lib/ops/words/provider.ts';
import { fakeTarget } from '../../../support/surroundings/fake-target.ts';

/** A dead letter is read as `process` would read it now: through the same door, by the same source's settings. */

const TOPIC = 'arn:aws:sns:us-east-1:111122223333:feedback';
const SES = JSON.stringify({
  eventType: 'Delivery',
  mail: { messageId: 'm1', timestamp: '2026-05-04T10:00:00.000Z', destination: ['ada@example.com'] },
  delivery: { timestamp: '2026-05-04T10:00:00.000Z', recipients: ['ada@example.com'] },
});
const notification = (TopicArn = TOPIC, Message = SES) =>
  JSON.stringify({ Type: 'Notification', MessageId: 'n1', TopicArn, Timestamp: '2026-05-04T10:00:01Z', Message });

const onQueue = { provider: 'ses', options: { via: 'sns-queue', topicArns: [TOPIC] } };
const message = (source: string, raw: string) => {
  const receivedAt = '2026-05-04T10:00:01.000Z';
  const [body = ''] = packMessages({ source, channel: 'https', receivedAt, requestId: 'r', origin: 'live' }, [raw]);
  return body;
};
const OPEN = JSON.stringify({ event: 'open', timestamp: 1777888800, message_id: 'm1', recipient: 'ada@example.com' });

describe('the autopsy of a dead letter', () => {
  test('reads a notification that SNS put on the queue itself', () => {
    expect(examine(notification(), fakeTarget({ feed: onQueue }, {}))).toEqual([
      {
        raw: notification(),
        events: [expect.objectContaining({ type: 'delivered', source: 'feed', recipient: 'ada@example.com' })],
      },
    ]);
  });

  test('knows the topic that the stack made by its name', () => {
    const made = { provider: 'ses', options: { via: 'sns-queue', createTopic: true, topicArns: [] } };
    const target = fakeTarget({ feed: made }, {});
    const arn = (name: string) => `arn:aws:sns:us-east-1:111122223333:${name}`;
    expect(examine(notification(arn('quell-prod_feed')), target)[0]?.events).toHaveLength(1);
    expect(examine(notification(arn('quell-prod_other')), target)[0]?.fault).toContain('no source of the settings');
  });

  test('says so where the settings that name the topic are not at hand', () => {
    const [finding] = examine(notification(), fakeTarget({ feed: { provider: 'ses' } }, {}));
    expect(finding?.fault).toContain('settings/prod.json, which this checkout lacks');
  });

  test('shows the fingerprint under which it is stored, the dedupe group included', () => {
    const print = (dedupeGroup?: string) =>
      examine(message('guide', OPEN), fakeTarget({ guide: { provider: 'generic', dedupeGroup } }, {}))[0]?.events?.[0]
        ?.fingerprint;
    expect(print()).toMatch(/^[0-9a-f]{32}$/);
    expect(print('both')).not.toBe(print());
    expect(print('guide')).toBe(print());
  });

  test('reads heartbeats and acts too, whose sources stand in no settings', () => {
    const target = fakeTarget({}, {});
    const beat = JSON.stringify({ event_id: 'b1', event: 'heartbeat', timestamp: 1777888800000 });
    expect(examine(message('quell-heartbeat', beat), target)[0]?.events).toHaveLength(1);
    const act = { act: 'lift', recipient: 'a@example.com', reason: 'manual', at: '2026-05-04T10:00:00Z' };
    const signed = JSON.stringify({ ...act, actor: 'bob', note: 'why' });
    expect(examine(message('operator', signed), target)[0]?.events).toEqual([
      expect.objectContaining({ type: 'lifted' }),
    ]);
    expect(examine(message('operator', JSON.stringify(act)), target)[0]?.fault).toContain('An operator act needs');
    expect(examine(message('gone', OPEN), target)[0]?.fault).toContain('The stack has no source gone');
    expect(examine('{', target)[0]?.fault).toBe('The message is not a JSON object.');
  });
});

test("a crash loop's letter is counted for the source of its topic", async () => {
  const letters = [
    [{ MessageId: '1', ReceiptHandle: 'h', Body: notification(), Attributes: { SentTimestamp: '5' } }],
    [],
  ];
  const target = fakeTarget(
    { feed: onQueue },
    { ReceiveMessage: () => ({ Messages: letters.shift() }), ChangeMessageVisibilityBatch: () => ({}) },
  );
  const seen = [];
  for await (const batch of (await LetterBox.of(target)).look()) seen.push(...batch);
  expect(seen).toEqual([expect.objectContaining({ reason: 'crash-loop', source: 'feed', sentAt: 5 })]);
  // Without a wait SQS asks a few of its servers, and may say that a queue is empty which is not; what was looked at is visible at once again.
  expect(target.kind).toBe('deployed');
  const inputs = (wanted: string) => target.calls.filter(({ name }) => name === wanted).map(({ input }) => input);
  expect(inputs('ReceiveMessage').map(({ WaitTimeSeconds }) => WaitTimeSeconds)).toEqual([1, 1]);
  expect(inputs('ChangeMessageVisibilityBatch')).toMatchObject([{ Entries: [{ VisibilityTimeout: 0 }] }]);
});

test('a sample says under which fingerprint it will be stored, the dedupe group included', () => {
  const provider = PROVIDERS.get('generic') as Provider<unknown>;
  const options = optionsOf(provider);
  const { signingKey } = provider.generateKey();
  const shop = { provider, source: 'guide', options, signingKey, webhookUrl: 'https://hooks.example.com/x' };
  const at = Date.UTC(2026, 4, 4);
  const sample = makeSample({ ...shop, dedupeGroup: 'both' }, 'bounced', at, 'ada@example.com');
  const target = fakeTarget({ guide: { provider: 'generic', options, dedupeGroup: 'both' } }, {});
  const [stored] = examine(message('guide', sample?.request.body ?? ''), target)[0]?.events ?? [];
  expect(stored?.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  expect(sample?.event?.fingerprint).toBe(stored?.fingerprint);
});
