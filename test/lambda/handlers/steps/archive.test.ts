import { gunzipSync } from 'node:zlib';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { type Archive, type Member, members, memberText } from '../../../../lambda/aws/firehose.ts';
import { type ArchiveLine, MAX_MEMBER_BYTES } from '../../../../lambda/contract/archive.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { keep, keepLate } from '../../../../lambda/handlers/process/archive.ts';
import type { Opened } from '../../../../lambda/handlers/process/opened.ts';
import { listenToLog } from '../../../support/surroundings/said.ts';

/** What of a batch is written into the archive, in which words, and where it goes when the archive does not take it. */

afterEach(() => {
  jest.restoreAllMocks();
});

const RECEIVED = '2026-05-04T10:00:00.000Z';
const event = (over: object = {}) =>
  ({
    ...{ fingerprint: 'f', type: 'delivered', source: 'news', provider: 'sendgrid', providerEvent: 'delivered' },
    ...{ recipient: 'ada@example.com', receivedAt: RECEIVED, requestId: 'r' },
    ...over,
  }) as NormalisedEvent;
const opened = (messageId: string, over: Partial<Opened> = {}, message: object = {}): Opened =>
  ({
    messageId,
    message: {
      ...{ v: 1, source: 'news', channel: 'https', receivedAt: RECEIVED, requestId: 'r', origin: 'live', events: [] },
      ...message,
    },
    provider: 'sendgrid',
    ...{ events: [{ raw: `raw ${messageId}`, event: event() }], withoutEvents: [] },
    ...over,
  }) as Opened;

/** An archive that takes what `takes` says; `offered` are the lines, `until` the deadlines that it was given. */
function archive(takes: (text: string) => boolean = () => true) {
  const offered: string[][] = [];
  const until: number[] = [];
  const put = async (some: readonly Member<unknown>[], deadline: number) => {
    until.push(deadline);
    const texts = some.map(({ gzip }) => gunzipSync(gzip).toString());
    offered.push(...texts.map((text) => text.trimEnd().split('\n')));
    return some.filter((_member, at) => !takes(texts[at] ?? ''));
  };
  return { archive: { put } as unknown as Archive, offered, until };
}
function queue(takes: (text: string) => boolean = () => true) {
  const waiting: string[] = [];
  let asked = 0;
  const send = async ({ input }: { input: { QueueUrl: string; Entries: { Id: string; MessageBody: string }[] } }) => {
    asked++;
    const textOf = (body: string) => gunzipSync(Buffer.from(body, 'base64')).toString();
    const [taken, left] = [true, false].map((is) =>
      input.Entries.filter(({ MessageBody }) => takes(textOf(MessageBody)) === is),
    );
    waiting.push(...(taken ?? []).map(({ MessageBody }) => `${input.QueueUrl} ${textOf(MessageBody)}`));
    return { Failed: (left ?? []).map(({ Id }) => ({ Id, Code: 'Unwell' })) };
  };
  return { sqs: { send } as unknown as SQSClient, waiting, asked: () => asked };
}
const soon = () => Date.now() + 5000;

describe('a line', () => {
  const linesOf = async (...messages: Opened[]) => {
    const { archive: own, offered } = archive();
    await keep(messages, { archive: own, sqs: queue().sqs, unarchivedQueueUrl: 'url' }, soon());
    return offered.flat().map((text) => JSON.parse(text) as ArchiveLine & { events: Record<string, unknown>[] });
  };

  test('is one raw event, with what it was taken to mean; what it says once, its events do not repeat', async () => {
    const [two, three] = [event({ type: 'opened', metadata: { a: '1', A: '2' } }), event({ type: 'clicked' })];
    const meta = { listed: 'x' };
    const events = [
      { raw: 'same', event: two },
      { raw: 'same', event: three },
      { raw: 'other', event: event() },
    ];
    const head = { receivedAt: RECEIVED, source: 'news', provider: 'sendgrid', channel: 'https', origin: 'live' };
    const fact = { fingerprint: 'f', providerEvent: 'delivered', recipient: 'ada@example.com' };
    expect(await linesOf(opened('a', { events, withoutEvents: ['none'] }, { meta }))).toEqual([
      { ...head, requestId: 'r', meta, raw: 'none', events: [] },
      {
        ...{ ...head, requestId: 'r', meta, raw: 'same' },
        events: [
          // As a list: there are readers for whom `a` and `A` are one.
          {
            ...fact,
            type: 'opened',
            custom: [
              { key: 'a', value: '1' },
              { key: 'A', value: '2' },
            ],
          },
          { ...fact, type: 'clicked' },
        ],
      },
      { ...head, requestId: 'r', meta, raw: 'other', events: [{ ...fact, type: 'delivered' }] },
    ]);
    const [plain] = await linesOf(opened('b'));
    expect(plain).not.toHaveProperty('meta');
  });

  test('is written for what came in, and not for what came out of the archive, or is a heartbeat of ours, or no message', async () => {
    const messages = [
      opened('live'),
      opened('act', {}, { source: 'operator', channel: 'operator', origin: 'operator' }),
      opened('replay', {}, { origin: 'replay' }),
      opened('heartbeat', {}, { source: 'quell-heartbeat' }),
      { ...opened('broken'), message: undefined },
      opened('empty', { events: [] }),
    ];
    expect((await linesOf(...messages)).map(({ raw }) => raw)).toEqual(['raw live', 'raw act']);
  });

  test('is packed where it would be larger than a member of the archive, and reads the same', async () => {
    const line = async (length: number) => {
      const raw = 'ü'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2);
      const [one] = await linesOf(opened('a', { events: [], withoutEvents: [raw] }));
      const packed = one?.rawGzip && gunzipSync(Buffer.from(one.rawGzip, 'base64')).toString();
      expect(packed ?? one?.raw).toBe(raw);
      return [one?.raw !== undefined, one?.rawGzip !== undefined];
    };
    const rest = Buffer.byteLength(
      `${JSON.stringify((await linesOf(opened('a', { events: [], withoutEvents: [''] })))[0])}\n`,
    );
    const most = MAX_MEMBER_BYTES - rest;
    expect([await line(most), await line(most + 1)]).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

describe('what the archive', () => {
  const messages = [opened('a', { withoutEvents: ['another'] }), opened('b')];
  /** Of their own members: too large to share one. */
  const large = ['c', 'd'].map((id) => opened(id, { withoutEvents: [`${id} ${'x'.repeat(MAX_MEMBER_BYTES / 2)}`] }));

  test('takes is done; where there is none, so is everything', async () => {
    const { archive: own, until } = archive();
    const { sqs, waiting } = queue();
    expect(await keep(messages, { archive: own, sqs, unarchivedQueueUrl: 'url' }, 7)).toEqual({
      messages,
      failed: [],
      waiting: 0,
    });
    expect([until, waiting]).toEqual([[7], []]);
    expect(await keep(messages, undefined, 7)).toEqual({ messages, failed: [], waiting: 0 });
  });

  test('does not take waits in the queue, line by line counted, and its messages are done', async () => {
    const { archive: own } = archive(() => false);
    const { sqs, waiting } = queue();
    expect(await keep(messages, { archive: own, sqs, unarchivedQueueUrl: 'url' }, soon())).toEqual({
      messages,
      failed: [],
      waiting: 3,
    });
    expect(waiting).toHaveLength(1);
    expect(waiting[0]).toMatch(/^url \{.*"raw":"another".*\n.*"raw":"raw a".*\n.*"raw":"raw b".*\n$/s);
  });

  test('does not take, and the queue not either, gives its own messages back, and says so', async () => {
    const said = listenToLog();
    const { archive: own } = archive(() => false);
    const { sqs, asked } = queue((text) => !text.includes('c x'));
    // After its deadline nothing is tried a second time.
    const kept = await keep(large, { archive: own, sqs, unarchivedQueueUrl: 'url' }, Date.now() - 1);
    const ids = (some: readonly Opened[]) => some.map(({ messageId }) => messageId);
    expect([ids(kept.messages), ids(kept.failed), kept.waiting]).toEqual([['d'], ['c'], 2]);
    expect(asked()).toBe(1);
    expect(said).toEqual([['error', 'archive lines not kept', { errorName: 'Error', stack: expect.any(String) }]]);
  });
});

describe('what waited', () => {
  const record = (body: string) => ({ messageId: body.slice(0, 5), body }) as SQSRecord;
  const late = (text: string) =>
    record(memberText(members([{ owner: 'x', lines: [`${text}\n`] }])[0] as Member<unknown> as Member<never>));

  test('is offered again; what is not taken now, and what cannot be read, waits on', async () => {
    const said = listenToLog();
    const { archive: own, offered, until } = archive((text) => !text.includes('two'));
    const broken = record('no gzip');
    const [one, two] = [late('one'), late('two')];
    expect(await keepLate([one, broken, two], own, 7)).toEqual([broken, two]);
    expect([offered, until]).toEqual([[['one'], ['two']], [7]]);
    expect(said).toEqual([
      [
        'error',
        'archive lines not readable',
        expect.objectContaining({ errorName: expect.stringMatching(/^(Error|object)$/) }),
      ],
    ]);
  });

  test('waits on where there is no archive any more', async () => {
    const records = [late('one')];
    expect(await keepLate(records, undefined, 7)).toEqual(records);
  });
});
