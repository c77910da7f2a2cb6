import { GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { EventStore } from '../../../lambda/aws/dynamodb/events.ts';
import { RetractionStore } from '../../../lambda/aws/dynamodb/retractions.ts';
import { SuppressionStore } from '../../../lambda/aws/dynamodb/suppression.ts';
import type { PolicyConfig, RuntimeConfig } from '../../../lambda/contract/config.ts';
import { EVENT_TYPES, type NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { policyOf } from '../../../lambda/handlers/process/judge.ts';
import type { Opened } from '../../../lambda/handlers/process/opened.ts';
import { record } from '../../../lambda/handlers/process/record.ts';
import { suppress } from '../../../lambda/handlers/process/suppress.ts';
import { startTestDynamo } from '../surroundings/dynamodb.ts';
import { arrange, ORDERS } from './histories.ts';
import type { OracleEntry } from './oracle.ts';

/** The steps of `process` that record and suppress, on an emulator, with events that are given to them as they are. */

const POLICY: PolicyConfig = {
  hardBounce: 'forever',
  otherPermanent: 10,
  complaint: 'forever',
  complaintCandidates: 1,
  unsubscribe: 'forever',
  softBounces: { messages: 2, windowDays: 4, suppressDays: 3 },
};

export const CONFIG: RuntimeConfig = {
  stage: 'test',
  eventRetentionDays: 3650,
  policy: POLICY,
  sources: {
    a: { provider: 'generic', options: {} },
    b: {
      provider: 'generic',
      options: {},
      policy: {
        hardBounce: 20.5,
        otherPermanent: 0,
        complaint: 5,
        complaintCandidates: 2,
        softBounces: { messages: 3, windowDays: 9, suppressDays: 1 },
      },
    },
    c: {
      provider: 'generic',
      options: {},
      policy: { hardBounce: 3, unsubscribe: 15, softBounces: { messages: 0, windowDays: 1, suppressDays: 1 } },
    },
  },
};

export interface ListHarness {
  readonly policyOf: (source: string) => PolicyConfig;
  /** What became of each history in each of five orders. */
  run(all: readonly ((recipient: string) => NormalisedEvent[])[], random: () => number): Promise<OracleEntry[][]>;
  /** One batch of one message. */
  batch(events: readonly NormalisedEvent[]): Promise<Awaited<ReturnType<typeof suppress>>>;
  entries(): Promise<Map<string, OracleEntry & { version: number }>>;
  /** What the list holds of a person. */
  entry(recipient: string): Promise<(OracleEntry & { version: number }) | undefined>;
  /** What is recorded of a person. */
  recorded(recipient: string): Promise<NormalisedEvent[]>;
  readonly dynamo: Awaited<ReturnType<typeof startTestDynamo>>;
  stop(): Promise<void>;
}

export async function startListHarness(config: RuntimeConfig = CONFIG): Promise<ListHarness> {
  const dynamo = await startTestDynamo();
  // Two processors, as two containers of the function are.
  const processors = [0, 1].map(() => ({
    events: new EventStore(dynamo.client, dynamo.tables.events, config.eventRetentionDays),
    list: new SuppressionStore(dynamo.client, dynamo.tables.suppression),
    retractions: new RetractionStore(dynamo.client, dynamo.tables.suppression),
  }));
  let messages = 0;
  let runs = 0;

  async function batch(events: readonly NormalisedEvent[], by = 0) {
    const stores = processors[by] as (typeof processors)[0];
    const deadline = Date.now() + 60_000;
    const opened = {
      messageId: String(messages++),
      message: { origin: 'live' },
      poison: [],
      ...EMPTY,
    } as never as Opened;
    const message: Opened = { ...opened, events: events.map((event) => ({ raw: JSON.stringify(event), event })) };
    const stored = await record([message], stores.events, deadline);
    const folded = await suppress(stored, config, stores, { judged: deadline, suppressed: deadline });
    if (folded.failed.length > 0) throw new Error('a message was given back');
    return folded;
  }

  async function entries() {
    const found = new Map<string, OracleEntry & { version: number }>();
    const { client, tables } = dynamo;
    for await (const page of paginateScan({ client }, { TableName: tables.suppression }))
      for (const item of page.Items ?? []) {
        const { recipient, updatedAt: _updatedAt, ...entry } = unmarshall(item);
        found.set(recipient, entry as OracleEntry & { version: number });
      }
    return found;
  }

  return {
    dynamo,
    policyOf: policyOf(config),
    batch: (events) => batch(events),
    entries,
    async entry(recipient) {
      const Key = { recipient: { S: recipient } };
      const command = new GetItemCommand({ TableName: dynamo.tables.suppression, Key, ConsistentRead: true });
      const { Item } = await dynamo.client.send(command);
      return Item && (unmarshall(Item) as OracleEntry & { version: number });
    },
    recorded: (recipient) =>
      new EventStore(dynamo.client, dynamo.tables.events, 35).history(
        recipient,
        EVENT_TYPES,
        AbortSignal.timeout(10_000),
      ),
    async run(all, random) {
      const run = runs++;
      const nameOf = (history: number, order: number) => `p${run}-${history}-${order}@example.com`;
      for (let order = 0; order < ORDERS; order++) {
        const queues = all.map((history, at) => arrange(history(nameOf(at, order)), order, random));
        // Each person's groups one after the other, those of all people side by side.
        const most = Math.max(...queues.map(({ length }) => length));
        for (let step = 0; step < most; step++) {
          const groups = queues.map((groups) => groups[step] ?? []);
          if (order < ORDERS - 1) await batch(groups.flat());
          // In the last order two processors have one half each at the same time.
          else
            await Promise.all(
              [0, 1].map((by) =>
                batch(
                  groups.flatMap((group) => group.filter((_e, n) => n % 2 === by)),
                  by,
                ),
              ),
            );
        }
      }
      const found = await entries();
      return all.map((_history, at) =>
        Array.from({ length: ORDERS }, (_none, order) => {
          const {
            suppressedUntil = 0,
            transactionalUntil = 0,
            scopes = {},
            reasons = {},
          } = found.get(nameOf(at, order)) ?? {};
          return { suppressedUntil, transactionalUntil, scopes, reasons };
        }),
      );
    },
    stop: () => dynamo.stop(),
  };
}

const EMPTY = { body: '', provider: 'generic', withoutEvents: [], tokens: [], controls: [] };
