import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import type { EventStore } from '../../../../lambda/aws/dynamodb/events.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { bindBodies } from '../../../../lambda/handlers/process/bind.ts';
import { bury } from '../../../../lambda/handlers/process/bury.ts';
import { asFirstArrived } from '../../../../lambda/handlers/process/changes.ts';
import type { Opened, Poison } from '../../../../lambda/handlers/process/opened.ts';
import type { RecordedEvent } from '../../../../lambda/handlers/process/record.ts';

/** Steps of `process` with what a table or a queue answers given: which messages go on, which go back, and with what. */

const RECEIVED = '2026-05-04T10:00:00.000Z';
const opened = (messageId: string, over: Partial<Opened> = {}, source = 'gun'): Opened =>
  ({
    messageId,
    body: `body of ${messageId}`,
    message: { v: 1, source, channel: 'https', receivedAt: RECEIVED, requestId: 'r', origin: 'live', events: [] },
    provider: 'mailgun',
    ...{ events: [], withoutEvents: [], tokens: [], controls: [], poison: [] },
    ...over,
  }) as Opened;

describe('tokens that are signed in place of the body', () => {
  const signed = (id: string, source?: string) =>
    opened(
      id,
      {
        tokens: [{ raw: `raw ${id}`, token: `token ${id}`, digest: `digest ${id}` }],
        events: [
          { raw: `raw ${id}`, event: {} as NormalisedEvent },
          { raw: 'another', event: {} as NormalisedEvent },
        ],
        withoutEvents: [`raw ${id}`, 'another'],
      },
      source,
    );
  /** Answers by sort key and body: `-` is what a token is bound to, `reused` the first forgery. */
  const table = (answer: (text: string, sortKey: string, digest: string) => string | undefined) => {
    const sent: string[] = [];
    const client = {
      send: async ({ input }: { input: { Statements: { Statement: string; Parameters: { S?: string }[] }[] } }) => ({
        Responses: input.Statements.map(({ Statement, Parameters }) => {
          const texts = Parameters.map(({ S }) => S ?? '');
          const isInsert = Statement.startsWith('INSERT');
          const [sortKey = '', digest = ''] = isInsert ? [texts[1], texts[2]] : [texts[2], texts[0]];
          sent.push(`${isInsert ? 'insert' : 'confirm'} ${sortKey} ${digest}`);
          const Code = answer(isInsert ? 'insert' : 'confirm', sortKey, digest);
          return Code ? { Error: { Code } } : {};
        }),
      }),
    } as unknown as DynamoDBClient;
    return { client, sent };
  };
  const bind = (client: DynamoDBClient, ...messages: Opened[]) => bindBodies(messages, client, 't', Date.now() + 5000);

  test('nothing is asked where there are none', async () => {
    const { client, sent } = table(() => undefined);
    const plain = opened('a');
    expect(await bind(client, plain)).toEqual({ messages: [plain], failed: [], forged: new Map() });
    expect(sent).toEqual([]);
  });

  test('the first body goes on as it is; its message, come back, too', async () => {
    const fresh = table(() => undefined);
    const one = signed('a');
    expect(await bind(fresh.client, one)).toEqual({ messages: [one], failed: [], forged: new Map() });
    const known = table((kind) => (kind === 'insert' ? 'DuplicateItem' : undefined));
    expect(await bind(known.client, one)).toEqual({ messages: [one], failed: [], forged: new Map() });
  });

  const bound = (kind: string, sortKey: string) =>
    sortKey === '-' ? (kind === 'insert' ? 'DuplicateItem' : 'ConditionalCheckFailed') : undefined;

  test('another body has no effect, is counted by its source, and is buried: its neighbours go on', async () => {
    const { client } = table(bound);
    const plain = opened('b');
    const { messages, failed, forged } = await bind(client, signed('a', 'shop'), plain);
    expect([failed, forged]).toEqual([[], new Map([['shop', 1]])]);
    expect(messages[0]).toMatchObject({
      events: [{ raw: 'another' }],
      withoutEvents: ['another'],
      poison: [{ reason: 'token-reused', raw: 'raw a', detail: expect.stringMatching(/\.$/) }],
    });
    expect(messages[1]).toBe(plain);
  });

  test('only the first of them is buried: who sends a forgery again writes no second letter', async () => {
    const again = (kind: string, sortKey: string) =>
      bound(kind, sortKey) ?? (kind === 'insert' ? 'DuplicateItem' : 'ConditionalCheckFailed');
    const { messages, forged } = await bind(table(again).client, signed('a', 'shop'));
    expect(messages[0]).toMatchObject({ events: [{ raw: 'another' }], poison: [] });
    expect(forged).toEqual(new Map([['shop', 1]]));
  });

  test('what could not be bound goes back whole, and is no forgery', async () => {
    const { client } = table((_kind, _sortKey, digest) =>
      digest.includes('digest a') ? 'InternalServerError' : undefined,
    );
    const [lost, fine] = [signed('a'), signed('b')];
    const { messages, failed, forged } = await bindBodies([lost, fine], client, 't', Date.now() + 300);
    expect([messages, failed, forged]).toEqual([[fine], [lost], new Map()]);
  });
});

describe('dead letters', () => {
  const poison = (reason: Poison['reason'], raw?: string): Poison => ({
    reason,
    detail: `${reason}.`,
    ...(raw !== undefined && { raw }),
  });
  interface Entry {
    readonly Id: string;
    readonly MessageBody: string;
    readonly MessageAttributes: Record<string, { readonly StringValue: string }>;
  }
  const queue = (refuses: (body: string) => boolean = () => false) => {
    const taken: Entry[] = [];
    const send = async ({ input: { Entries } }: { input: { Entries: Entry[] } }) => {
      taken.push(...Entries.filter(({ MessageBody }) => !refuses(MessageBody)));
      const Failed = Entries.filter(({ MessageBody }) => refuses(MessageBody)).map(({ Id }) => ({
        Id,
        Code: 'x',
        SenderFault: true,
      }));
      return { Successful: Entries.filter(({ MessageBody }) => !refuses(MessageBody)), Failed };
    };
    return { sqs: { send } as unknown as SQSClient, taken };
  };
  const until = () => Date.now() + 2000;

  test('are one for each raw event, in the format of messages; of a message that cannot be read, its body', async () => {
    const { sqs, taken } = queue();
    const messages = [
      opened('a', {
        poison: [poison('poison-event', '"x"'), poison('refused-by-table', '"x"'), poison('poison-event', '"y"')],
      }),
      opened('b', { message: undefined, poison: [poison('unreadable-message')] }),
      opened('c'),
    ];
    expect(await bury(messages, sqs, 'url', until())).toEqual({ messages, failed: [], letters: 3 });
    expect(
      taken.map(({ MessageBody, MessageAttributes }) => [
        MessageBody.startsWith('{') ? (JSON.parse(MessageBody) as { events: string[] }).events : MessageBody,
        Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])),
      ]),
    ).toEqual([
      [['"x"'], { reason: 'refused-by-table', detail: 'refused-by-table.', source: 'gun' }],
      [['"y"'], { reason: 'poison-event', detail: 'poison-event.', source: 'gun' }],
      ['body of b', { reason: 'unreadable-message', detail: 'unreadable-message.' }],
    ]);
    expect(JSON.parse(taken[0]?.MessageBody ?? '{}')).toMatchObject({
      source: 'gun',
      receivedAt: RECEIVED,
      requestId: 'r',
    });
  });

  test('that are not taken give their own message back, and no other', async () => {
    const { sqs } = queue((body) => body.includes('\\"x\\"'));
    const messages = [
      opened('a', { poison: [poison('poison-event', '"x"')] }),
      opened('b', { poison: [poison('poison-event', '"y"')] }),
    ];
    expect(await bury(messages, sqs, 'url', until())).toEqual({
      messages: [messages[1]],
      failed: [messages[0]],
      letters: 1,
    });
  });

  test('without any the queue is not called', async () => {
    const plain = [opened('a')];
    expect(await bury(plain, undefined as unknown as SQSClient, 'url', 0)).toEqual({
      messages: plain,
      failed: [],
      letters: 0,
    });
  });
});

describe('repeated events whose time lies ahead of the clock', () => {
  const ahead = {
    occurredAt: '2030-01-01T00:00:00.000Z',
    receivedAt: '2026-05-04T12:00:00.000Z',
    recipient: 'ada@example.com',
  };
  const one = (event: object, outcome: RecordedEvent['outcome']) =>
    ({ message: opened('m'), raw: '', event, outcome }) as unknown as RecordedEvent;
  const store = (firstArrival: () => Promise<string | undefined>) => ({ firstArrival }) as unknown as EventStore;
  const arrivals = async (events: readonly RecordedEvent[], found: () => Promise<string | undefined>) => {
    const { arrived, unknown } = await asFirstArrived(events, store(found), Date.now() + 5000);
    return [arrived.map(({ event, outcome }) => [event.receivedAt, outcome]), [...unknown]];
  };

  test('stand as they arrived first; all others as they are', async () => {
    const past = { ...ahead, occurredAt: '2026-05-04T09:00:00.000Z' };
    const events = [
      one(ahead, 'seen'),
      one(ahead, 'new'),
      one(past, 'seen'),
      one({ receivedAt: ahead.receivedAt }, 'seen'),
    ];
    const own = ahead.receivedAt;
    expect(await arrivals(events, async () => RECEIVED)).toEqual([
      [
        [RECEIVED, 'seen'],
        [own, 'new'],
        [own, 'seen'],
        [own, 'seen'],
      ],
      [],
    ]);
    // Gone from the table by now.
    expect(await arrivals([one(ahead, 'seen')], async () => undefined)).toEqual([[[own, 'seen']], []]);
  });

  test('that cannot be looked up wait, with their people', async () => {
    const fails = () => Promise.reject(new Error('x'));
    const { recipient: _, ...nobody } = ahead;
    expect(await arrivals([one(ahead, 'seen'), one(nobody, 'seen'), one(ahead, 'new')], fails)).toEqual([
      [
        [ahead.receivedAt, 'failed'],
        [ahead.receivedAt, 'failed'],
        [ahead.receivedAt, 'new'],
      ],
      ['ada@example.com'],
    ]);
  });
});
