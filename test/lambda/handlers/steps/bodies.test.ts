import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { EventStore } from '../../../../lambda/aws/dynamodb/events.ts';
import { takeFailures } from '../../../../lambda/aws/dynamodb/statements.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { bindBodies } from '../../../../lambda/handlers/process/bind.ts';
import { bury } from '../../../../lambda/handlers/process/bury.ts';
import { asFirstArrived } from '../../../../lambda/handlers/process/changes.ts';
import { obey } from '../../../../lambda/handlers/process/obey.ts';
import type { Opened, Poison } from '../../../../lambda/handlers/process/opened.ts';
import type { RecordedEvent } from '../../../../lambda/handlers/process/record.ts';
import { listenToLog } from '../../../support/surroundings/said.ts';

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

const until = () => Date.now() + 2000;
afterEach(() => {
  jest.restoreAllMocks();
});

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
    const written: unknown[] = [];
    const client = {
      send: async ({ input }: { input: { Statements: { Statement: string; Parameters: { S?: string }[] }[] } }) => ({
        Responses: input.Statements.map(({ Statement, Parameters }) => {
          const texts = Parameters.map(({ S }) => S ?? '');
          const isInsert = Statement.startsWith('INSERT');
          const [sortKey = '', digest = ''] = isInsert ? [texts[1], texts[2]] : [texts[2], texts[0]];
          sent.push(`${isInsert ? 'insert' : 'confirm'} ${sortKey} ${digest}`);
          if (isInsert) written.push([texts[0], Parameters[3]]);
          const Code = answer(isInsert ? 'insert' : 'confirm', sortKey, digest);
          return Code ? { Error: { Code } } : {};
        }),
      }),
    } as unknown as DynamoDBClient;
    return { client, sent, written };
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
    // For its provider, whatever the source, and for thirty days from its arrival.
    const expires = String(Date.parse(RECEIVED) / 1000 + 30 * 86_400);
    expect(fresh.written).toEqual([[expect.stringContaining('mailgun'), { N: expires }]]);
    expect(await bind(fresh.client, signed('a', 'shop'))).toMatchObject({ failed: [] });
    expect(new Set(fresh.written.map((item) => JSON.stringify(item))).size).toBe(1);
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
  test('are one for each raw event, in the format of messages; of a message that cannot be read, its body', async () => {
    const { sqs, taken } = queue();
    const messages = [
      opened('a', {
        poison: [poison('poison-event', '"x"'), poison('refused-by-table', '"x"'), poison('poison-event', '"y"')],
      }),
      opened('b', { message: undefined, poison: [poison('unreadable-message')] }),
      opened('c'),
      opened('d', { poison: [poison('unknown-source')] }),
    ];
    expect(await bury(messages, sqs, 'url', until())).toEqual({ messages, failed: [], letters: 4 });
    expect(
      taken.map(({ MessageBody, MessageAttributes }) => [
        MessageBody.startsWith('{') ? (JSON.parse(MessageBody) as { events: string[] }).events : MessageBody,
        Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])),
      ]),
    ).toEqual([
      [['"x"'], { reason: 'refused-by-table', detail: 'refused-by-table.', source: 'gun' }],
      [['"y"'], { reason: 'poison-event', detail: 'poison-event.', source: 'gun' }],
      ['body of b', { reason: 'unreadable-message', detail: 'unreadable-message.' }],
      ['body of d', { reason: 'unknown-source', detail: 'unknown-source.', source: 'gun' }],
    ]);
    expect(JSON.parse(taken[0]?.MessageBody ?? '{}')).toMatchObject({
      source: 'gun',
      receivedAt: RECEIVED,
      requestId: 'r',
    });
  });

  test('that are not taken give their own message back, and no other', async () => {
    const said = listenToLog();
    const { sqs } = queue((body) => body.includes('\\"x\\"'));
    const messages = [
      opened('a', { poison: [poison('poison-event', '"x"')] }),
      opened('b', { poison: [poison('poison-event', '"y"'), poison('poison-event', '"z"')] }),
    ];
    expect(await bury(messages, sqs, 'url', until())).toEqual({
      messages: [messages[1]],
      failed: [messages[0]],
      letters: 2,
    });
    expect(said).toEqual([
      ['error', 'message given back to the queue', { errorName: 'Error', stack: expect.any(String), source: 'gun' }],
    ]);
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
    takeFailures();
    expect(await arrivals([one(ahead, 'seen'), one(nobody, 'seen'), one(ahead, 'new')], fails)).toEqual([
      [
        [ahead.receivedAt, 'failed'],
        [ahead.receivedAt, 'failed'],
        [ahead.receivedAt, 'new'],
      ],
      ['ada@example.com'],
    ]);
    expect(takeFailures()).toEqual({ throttled: 0, other: 2 });
  });
});

describe('what messages ask for', () => {
  const URL = 'https://confirm.example/one';
  const asking = (id: string, ...urls: string[]) =>
    opened(id, {
      controls: urls.map((url) => ({ raw: `raw ${url}`, control: { kind: 'fetch-url', url } })),
      poison: [{ reason: 'poison-event', detail: 'Before.' }],
    });
  const answering = (status: (url: string) => number) => {
    const asked: string[] = [];
    jest.spyOn(globalThis, 'fetch').mockImplementation((async (url: string, { signal }: RequestInit) => {
      signal?.throwIfAborted();
      asked.push(url);
      return new Response('', { status: status(url) });
    }) as unknown as typeof fetch);
    return asked;
  };

  test('is done; a message that asks for nothing goes on as it is', async () => {
    const asked = answering(() => 200);
    const messages = [asking('a', URL, `${URL}/two`), opened('b')];
    expect(await obey(messages, until())).toEqual({ messages, failed: [] });
    expect(asked).toEqual([URL, `${URL}/two`]);
  });

  test('and can never be done is a dead letter, beside what else is wrong', async () => {
    answering((url) => (url === URL ? 404 : 200));
    const { messages, failed } = await obey([asking('a', URL, `${URL}/two`)], until());
    expect(failed).toEqual([]);
    expect(messages[0]?.poison).toEqual([
      { reason: 'poison-event', detail: 'Before.' },
      { reason: 'control-refused', detail: expect.stringMatching(/\.$/), raw: `raw ${URL}` },
    ]);
  });

  test('and fails for now, or has no time, gives its message back, and no other', async () => {
    const said = listenToLog();
    answering((url) => (url === URL ? 500 : 200));
    const [lost, done] = [asking('a', URL), asking('b', `${URL}/two`)];
    expect(await obey([lost, done], until())).toEqual({ messages: [done], failed: [lost] });
    expect(said).toEqual([
      [
        'error',
        'message given back to the queue',
        expect.objectContaining({ errorName: 'FetchRefused', source: 'gun' }),
      ],
    ]);
    expect((await obey([done], Date.now() - 1)).failed).toEqual([done]);
  });
});
