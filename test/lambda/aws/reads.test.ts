import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { Erasures } from '../../../lambda/aws/dynamodb/erasures.ts';
import { EventStore } from '../../../lambda/aws/dynamodb/events.ts';
import { takeTrace } from '../../../lambda/aws/dynamodb/heartbeat.ts';
import { toItem } from '../../../lambda/aws/dynamodb/item.ts';
import { recordedIn } from '../../../lambda/aws/dynamodb/known.ts';
import { heardOf, listedIn } from '../../../lambda/aws/dynamodb/people.ts';
import { presentKeys } from '../../../lambda/aws/dynamodb/read-keys.ts';
import { RetractionStore } from '../../../lambda/aws/dynamodb/retractions.ts';
import { writeOver } from '../../../lambda/aws/dynamodb/rewrites.ts';
import { runStatements, takeFailures } from '../../../lambda/aws/dynamodb/statements.ts';
import { SuppressionStore } from '../../../lambda/aws/dynamodb/suppression.ts';
import { SurgeStore } from '../../../lambda/aws/dynamodb/surges.ts';
import { bindTokens } from '../../../lambda/aws/dynamodb/tokens.ts';
import { CLICKS_KEPT_SECONDS } from '../../../lambda/contract/surges.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';

/** What is asked of a table, request by request, and what is made of each answer: batches, pages, answers in part. */

type Input = Record<string, unknown>;
/** A table that answers with what it is told to, and keeps what it was asked. */
function table(...answers: ((input: Input) => object)[]) {
  const asked: Input[] = [];
  const ends: unknown[] = [];
  const send = async ({ input }: { input: Input }, options?: { readonly abortSignal?: unknown }) => {
    asked.push(input);
    ends.push(options?.abortSignal);
    return answers[Math.min(asked.length, answers.length) - 1]?.(input) ?? {};
  };
  return { client: { send } as unknown as DynamoDBClient, asked, ends };
}
interface Keyed {
  readonly RequestItems: { readonly t: { readonly Keys: readonly object[]; readonly ConsistentRead: boolean } };
}
const keysOf = (input: Input) => (input as unknown as Keyed).RequestItems.t.Keys;
const everything = (input: Input) => ({ Responses: { t: keysOf(input) } });
const key = (n: number) => ({ recipient: { S: `p${n}` }, eventKey: { S: 'k' } });
const keys = (count: number) => Array.from({ length: count }, (_none, n) => key(n));
const signal = AbortSignal.timeout(60_000);

describe('which keys have an item', () => {
  test('is asked a hundred at a time, and only for the keys', async () => {
    const { client, asked } = table(everything);
    expect(await presentKeys(client, 't', keys(201), true)).toEqual(keys(201));
    expect(asked.map((input) => keysOf(input).length)).toEqual([100, 100, 1]);
    expect(asked[0]).toEqual({
      RequestItems: {
        t: {
          Keys: keys(100),
          ConsistentRead: true,
          ProjectionExpression: '#k0, #k1',
          ExpressionAttributeNames: { '#k0': 'recipient', '#k1': 'eventKey' },
        },
      },
    });
  });

  test('what comes back unprocessed is asked again, and only that; no answer is no item', async () => {
    const { client, asked } = table(
      () => ({ Responses: { t: [key(0)] }, UnprocessedKeys: { t: { Keys: [key(1), key(2)] } } }),
      () => ({ Responses: { t: [key(2)] } }),
    );
    expect(await presentKeys(client, 't', keys(4), false)).toEqual([key(0), key(2)]);
    expect(asked.map(keysOf)).toEqual([keys(4), [key(1), key(2)]]);
    expect(await presentKeys(table(() => ({})).client, 't', keys(1), false)).toEqual([]);
    const none = table(everything);
    expect([await presentKeys(none.client, 't', [], false), none.asked]).toEqual([[], []]);
  });

  test('of events, as positions: an event twice is asked once, and found twice', async () => {
    const event = (n: number) =>
      ({
        ...{ fingerprint: String(n).padStart(32, '0'), type: 'bounced', recipient: 'ada@example.com' },
        occurredAt: '2026-05-04T10:00:00.000Z',
      }) as NormalisedEvent;
    const { client, asked } = table((input) => ({ Responses: { t: keysOf(input).slice(1) } }));
    const found = await recordedIn({ client, table: 't', consistent: true }, [event(1), event(2), event(2), event(3)]);
    expect([...found]).toEqual([1, 2, 3]);
    expect(
      asked.map((input) => [keysOf(input).length, (input as unknown as Keyed).RequestItems.t.ConsistentRead]),
    ).toEqual([[3, true]]);
  });

  test('of people', async () => {
    const { client, asked } = table(() => ({ Responses: { t: [{ recipient: { S: 'ada@example.com' } }] } }));
    expect([...(await listedIn(client, 't', ['ada@example.com', 'bob@example.com'], signal))]).toEqual([
      'ada@example.com',
    ]);
    expect((asked[0] as unknown as Keyed).RequestItems.t.ConsistentRead).toBe(false);
    expect(keysOf(asked[0] ?? {})).toEqual([
      { recipient: { S: 'ada@example.com' } },
      { recipient: { S: 'bob@example.com' } },
    ]);
  });
});

describe('whether anything was heard of a person', () => {
  const from = Date.UTC(2026, 4, 4);
  const hear = (client: DynamoDBClient) => heardOf(client, 't', 'ada@example.com', from, from + 1000, signal);

  test('is asked of the time given, its last millisecond included, and counted, not read', async () => {
    const { client, asked } = table(() => ({ Count: 1 }));
    expect(await hear(client)).toBe(true);
    const [{ ExpressionAttributeValues: values, ExpressionAttributeNames: names, ...query } = {}] = asked;
    expect(query).toMatchObject({
      TableName: 't',
      KeyConditionExpression: '#r = :r AND #k BETWEEN :from AND :to',
      Select: 'COUNT',
    });
    expect(names).toEqual({ '#r': 'recipient', '#k': 'eventKey', '#t': 'type' });
    const { ':r': person, ':from': first, ':to': last, ...types } = values as Record<string, { S: string }>;
    expect([person?.S, first?.S, last?.S]).toEqual([
      'ada@example.com',
      '2026-05-04T00:00:00.000Z',
      '2026-05-04T00:00:01.000Z~',
    ]);
    expect(query.FilterExpression).toBe(`#t IN (${Object.keys(types).join(', ')})`);
    expect(Object.values(types).map(({ S }) => S)).toEqual(
      expect.arrayContaining(['bounced', 'complained', 'unsubscribed']),
    );
  });

  test('goes on over pages that hold nothing, to the last', async () => {
    const next = { recipient: { S: 'x' } };
    const { client, asked } = table(
      () => ({ Count: 0, LastEvaluatedKey: next }),
      () => ({ Count: 1 }),
    );
    expect(await hear(client)).toBe(true);
    expect(asked.map(({ ExclusiveStartKey }) => ExclusiveStartKey)).toEqual([undefined, next]);
    const none = table(
      () => ({ LastEvaluatedKey: next }),
      () => ({}),
    );
    expect([await hear(none.client), none.asked.length]).toEqual([false, 2]);
  });
});

describe('the trace of a heartbeat', () => {
  const trace = { recipient: '~quell-heartbeat#a', eventKey: 'k' };

  test('that is not there is not found, and nothing is taken away', async () => {
    const { client, asked } = table(() => ({}));
    expect(await takeTrace(client, 't', trace, signal)).toBe(false);
    expect(asked).toEqual([
      { TableName: 't', Key: { recipient: { S: trace.recipient }, eventKey: { S: 'k' } }, ConsistentRead: true },
    ]);
  });

  test('that is there is taken away; found is found, also where that fails', async () => {
    const there = table(
      () => ({ Item: {} }),
      () => ({}),
    );
    expect(await takeTrace(there.client, 't', trace, signal)).toBe(true);
    expect(there.asked[1]).toEqual({
      TableName: 't',
      Key: { recipient: { S: trace.recipient }, eventKey: { S: 'k' } },
    });
    const stays = table(
      () => ({ Item: {} }),
      () => {
        throw new Error('x');
      },
    );
    expect(await takeTrace(stays.client, 't', trace, signal)).toBe(true);
  });
});

describe('writing over', () => {
  interface Written {
    readonly RequestItems: { readonly t: { readonly PutRequest: { readonly Item: object } }[] };
  }
  const itemsOf = (input: Input) =>
    (input as unknown as Written).RequestItems.t.map(({ PutRequest }) => PutRequest.Item);

  test('twenty-five to a request; only what came back is written again', async () => {
    const { client, asked } = table(
      (input) => ({ UnprocessedItems: { t: (input as unknown as Written).RequestItems.t.slice(1, 2) } }),
      () => ({}),
    );
    expect(await writeOver(client, 't', keys(26), Date.now() + 5000)).toEqual(keys(26).map(() => 'done'));
    expect(asked.map((input) => itemsOf(input).length)).toEqual([25, 1, 1]);
    expect(itemsOf(asked[2] ?? {})).toEqual([key(1)]);
  });

  test('what is refused until the deadline failed', async () => {
    const { client } = table(() => {
      throw new Error('x');
    });
    expect(await writeOver(client, 't', keys(2), Date.now())).toEqual(['failed', 'failed']);
  });

  test('once the time is over nothing more is asked: one request in any case, not one for each twenty-five', async () => {
    const { client, asked } = table(() => ({}));
    expect(new Set(await writeOver(client, 't', keys(60).slice(25), Date.now() - 1))).toEqual(
      new Set(['done', 'failed']),
    );
    expect(asked).toHaveLength(1);
  });
});

describe('clicks', () => {
  const clicks = { id: 'a', hour: '2026-05-04T10', clicks: 7, subject: {} } as never;

  test('are added to their hour, and forgotten days after it', async () => {
    const { client, asked } = table(() => ({ Attributes: { clicks: { N: '12' } } }));
    expect(await new SurgeStore(client, 't').count(clicks, signal)).toBe(12);
    const expires = Date.UTC(2026, 4, 4, 10) / 1000 + CLICKS_KEPT_SECONDS;
    expect(asked[0]).toMatchObject({
      TableName: 't',
      Key: { recipient: { S: '~quell-clicks#a' }, eventKey: { S: '2026-05-04T10' } },
      UpdateExpression: 'ADD #clicks :clicks SET #expiry = :expiry',
      ExpressionAttributeNames: { '#clicks': 'clicks', '#expiry': 'expiresAt' },
      ExpressionAttributeValues: { ':clicks': { N: '7' }, ':expiry': { N: String(expires) } },
      ReturnValues: 'UPDATED_NEW',
    });
  });

  test('of the day before are those of the twenty-four hours before this one', async () => {
    const { client, asked } = table(() => ({ Items: [{ clicks: { N: '3' } }, { clicks: { N: '4' } }] }));
    expect(await new SurgeStore(client, 't').before(clicks, signal)).toEqual([3, 4]);
    expect(asked[0]).toMatchObject({
      TableName: 't',
      KeyConditionExpression: '#partition = :partition AND #hour BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#partition': 'recipient', '#hour': 'eventKey' },
    });
    expect(asked[0]?.ExpressionAttributeValues).toEqual({
      ':partition': { S: '~quell-clicks#a' },
      ':from': { S: '2026-05-03T10' },
      ':to': { S: '2026-05-04T09' },
    });
    expect(await new SurgeStore(table(() => ({})).client, 't').before(clicks, signal)).toEqual([]);
  });

  test('that surge are announced once a day; that somebody else did so is no fault, and all else is', async () => {
    const now = Date.UTC(2026, 4, 4, 10);
    const surge = { noticedAt: '2026-05-04T10:00:00.000Z' } as never;
    const { client, asked } = table(() => ({}));
    await new SurgeStore(client, 't').announce('a', surge, now, signal);
    expect(asked[0]).toMatchObject({
      TableName: 't',
      Key: { recipient: { S: '~quell-clicks#a' }, eventKey: { S: 'surge' } },
      UpdateExpression: 'SET #surge = :surge, #at = :at, #expiry = :expiry',
      ExpressionAttributeNames: { '#surge': 'surge', '#at': 'noticedAt', '#expiry': 'expiresAt' },
      ConditionExpression: 'attribute_not_exists(#at) OR #at < :dayBefore',
      ExpressionAttributeValues: {
        ':dayBefore': { S: '2026-05-03T10:00:00.000Z' },
        ':expiry': { N: String(now / 1000 + CLICKS_KEPT_SECONDS) },
        ':at': { S: '2026-05-04T10:00:00.000Z' },
      },
    });
    const refusing = (name: string) =>
      new SurgeStore(
        table(() => {
          throw Object.assign(new Error('x'), { name });
        }).client,
        't',
      ).announce('a', surge, now, signal);
    await refusing('ConditionalCheckFailedException');
    await expect(refusing('ValidationException')).rejects.toThrow('x');
  });
});

const soon = () => Date.now() + 5000;

describe('every question can be ended by whoever asks it', () => {
  const clicks = { id: 'a', hour: '2026-05-04T10', clicks: 7, subject: {} } as never;
  const event = { fingerprint: 'f', type: 'bounced', occurredAt: '2026-05-04T10:00:00.000Z' } as NormalisedEvent;
  test.each<[string, (client: DynamoDBClient) => Promise<unknown>, number?]>([
    ['the trace of a heartbeat', (client) => takeTrace(client, 't', { recipient: 'a', eventKey: 'k' }, signal), 2],
    ['clicks of an hour', (client) => new SurgeStore(client, 't').count(clicks, signal)],
    ['clicks of the day before', (client) => new SurgeStore(client, 't').before(clicks, signal)],
    ['a surge', (client) => new SurgeStore(client, 't').announce('a', {} as never, 0, signal)],
    ['a history', (client) => new EventStore(client, 't', 35).history('a', ['bounced'], signal)],
    ['a first arrival', (client) => new EventStore(client, 't', 35).firstArrival(event, signal)],
  ])('%s: by its own signal', async (_name, ask, requests = 1) => {
    const { client, ends } = table(() => ({ Item: {} }));
    await ask(client);
    expect(ends).toHaveLength(requests);
    for (const end of ends) expect(end).toBe(signal);
  });

  const everyStatement = (input: Input) => ({ Responses: (input.Statements as object[]).map(() => ({})) });
  test.each<[string, (client: DynamoDBClient) => Promise<unknown>]>([
    ['what does not count', (client) => new RetractionStore(client, 't').known(signal)],
    ['entries of the list', (client) => new SuppressionStore(client, 't').reasonsOf(['a'], soon())],
    ['statements', (client) => runStatements(client, [{ text: 'x', parameters: [] }], soon())],
    ['items written over', (client) => writeOver(client, 't', keys(1), soon())],
    [
      'marks of erased people',
      (client) => new Erasures(client, 't', { values: async () => ['key'] } as never).erasedAt(['a'], soon()),
    ],
    [
      'changes of the list',
      (client) => new SuppressionStore(client, 't').apply(new Map([['a', { judgements: [] }]]), soon()),
    ],
  ])('%s: by a signal that comes before the deadline', async (_name, ask) => {
    const { client, ends } = table((input) => (input.Statements ? everyStatement(input) : {}));
    await ask(client);
    expect(ends.map((end) => end instanceof AbortSignal)).toEqual([true]);
  });
});

describe('what must be read is read at its newest', () => {
  test('the history of a person, of the types asked for, by its keys that begin with a year', async () => {
    const { client, asked } = table(() => ({}));
    await new EventStore(client, 't', 35).history('ada@example.com', ['bounced', 'delivered'], signal);
    expect(asked).toEqual([
      {
        TableName: 't',
        KeyConditionExpression: '#recipient = :recipient AND #key >= :timed',
        FilterExpression: '#type IN (:type0, :type1)',
        ExpressionAttributeNames: { '#recipient': 'recipient', '#key': 'eventKey', '#type': 'type' },
        ExpressionAttributeValues: {
          ':recipient': { S: 'ada@example.com' },
          // Behind "-", which stands for no time.
          ':timed': { S: '0' },
          ':type0': { S: 'bounced' },
          ':type1': { S: 'delivered' },
        },
        ConsistentRead: true,
        ExclusiveStartKey: undefined,
      },
    ]);
  });

  test('a first arrival', async () => {
    const { client, asked } = table(() => ({ Items: [{ receivedAt: { S: 'then' } }, {}] }));
    const event = { fingerprint: 'f', recipient: 'ada@example.com', occurredAt: 'now' } as NormalisedEvent;
    expect(await new EventStore(client, 't', 35).firstArrival(event, signal)).toBe('then');
    expect(asked[0]).toMatchObject({
      TableName: 't',
      KeyConditionExpression: '#recipient = :recipient AND #key = :key',
      ExpressionAttributeNames: { '#recipient': 'recipient', '#key': 'eventKey' },
      ExpressionAttributeValues: { ':recipient': { S: 'ada@example.com' }, ':key': { S: 'now#f' } },
      ConsistentRead: true,
    });
  });

  test('the entries of people, and what does not count', async () => {
    const people = table(() => ({ Responses: { t: [{ recipient: { S: 'p0' } }] } }));
    const listed = await new SuppressionStore(people.client, 't').reasonsOf(['p0'], soon());
    expect([...listed.entries]).toEqual([['p0', {}]]);
    expect(people.asked).toEqual([
      { RequestItems: { t: { Keys: [{ recipient: { S: 'p0' } }], ConsistentRead: true } } },
    ]);
    const list = table(() => ({}));
    await new RetractionStore(list.client, 't').read(signal);
    expect(list.asked).toEqual([{ TableName: 't', Key: { recipient: { S: '~retractions' } }, ConsistentRead: true }]);
  });
});

test('an item holds texts, numbers, truths, lists and maps, and nothing that is undefined', () => {
  expect(toItem({ a: 'x', b: 1.5, c: false, d: [true, ['y']], e: { f: 0, g: undefined }, h: undefined })).toEqual({
    a: { S: 'x' },
    b: { N: '1.5' },
    c: { BOOL: false },
    d: { L: [{ BOOL: true }, { L: [{ S: 'y' }] }] },
    e: { M: { f: { N: '0' } } },
  });
});

test('a table that answers neither yes nor no is noted, whatever was asked of it', async () => {
  takeFailures();
  const refusing = () => {
    throw Object.assign(new Error('x'), { name: 'ThrottlingException' });
  };
  const erasures = new Erasures(table(refusing).client, 't', { values: async () => ['key'] } as never);
  const ada = new Set(['ada@example.com']);
  expect(await erasures.erasedAt([...ada], Date.now())).toEqual({ at: new Map(), unread: ada });
  expect(takeFailures()).toEqual({ throttled: 1, other: 0 });
  const list = new SuppressionStore(table(refusing).client, 't');
  expect(await list.reasonsOf([...ada], Date.now())).toEqual({ entries: new Map(), unread: ada });
  expect(takeFailures()).toEqual({ throttled: 1, other: 0 });
});

describe('statements', () => {
  const statement = (text: string) => ({ text, parameters: [] });
  const refusesAll = () => {
    throw Object.assign(new Error('x'), { name: 'ValidationException' });
  };

  test('that refuse a whole request are asked for one by one; what is not answered then is asked for again', async () => {
    const { client, asked, ends } = table(
      refusesAll,
      () => ({ Responses: [{}] }),
      () => ({}),
      () => ({ Responses: [{}] }),
    );
    expect(await runStatements(client, [statement('a'), statement('b')], Date.now() + 5000)).toEqual(['done', 'done']);
    expect(asked.map(({ Statements }) => (Statements as { Statement: string }[]).map((one) => one.Statement))).toEqual([
      ['a', 'b'],
      ['a'],
      ['b'],
      ['b'],
    ]);
    for (const end of ends) expect(end).toBeInstanceOf(AbortSignal);
  });

  test('one that is refused alone is invalid, for ever', async () => {
    const { client, asked } = table(refusesAll);
    expect(await runStatements(client, [statement('a')], Date.now() + 5000)).toEqual(['invalid']);
    expect(asked).toHaveLength(1);
  });
});

describe('a bound token', () => {
  const token = { provider: 'mailgun', token: 't1', digest: 'd', receivedAt: '2026-05-04T10:00:00.500Z' };
  interface Asked {
    readonly Statements: { readonly Statement: string; readonly Parameters: object[] }[];
  }

  test('is kept for thirty days after it came, beside the events', async () => {
    const { client, asked } = table(() => ({ Responses: [{}] }));
    expect(await bindTokens(client, 't', [token], Date.now() + 5000)).toEqual(['bound']);
    const expires = Date.UTC(2026, 4, 4, 10, 0, 1) / 1000 + 30 * 86_400;
    expect(asked).toEqual([
      {
        Statements: [
          {
            Statement: `INSERT INTO "t" VALUE {'recipient':?,'eventKey':?,'digest':?,'expiresAt':?}`,
            Parameters: [{ S: '~token#mailgun#t1' }, { S: '-' }, { S: 'd' }, { N: String(expires) }],
          },
        ],
      },
    ]);
  });

  test('and a forgery under it, known again by its request', async () => {
    const refused = { Error: { Code: 'DuplicateItem' } };
    const { client, asked } = table(
      () => ({ Responses: [refused] }),
      () => ({ Responses: [refused] }),
      () => ({ Responses: [{}] }),
    );
    expect(await bindTokens(client, 't', [token], Date.now() + 5000)).toEqual(['reused']);
    const [, confirm, insert] = asked.map((input) => (input as unknown as Asked).Statements[0]);
    expect(confirm?.Statement).toBe('UPDATE "t" SET "digest"=? WHERE "recipient"=? AND "eventKey"=? AND "digest"=?');
    expect(confirm?.Parameters).toEqual(['d', '~token#mailgun#t1', '-', 'd'].map((S) => ({ S })));
    expect(insert?.Parameters.slice(0, 3)).toEqual(
      ['~token#mailgun#t1', 'reused', 'd 2026-05-04T10:00:00.500Z'].map((S) => ({ S })),
    );
  });
});
