import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { takeTrace } from '../../../lambda/aws/dynamodb/heartbeat.ts';
import { recordedIn } from '../../../lambda/aws/dynamodb/known.ts';
import { heardOf, listedIn } from '../../../lambda/aws/dynamodb/people.ts';
import { presentKeys } from '../../../lambda/aws/dynamodb/read-keys.ts';
import { writeOver } from '../../../lambda/aws/dynamodb/rewrites.ts';
import { SurgeStore } from '../../../lambda/aws/dynamodb/surges.ts';
import { CLICKS_KEPT_SECONDS } from '../../../lambda/contract/surges.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';

/** What is asked of a table, request by request, and what is made of each answer: batches, pages, answers in part. */

type Input = Record<string, unknown>;
/** A table that answers with what it is told to, and keeps what it was asked. */
function table(...answers: ((input: Input) => object)[]) {
  const asked: Input[] = [];
  const send = async ({ input }: { input: Input }) => {
    asked.push(input);
    return answers[Math.min(asked.length, answers.length) - 1]?.(input) ?? {};
  };
  return { client: { send } as unknown as DynamoDBClient, asked };
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
    expect([...(await listedIn(client, 't', ['ada@example.com', 'bob@example.com']))]).toEqual(['ada@example.com']);
    expect((asked[0] as unknown as Keyed).RequestItems.t.ConsistentRead).toBe(false);
    expect(keysOf(asked[0] ?? {})).toEqual([
      { recipient: { S: 'ada@example.com' } },
      { recipient: { S: 'bob@example.com' } },
    ]);
  });
});

describe('whether anything was heard of a person', () => {
  const from = Date.UTC(2026, 4, 4);
  const hear = (client: DynamoDBClient) => heardOf(client, 't', 'ada@example.com', from, from + 1000);

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
});

describe('clicks', () => {
  const clicks = { id: 'a', hour: '2026-05-04T10', clicks: 7, subject: {} } as never;

  test('are added to their hour, and forgotten days after it', async () => {
    const { client, asked } = table(() => ({ Attributes: { clicks: { N: '12' } } }));
    expect(await new SurgeStore(client, 't').count(clicks, signal)).toBe(12);
    const expires = Date.UTC(2026, 4, 4, 10) / 1000 + CLICKS_KEPT_SECONDS;
    expect(asked[0]).toMatchObject({
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
