import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EventStore } from '../../../lambda/aws/dynamodb/events.ts';
import { SUPPRESSION } from '../../../lambda/contract/tables.ts';
import { interpreter } from '../../../lambda/domain/interpret.ts';
import { signedAt } from '../../../lambda/esp/aws.ts';
import { caller } from '../../../lambda/esp/caller.ts';
import { compareEvents } from '../../../lambda/handlers/reconcile/events.ts';
import type { Compared } from '../../../lambda/handlers/reconcile/found.ts';
import { compareLists } from '../../../lambda/handlers/reconcile/lists.ts';
import type { ApiContext, EspApi, TimeWindow } from '../../../lambda/providers/api.ts';
import { apiOf, COMPARED_API_IDS, EVENT_API_IDS } from '../../../lambda/providers/apis.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import type { Desk } from '../../support/esp/desk.ts';
import { DESKS } from '../../support/esp/desks.ts';
import { FAKE_ESPS } from '../../support/esp/index.ts';
import type { Asked, FakeApi, Fault } from '../../support/esp/server.ts';
import type { FakeEsp } from '../../support/esp/story.ts';
import { type Cases, OTHER_ANSWERS, SURROUNDINGS } from '../../support/surroundings/bad-days.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';

/** The scheduled comparison, ESP by ESP, on its ordinary bad days: nine things happened there, four of them are known here. */

const NINE = [0, 1, 2, 3, 4, 5, 6, 7, 8];
/** The first, which a moving list lets go, among them. */
const KNOWN = [0, 1, 4, 8];
const MISSING = NINE.length - KNOWN.length;
const END = Date.parse('2026-03-01T12:00:00Z');
/** When the desks' entries were made, too. */
const BEGIN = END - 2 * 3_600_000;
const WINDOW: TimeWindow = { from: BEGIN - 3_600_000, to: END };
const who = (at: number): string => `person${at}@example.com`;
const KEYS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Whose list can be asked for what is new on it, and what says so. */
const SINCE: ReadonlyMap<string, string> = new Map([
  ['brevo', 'startDate=2026-02-28&endDate=2026-03-02'],
  ['mailtrap', 'start_time=2026-03-01T09:00:00.000Z'],
  ['klaviyo', 'suppression.timestamp,2026-03-01T08:59:59Z'],
  ['smtp2go', '"start_date":"2026-02-28T09:00:00Z"'],
]);

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startTestDynamo();
  for (const at of KNOWN)
    await dynamo.client.send(
      new PutItemCommand({
        TableName: dynamo.tables.suppression,
        Item: { [SUPPRESSION.partitionKey]: { S: who(at) } },
      }),
    );
}, 60_000);
afterAll(() => dynamo?.stop());

/** What an ESP knows, as events or as a list. */
interface Office {
  readonly api: FakeApi;
  readonly key: string;
  readonly domain: string;
  fill(): void;
  /** What was read first goes, and what is known here already. */
  move(): void;
  /** The last shows only now. */
  hold(): () => void;
  double(): void;
  empty(): void;
  readonly forget: (() => void) | undefined;
  blank(): void;
}

function eventsOf(fake: FakeEsp): Office {
  return {
    ...{ api: fake.api, key: fake.key, domain: fake.domain, forget: fake.forget },
    fill() {
      const happened = (id: number) => ({ at: BEGIN + id * 10_000, type: 'bounced', recipient: who(id) }) as const;
      fake.story.splice(0, fake.story.length, ...NINE.map((id) => ({ ...happened(id), id: id * 2, shownAt: 0 })));
    },
    move: () => void fake.story.splice(0, 1),
    hold() {
      const last = fake.story.splice(7, 1);
      return () => void fake.story.push(...last);
    },
    double: () => void fake.story.push(...fake.story.map((one) => ({ ...one }))),
    empty: () => void fake.story.splice(0),
    blank() {
      if (fake.blank !== undefined) fake.blank = true;
    },
  };
}

function listsOf(desk: Desk): Office {
  const { kept, names } = desk;
  const entry = (at: number) => ({ list: names.bounce, address: who(at) });
  return {
    ...{ api: desk.api, key: desk.key, domain: desk.domain, forget: () => desk.forget?.() },
    fill: () => void kept.splice(0, kept.length, ...NINE.map(entry)),
    move: () => void kept.splice(0, 2),
    hold() {
      const last = kept.splice(7, 1);
      return () => void kept.push(...last);
    },
    double: () => void kept.splice(0, kept.length, ...kept.flatMap((one) => [one, { ...one }])),
    empty: () => void kept.splice(0),
    blank: () => {},
  };
}

test('every ESP that is compared stands here, and every surrounding has a case', () => {
  const offices = COMPARED_API_IDS.filter((id) => (EVENT_API_IDS.includes(id) ? FAKE_ESPS.has(id) : DESKS.has(id)));
  expect(offices).toEqual(COMPARED_API_IDS);
  expect(SURROUNDINGS).toHaveLength(8);
});

describe.each([...COMPARED_API_IDS])('%s', (id) => {
  const told = EVENT_API_IDS.includes(id);
  let api: EspApi;
  let office: Office;
  beforeAll(async () => {
    api = (await apiOf(id)) as EspApi;
    if (!told) office = listsOf(await (DESKS.get(id) as () => Promise<Desk>)());
    else {
      const fake = await (FAKE_ESPS.get(id) as () => Promise<FakeEsp>)();
      office = eventsOf(fake);
      office.fill();
      const raws = fake.story.filter((_one, at) => KNOWN.includes(at)).map(fake.webhook);
      const events = raws.flatMap((raw) => {
        const meaning = read(raw, {}, { receivedAt: new Date(END).toISOString() });
        return 'poison' in meaning ? [] : meaning.events;
      });
      expect(events).toHaveLength(KNOWN.length);
      await new EventStore(dynamo.client, dynamo.tables.events, 3650).record(events, Date.now() + 30_000);
    }
  });
  beforeEach(() => {
    office.api.fault = () => undefined;
    office.fill();
  });
  afterAll(() => office?.api.stop());
  const read = interpreter(id, { provider: PROVIDERS.get(id) as never, options: {}, dedupeGroup: id });

  async function compare(happens: (n: number) => Fault | undefined = () => undefined) {
    const first = office.api.asked.length;
    office.api.fault = (_asked, number) => happens(number - first);
    const aws = api.signedByAws && signedAt({ region: 'us-east-1', credentials: KEYS }, api.signedByAws);
    const call = caller({
      api: { ...api, perSecond: 1e6 },
      title: id,
      base: new URL(office.api.url),
      key: office.key,
      say: () => {},
      ...(aws && { sign: aws.sign }),
      patience: { answer: 5_000, first: 1, tries: 6, pause: async () => {} },
    });
    const context: ApiContext = { call, now: END, domain: office.domain, source: id, wait: async () => {} };
    const { client, tables } = dynamo;
    const asked = { client, ...tables };
    const found: Omit<Compared, keyof TimeWindow> = api.events
      ? await compareEvents(api.events, context, WINDOW, Date.now() + 60_000, read, asked)
      : await compareLists(api.lists, context, WINDOW, Date.now() + 60_000, asked);
    return { missing: found.missing, share: found.share };
  }
  const WHOLE = { missing: MISSING, share: 1 };

  const CASES: Cases<void> = {
    async 'pages that shift'() {
      for (const at of [1, 2, 3]) {
        office.fill();
        const before = office.api.asked.length;
        expect(
          await compare((n) => {
            if (n === at) office.move();
            return undefined;
          }),
        ).toEqual(WHOLE);
        expect(office.api.asked.length).toBeGreaterThan(before);
      }
    },
    async '429 with Retry-After'() {
      for (const after of ['1', new Date(Date.now() + 2000).toUTCString()])
        expect(
          await compare((n) => (n === 0 || n === 2 ? { status: 429, headers: { 'retry-after': after } } : undefined)),
        ).toEqual(WHOLE);
      await expect(compare(() => ({ status: 429, headers: { 'retry-after': '7200' } }))).rejects.toThrow('120 minutes');
    },
    async '429 without a word'() {
      expect(await compare((n) => (n <= 2 ? { status: 429 } : undefined))).toEqual(WHOLE);
      await expect(compare(() => ({ status: 429 }))).rejects.toThrow('slow down');
    },
    async 'index lag'() {
      const show = office.hold();
      expect(await compare()).toEqual({ missing: MISSING - 1, share: 1 });
      // The time is looked at twice: what shows late is counted then.
      show();
      expect(await compare()).toEqual(WHOLE);
    },
    async 'expired cursors'() {
      expect(await compare((n) => (n === 2 ? void office.forget?.() : undefined))).toEqual(WHOLE);
    },
    async 'auth failures'() {
      for (const status of [401, 403]) {
        const first = office.api.asked.length;
        const text = `{"message":"${office.key} is no key"}`;
        const error = await compare(() => ({ status, text })).catch((one: Error) => one);
        expect(error).toMatchObject({ name: 'CannotKnow', message: expect.stringContaining(`(${status})`) });
        expect(String(error)).not.toContain(office.key);
        expect(office.api.asked.length).toBe(first + 1);
      }
    },
    async duplicates() {
      office.double();
      expect(await compare()).toEqual(WHOLE);
    },
    async 'empty pages'() {
      office.blank();
      expect(await compare()).toEqual(WHOLE);
      office.empty();
      expect(await compare()).toEqual({ missing: 0, share: 1 });
    },
  };
  test.each(Object.entries(CASES))('%s', (_name, meet) => meet(), 30_000);

  const since = SINCE.get(id);
  (since === undefined ? test.skip : test)('is asked for that time alone', async () => {
    const first = office.api.asked.length;
    await compare();
    const { path, query, body } = office.api.asked[first] as Asked;
    expect(decodeURIComponent(`${path}?${query} ${body}`)).toContain(since);
  });

  test('an answer that is none is no "nothing is missing"', async () => {
    for (const text of OTHER_ANSWERS) await expect(compare(() => ({ status: 200, text }))).rejects.toThrow();
  });
});
