import {
  type AttributeValue,
  type BatchStatementRequest,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Erasures } from '../../../lambda/aws/dynamodb/erasures.ts';
import { EventStore } from '../../../lambda/aws/dynamodb/events.ts';
import { toItem } from '../../../lambda/aws/dynamodb/item.ts';
import { RetractionStore } from '../../../lambda/aws/dynamodb/retractions.ts';
import { noteFailure, runStatements, takeFailures } from '../../../lambda/aws/dynamodb/statements.ts';
import { SuppressionStore } from '../../../lambda/aws/dynamodb/suppression.ts';
import { bindTokens } from '../../../lambda/aws/dynamodb/tokens.ts';
import { hedged } from '../../../lambda/aws/hedge.ts';
import type { SecretStore } from '../../../lambda/aws/secrets.ts';
import { FOREVER, RETRACTIONS_KEY } from '../../../lambda/contract/tables.ts';
import { erasureMark } from '../../../lambda/domain/erasure.ts';
import { RefusedRequest } from '../../../lambda/domain/errors.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import type { Judgement } from '../../../lambda/domain/suppression/suppression.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { type FaultyProxy, faultyProxy, throttled } from '../../support/surroundings/faulty-proxy.ts';

/** What the stores do at the edges of what DynamoDB answers: in part, out of order, refused for ever, page by page. */

let dynamo: TestDynamo;
let proxy: FaultyProxy;
let client: DynamoDBClient;
let suppression: string;
let events: string;
const soon = (ms = 5000): number => Date.now() + ms;
const never = AbortSignal.timeout(60_000);
const SOON = Date.now() + 60_000;

beforeAll(async () => {
  dynamo = await startTestDynamo();
  ({ suppression, events } = dynamo.tables);
  proxy = await faultyProxy(dynamo.endpoint);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ endpoint: proxy.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
afterEach(() => {
  proxy.fault = () => undefined;
  proxy.calls.length = 0;
  takeFailures();
});
afterAll(async () => {
  client.destroy();
  await proxy.stop();
  await dynamo.stop();
});

const put = (TableName: string, item: object) => client.send(new PutItemCommand({ TableName, Item: toItem(item) }));
const get = async (recipient: string): Promise<Record<string, unknown>> => {
  const Key = { recipient: { S: recipient } };
  const { Item = {} } = await client.send(new GetItemCommand({ TableName: suppression, Key }));
  return unmarshall(Item);
};

test('nothing has failed before anything was asked', () => {
  expect(takeFailures()).toEqual({ throttled: 0, other: 0 });
});

describe('statements', () => {
  const insert = (key: string) => ({
    text: `INSERT INTO "${suppression}" VALUE {'recipient':?}`,
    parameters: [{ S: key } as AttributeValue],
  });
  const invalid = { text: `INSERT INTO "${suppression}" VALUE {'recipient':?}`, parameters: [{ N: '1' }] };

  test('one that refuses the whole request is told from its neighbours', async () => {
    let whole = 0;
    proxy.fault = ({ body }) => {
      const statements = body.Statements as { Parameters: AttributeValue[] }[];
      if (!statements.some(({ Parameters }) => Parameters[0]?.N === '1')) return undefined;
      whole++;
      return { status: 400, json: { __type: 'com.amazon.coral.validate#ValidationException' } };
    };
    expect(await runStatements(client, [insert('a1'), invalid, insert('a2')], soon())).toEqual([
      'done',
      'invalid',
      'done',
    ]);
    expect([whole, proxy.calls.length]).toEqual([2, 4]);
  });

  test('what is asked for alone, and not answered, is asked for again', async () => {
    let alone = 0;
    proxy.fault = ({ body }) => {
      if ((body.Statements as unknown[]).length > 1) return { status: 400, json: { __type: 'ValidationException' } };
      return alone++ === 0 ? { status: 200, json: {} } : undefined;
    };
    expect(await runStatements(client, [insert('a3'), insert('a4')], soon())).toEqual(['done', 'done']);
    expect(alone).toBe(3);
  });

  test('a code that is refused, one that is for ever, and one that nobody knows', async () => {
    let asked = 0;
    proxy.fault = () => {
      asked++;
      if (asked > 1) return undefined;
      const Responses = [
        { Error: { Code: 'DuplicateItem' } },
        { Error: { Code: 'ConditionalCheckFailed' } },
        { Error: { Code: 'ValidationError' } },
        { Error: { Code: 'ProvisionedThroughputExceeded' } },
        { Error: {} },
        {},
      ];
      return { status: 200, json: { Responses } };
    };
    const statements = [1, 2, 3, 4, 5, 6].map((n) => insert(`b${n}`));
    expect(await runStatements(client, statements, soon())).toEqual([
      'refused',
      'refused',
      'invalid',
      'done',
      'done',
      'done',
    ]);
    expect(takeFailures()).toEqual({ throttled: 1, other: 1 });
    expect(takeFailures()).toEqual({ throttled: 0, other: 0 });
  });

  test('an answer without a list is no answer', async () => {
    let asked = 0;
    proxy.fault = () => (asked++ === 0 ? { status: 200, json: {} } : undefined);
    expect(await runStatements(client, [insert('c1')], soon())).toEqual(['done']);
    expect(asked).toBe(2);
  });

  const others = Array.from({ length: 60 }, (_none, n) => `other ${n}`);
  /** A table whose hot partitions take so many statements of each request, until all others are written. */
  const hotTable = (takes: number) => {
    const asked: string[][] = [];
    const waiting = new Set(others);
    const send = async ({ input }: { input: { Statements: { Parameters: [{ S: string }] }[] } }) => {
      const keys = input.Statements.map(({ Parameters: [{ S }] }) => S);
      asked.push(keys);
      let taken = 0;
      const refused = keys.map((key) => key.startsWith('hot') && waiting.size > 0 && ++taken > takes);
      for (const key of keys) waiting.delete(key);
      return { Responses: refused.map((is) => (is ? { Error: { Code: 'ThrottlingError' } } : {})) };
    };
    return { client: { send } as unknown as DynamoDBClient, asked };
  };
  const about = (partition: string) => ({ ...insert(partition), partition });
  const hot = (count: number, partitions: number) =>
    Array.from({ length: count }, (_none, n) => about(`hot ${n % partitions}`));
  test.each([
    ['one hot partition that takes nothing', 100, 1, 0],
    ['one that takes one statement of each request', 100, 1, 1],
    ['one with so many that it fills request after request', 500, 1, 0],
    ['twenty, more than four requests hold five of each', 500, 20, 0],
    ['three that take a little', 300, 3, 1],
  ])('%s, in front: everybody else is done in the next rounds', async (_what, count, partitions, takes) => {
    const { client, asked } = hotTable(takes);
    const outcomes = await runStatements(client, [...hot(count, partitions), ...others.map(about)], soon(20_000));
    expect(new Set(outcomes)).toEqual(new Set(['done']));
    // Not by asking for all of it at once: a round is four requests, and more only where others were taken.
    const last = asked.findLastIndex((keys) => keys.some((key) => key.startsWith('other')));
    expect(last).toBeLessThan(16);
  });

  test('what was throttled is told from what failed otherwise', () => {
    noteFailure('ThrottlingError');
    noteFailure(Object.assign(new Error('x'), { name: 'RequestLimitExceeded' }));
    noteFailure(Object.assign(new Error('x'), { name: 'ProvisionedThroughputExceededException' }));
    noteFailure(new TypeError('x'));
    noteFailure(undefined);
    expect(takeFailures()).toEqual({ throttled: 3, other: 2 });
  });
});

describe('events', () => {
  const event = (n: number, over: Partial<NormalisedEvent> = {}): NormalisedEvent => ({
    fingerprint: String(n).padStart(32, '0'),
    type: 'bounced',
    source: 's',
    provider: 'sendgrid',
    providerEvent: 'bounce',
    recipient: 'ada@example.com',
    occurredAt: `2026-11-20T10:00:${String(n % 60).padStart(2, '0')}.000Z`,
    receivedAt: new Date().toISOString(),
    ...over,
  });
  const store = (): EventStore => new EventStore(client, events, 3650);

  test('a rewrite goes over what stands there, and is told as new; what comes back unprocessed is written again', async () => {
    await store().record([event(1, { diagnostic: 'old' })], soon());
    let once = true;
    proxy.fault = ({ operation, body }) => {
      if (operation !== 'BatchWriteItem' || !once) return undefined;
      once = false;
      return { status: 200, json: { UnprocessedItems: body.RequestItems } };
    };
    const rewritten = [event(1, { diagnostic: 'new' }), event(2)];
    expect(await store().record(rewritten, soon(), () => ({ rewrite: true }))).toEqual(['new', 'new']);
    expect(proxy.calls.filter((call) => call === 'BatchWriteItem')).toHaveLength(2);
    const told = await store().history('ada@example.com', ['bounced'], never);
    expect(told.map(({ diagnostic }) => diagnostic)).toEqual(['new', undefined]);
  });

  test('a rewrite that the table will never take refuses the request: alone it is told from its neighbours', async () => {
    proxy.fault = ({ operation, body }) =>
      operation === 'BatchWriteItem' && JSON.stringify(body).includes('#00000000000000000000000000000311')
        ? { status: 400, json: { __type: 'ValidationException' } }
        : undefined;
    const events = [310, 311, 312].map((n) => event(n));
    expect(await store().record(events, soon(), () => ({ rewrite: true }))).toEqual(['new', 'poison', 'new']);
  });

  test('a rewrite that is never taken failed, and only it', async () => {
    proxy.fault = ({ operation }) => (operation === 'BatchWriteItem' ? throttled : undefined);
    const mode = (index: number) => (index === 0 ? { rewrite: true } : {});
    expect(await store().record([event(3), event(4)], soon(1000), mode)).toEqual(['failed', 'new']);
  });

  test('the history of a person: by type, oldest first, over pages, without what has no time', async () => {
    const bob = (n: number, over: Partial<NormalisedEvent> = {}) => event(n, { recipient: 'bob@example.com', ...over });
    const { occurredAt: _none, ...timeless } = bob(9);
    await store().record([bob(12), bob(11), bob(10, { type: 'delivered' }), timeless], soon());
    const from: unknown[] = [];
    proxy.fault = async ({ operation, body }) => {
      if (operation === 'Query') from.push(body.ExclusiveStartKey);
      if (operation !== 'Query' || from.length > 1) return undefined;
      // A page without anything on it, as a filter leaves them, that says where to go on.
      return {
        status: 200,
        json: { Items: [], LastEvaluatedKey: { recipient: { S: 'bob@example.com' }, eventKey: { S: '1' } } },
      };
    };
    const bounces = await store().history('bob@example.com', ['bounced'], never);
    expect(bounces.map(({ fingerprint }) => Number(fingerprint))).toEqual([11, 12]);
    expect(from).toEqual([undefined, { recipient: { S: 'bob@example.com' }, eventKey: { S: '1' } }]);
    const both = await store().history('bob@example.com', ['bounced', 'delivered'], never);
    expect(both.map(({ type }) => type)).toEqual(['delivered', 'bounced', 'bounced']);
  });

  test('the first arrival of an event, and of one that is not known', async () => {
    const known = event(20, { receivedAt: '2026-11-20T11:00:00.000Z' });
    await store().record([known], soon());
    await store().record([{ ...known, receivedAt: '2026-11-20T12:00:00.000Z' }], soon());
    expect(await store().firstArrival(known, never)).toBe('2026-11-20T11:00:00.000Z');
    expect(await store().firstArrival(event(21), never)).toBeUndefined();
  });
});

describe('the list', () => {
  const store = (): SuppressionStore => new SuppressionStore(client, suppression);
  const complaint = (until: number, at = '2026-11-20T10:00:00.000Z'): Judgement => ({
    reason: 'complaint',
    mark: { at, until, fingerprint: String(until).padStart(32, '0'), source: 's', event: 'spamreport' },
  });
  const of = (recipient: string, ...judgements: Judgement[]) => new Map([[recipient, { judgements }]]);

  test('tells whom it has just ended mail to: not who was listed before, nor whose time is over', async () => {
    const began = async (recipient: string, ...judgements: Judgement[]) => [
      ...(await store().apply(of(recipient, ...judgements), soon())).suppressed,
    ];
    const past = Math.floor(Date.now() / 1000) - 10;
    expect(await began('new@example.com', complaint(FOREVER))).toEqual(['new@example.com']);
    expect(await began('new@example.com', complaint(FOREVER, '2026-11-20T11:00:00.000Z'))).toEqual([]);
    expect(await began('over@example.com', complaint(past))).toEqual([]);
    expect(await began('over@example.com', complaint(FOREVER, '2026-11-20T11:00:00.000Z'))).toEqual([
      'over@example.com',
    ]);
  });

  test('a change that is not to be published says so in its version', async () => {
    const quiet = new Set(['quiet@example.com']);
    await store().apply(of('quiet@example.com', complaint(FOREVER)), soon(), { quiet });
    await store().apply(of('loud@example.com', complaint(FOREVER)), soon());
    expect(await get('quiet@example.com')).toMatchObject({ version: 1, replayedVersion: 1 });
    expect(await get('loud@example.com')).not.toHaveProperty('replayedVersion');
  });

  test('an entry that the table will never take is refused, and costs nobody else', async () => {
    proxy.fault = ({ operation, body }) => {
      if (operation !== 'BatchExecuteStatement') return undefined;
      const statements = body.Statements as { Parameters: unknown[] }[];
      const responses = statements.map(({ Parameters }) =>
        JSON.stringify(Parameters).includes('huge@') ? { Error: { Code: 'ValidationError' } } : {},
      );
      return { status: 200, json: { Responses: responses } };
    };
    const changes = new Map([
      ...of('huge@example.com', complaint(FOREVER)),
      ...of('ada@example.com', complaint(FOREVER)),
    ]);
    const { changed, failed, refused } = await store().apply(changes, soon());
    expect([[...changed], [...failed], [...refused.keys()]]).toEqual([['ada@example.com'], [], ['huge@example.com']]);
    expect(refused.get('huge@example.com')).toEqual([complaint(FOREVER)]);
  });

  test('an entry that somebody has broken by hand fails by itself, at once, and its neighbours are written', async () => {
    await put(suppression, { recipient: 'odd@example.com', version: 1, reasons: { complaint: 'yes' } });
    const changes = new Map([
      ...of('odd@example.com', complaint(FOREVER)),
      ...of('beside@example.com', complaint(FOREVER)),
    ]);
    const { changed, failed } = await store().apply(changes, soon());
    expect([[...changed], [...failed]]).toEqual([['beside@example.com'], ['odd@example.com']]);
    expect(proxy.calls.filter((call) => call === 'BatchGetItem')).toHaveLength(1);
  });

  test('what the list says of people; half an answer is none', async () => {
    await store().apply(of('known@example.com', complaint(FOREVER)), soon());
    const people = ['known@example.com', 'unknown@example.com'];
    const asked = await store().reasonsOf(people, soon());
    expect([[...asked.entries.keys()], asked.unread.size]).toEqual([['known@example.com'], 0]);
    expect(asked.entries.get('known@example.com')).toMatchObject({ complaint: [{ until: FOREVER }] });
    // Once in part: read again. Always: told, and only those.
    let partial = 1;
    proxy.fault = ({ body }) => {
      const { Keys } =
        (body.RequestItems as Record<string, { Keys: { recipient: AttributeValue }[] }>)[suppression] ?? {};
      const left = Keys?.filter(({ recipient }) => recipient.S === 'known@example.com') ?? [];
      if (partial-- <= 0 || left.length === 0) return undefined;
      return { status: 200, json: { Responses: {}, UnprocessedKeys: { [suppression]: { Keys: left } } } };
    };
    expect(await store().reasonsOf(people, soon())).toEqual(asked);
    partial = Number.POSITIVE_INFINITY;
    const { entries, unread } = await store().reasonsOf(people, soon(100));
    expect([entries.size, [...unread]]).toEqual([0, ['known@example.com']]);
  });
});

describe('erased people', () => {
  const secrets = (values: () => Promise<readonly string[]>): SecretStore => ({ values }) as unknown as SecretStore;
  const erasures = (values: () => Promise<readonly string[]> = async () => ['key']) =>
    new Erasures(client, suppression, secrets(values));
  const many = Array.from({ length: 150 }, (_none, n) => `erased-${n}@example.com`);

  test('are found by their marks, a hundred to a read, and again where a read was partial', async () => {
    for (const n of [0, 120])
      await put(suppression, {
        recipient: erasureMark('key', many[n] ?? ''),
        erasedAt: `2026-11-0${1 + (n > 0 ? 1 : 0)}`,
      });
    let once = true;
    proxy.calls.length = 0;
    proxy.fault = ({ body }) => {
      if (!once) return undefined;
      once = false;
      return { status: 200, json: { Responses: {}, UnprocessedKeys: body.RequestItems } };
    };
    expect(await erasures().erasedAt(many, SOON)).toEqual({
      at: new Map([
        ['erased-0@example.com', '2026-11-01'],
        ['erased-120@example.com', '2026-11-02'],
      ]),
      unread: new Set(),
    });
    expect(proxy.calls).toHaveLength(3);
  });

  test('whoever is never read is told apart from the others, after five attempts', async () => {
    const hot = erasureMark('key', many[0] ?? '');
    proxy.fault = ({ body }) => {
      const { Keys } =
        (body.RequestItems as Record<string, { Keys: { recipient: AttributeValue }[] }>)[suppression] ?? {};
      const left = Keys?.filter(({ recipient }) => recipient.S === hot) ?? [];
      if (left.length === 0) return undefined;
      const read = Keys?.filter(({ recipient }) => recipient.S === erasureMark('key', many[20] ?? '')) ?? [];
      const found = read.map(({ recipient }) => ({ recipient, erasedAt: { S: '2026-11-03' } }));
      return {
        status: 200,
        json: { Responses: { [suppression]: found }, UnprocessedKeys: { [suppression]: { Keys: left } } },
      };
    };
    expect(await erasures().erasedAt([many[0] ?? '', many[20] ?? ''], SOON)).toEqual({
      at: new Map([['erased-20@example.com', '2026-11-03']]),
      unread: new Set(['erased-0@example.com']),
    });
    expect(proxy.calls).toHaveLength(5);
  });

  const nobody = { at: new Map(), unread: new Set() };
  test('no key: nobody was ever erased; a key that cannot be read is no such answer', async () => {
    const missing = async () => {
      throw new RefusedRequest('secret-missing', 'none');
    };
    expect(await erasures(missing).erasedAt(['ada@example.com'], SOON)).toEqual(nobody);
    const unreadable = async () => {
      throw new RefusedRequest('secret-unreadable', 'down');
    };
    await expect(erasures(unreadable).erasedAt(['ada@example.com'], SOON)).rejects.toThrow('down');
    expect(await erasures().erasedAt([], SOON)).toEqual(nobody);
    expect(proxy.calls).toEqual([]);
  });
});

test('what does not count is read once, and again when asked', async () => {
  const store = new RetractionStore(client, suppression);
  expect(await store.known(never)).toEqual({ version: 0, retractions: [] });
  await put(suppression, { recipient: RETRACTIONS_KEY, version: 3, retractions: [{ id: 'r' }] });
  expect((await store.known(never)).version).toBe(0);
  expect(await store.read(never)).toEqual({ version: 3, retractions: [{ id: 'r' }] });
  expect((await store.known(never)).version).toBe(3);
});

describe('a read with a second one beside it', () => {
  const signal = AbortSignal.timeout(60_000);

  test('one that answers is not asked again', async () => {
    let reads = 0;
    expect(await hedged(async () => ++reads, signal)).toBe(1);
    expect(reads).toBe(1);
  });

  test('one that fails is asked again at once; both failed: what the later one threw', async () => {
    let reads = 0;
    const read = async () => {
      reads++;
      if (reads === 1) throw new Error('first');
      return 'second';
    };
    expect(await hedged(read, signal)).toBe('second');
    reads = 0;
    const failing = async () => {
      throw new Error(`read ${++reads}`);
    };
    await expect(hedged(failing, signal)).rejects.toThrow('read 2');
  });

  test('one that hangs has a second beside it, and is ended by its answer', async () => {
    let ended = false;
    let reads = 0;
    const read = (mine: AbortSignal): Promise<string> =>
      reads++ > 0
        ? Promise.resolve('second')
        : new Promise((_done, failed) => {
            mine.addEventListener('abort', () => {
              ended = true;
              failed(new Error('aborted'));
            });
          });
    expect(await hedged(read, signal)).toBe('second');
    expect(ended).toBe(true);
  });

  test('nothing is begun once the time is over', async () => {
    let reads = 0;
    const over = AbortSignal.abort(new Error('over'));
    const read = async (mine: AbortSignal) => {
      reads++;
      mine.throwIfAborted();
    };
    await expect(hedged(read, over)).rejects.toThrow('over');
    expect(reads).toBe(1);
  });
});

describe('a token that an ESP signed', () => {
  const token = (token_: string, digest: string, over: object = {}) => ({
    ...{ provider: 'mailgun', token: token_, digest, receivedAt: '2026-05-04T10:00:00.000Z' },
    ...over,
  });
  const bind = (...tokens: ReturnType<typeof token>[]) => bindTokens(client, events, tokens, soon());

  test('is good for one body, at whatever source it comes, and for no ESP but its own', async () => {
    expect(await bind(token('t1', 'body'))).toEqual(['bound']);
    expect(await bind(token('t1', 'body'))).toEqual(['bound']);
    expect(await bind(token('t1', 'forged'))).toEqual(['reused']);
    expect(await bind(token('t1', 'forged', { provider: 'other' }))).toEqual(['bound']);
  });

  test('buries one letter of the forgeries under it, however many come', async () => {
    await bind(token('t2', 'body'));
    expect(await bind(token('t2', 'forged'), token('t2', 'forged again'))).toEqual(['reused', 'reused-again']);
    // The first one again may not have its letter yet.
    expect(await bind(token('t2', 'forged'))).toEqual(['reused']);
    expect(await bind(token('t2', 'forged', { receivedAt: '2026-05-04T10:00:01.000Z' }))).toEqual(['reused-again']);
  });

  test('keeps its body whatever else comes beside it: a forgery in front of it, and more than one', async () => {
    await bind(token('t4', 'genuine'));
    expect(await bind(token('t4', 'forged'), token('t4', 'genuine'))).toEqual(['reused', 'bound']);
    expect(
      await bind(token('t4', 'other'), token('t4', 'third'), token('t4', 'genuine'), token('t4', 'genuine')),
    ).toEqual(['reused-again', 'reused-again', 'bound', 'bound']);
    expect(await bind(token('t4', 'genuine'), token('t4', 'forged'))).toEqual(['bound', 'reused']);
  });

  test('the first body that was refused keeps its letter, whatever comes before it when its message comes back', async () => {
    await bind(token('t5', 'first'));
    expect(await bind(token('t5', 'second'))).toEqual(['reused']);
    expect(await bind(token('t5', 'third'), token('t5', 'second'))).toEqual(['reused-again', 'reused']);
  });

  test('one that is throttled holds none that was bound before', async () => {
    await bind(token('t6', 'body'));
    proxy.fault = ({ body }) => {
      const all = body.Statements as BatchStatementRequest[];
      if (!JSON.stringify(all).includes('t7')) return undefined;
      // The one is refused as known, the other for now.
      const Responses = all.map((one) => ({
        Error: { Code: JSON.stringify(one).includes('t7') ? 'ThrottlingError' : 'DuplicateItem' },
      }));
      return { status: 200, json: { Responses } };
    };
    expect(await bindTokens(client, events, [token('t7', 'body'), token('t6', 'body')], Date.now() + 400)).toEqual([
      'failed',
      'bound',
    ]);
    // Of a token that is not bound it is not known which body is its own.
    expect(await bindTokens(client, events, [token('t7', 'a'), token('t7', 'b')], Date.now() + 200)).toEqual([
      'failed',
      'failed',
    ]);
  });

  test('is bound to nothing where the table does not say so', async () => {
    proxy.fault = () => throttled;
    expect(await bindTokens(client, events, [token('t3', 'body')], Date.now() + 200)).toEqual(['failed']);
  });
});
