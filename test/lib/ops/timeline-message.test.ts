import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import { eventRecord } from '../../../lambda/domain/event/record.ts';
import { ops, project, stackFile, writeFile } from '../../support/ops.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';

let dynamo: TestDynamo;
const { root, remove } = project();
const INDEXED = 'indexed-events';

beforeAll(async () => {
  dynamo = await startTestDynamo();
  const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType });
  await dynamo.client.send(
    new CreateTableCommand({
      TableName: INDEXED,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['recipient', 'eventKey', 'messageId'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [key('recipient', 'HASH'), key('eventKey', 'RANGE')],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byMessage',
          KeySchema: [key('messageId', 'HASH'), key('eventKey', 'RANGE')],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  useTable(INDEXED);
}, 20_000);
afterAll(async () => {
  await dynamo?.stop();
  remove();
});

const useTable = (events: string) =>
  writeFile(
    root,
    '.local/stack.json',
    stackFile({
      endpoints: { dynamodb: dynamo.endpoint, sqs: '', secretsmanager: '' },
      tables: { ...dynamo.tables, events },
    }),
  );

let n = 0;
async function record(second: number, over: Partial<NormalisedEvent>): Promise<void> {
  n += 1;
  const event = {
    fingerprint: String(n).padStart(32, '0'),
    type: 'delivered',
    source: 'sendgrid',
    provider: 'sendgrid',
    providerEvent: 'x',
    messageId: 'mail-1',
    recipient: 'ada@example.com',
    occurredAt: `2026-05-04T10:00:${String(second).padStart(2, '0')}.000Z`,
    receivedAt: '2026-05-04T10:01:00.000Z',
    ...over,
  } as NormalisedEvent;
  await dynamo.client.send(new PutItemCommand({ TableName: INDEXED, Item: marshall(eventRecord(event, 35)) }));
}

describe('ops timeline --message', () => {
  test("tells a mail's story by recipient, with its outcome first", async () => {
    await record(3, { type: 'delivered' });
    await record(0, { type: 'accepted' });
    await record(5, { type: 'opened', machine: true });
    await record(9, { type: 'opened' });
    await record(1, { type: 'bounced', bounceClass: 'hard', recipient: 'bob@example.com' });
    await record(2, { messageId: 'mail-2' });
    const { code, out } = await ops(['timeline', '--message', 'mail-1', '--local'], { root });
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/ +\[.*/, ''))).toEqual([
      'ada@example.com: delivered after 3 s, opened 2 times (1 by a machine)',
      '  2026-05-04T10:00:00.000Z  accepted',
      '  2026-05-04T10:00:03.000Z  delivered',
      '  2026-05-04T10:00:05.000Z  opened       by a machine',
      '  2026-05-04T10:00:09.000Z  opened',
      'bob@example.com: bounced',
      '  2026-05-04T10:00:01.000Z  bounced      hard bounce',
    ]);
    const { json } = await ops(['timeline', '--message', 'mail-1', '--local', '--json'], { root });
    expect(json()).toHaveLength(5);
  });

  test('clicks that came one by one and show a machine together are told from those of people', async () => {
    const click = (at: string, link: string) =>
      record(0, {
        type: 'clicked',
        messageId: 'swept',
        url: `https://shop.example/${link}`,
        occurredAt: `2026-05-04T${at}Z`,
      });
    await click('10:00:00.000', 'a');
    await click('10:00:00.800', 'b');
    await click('11:00:00.000', 'b');
    await record(3, { type: 'opened', messageId: 'swept', machine: true, machineWhy: 'proxy' });
    const story = await ops(['timeline', '--message', 'swept', '--local'], { root });
    expect(story.out).toContain('ada@example.com: opened once (all through a proxy), clicked 3 times (2 by a machine)');
    expect(story.out.match(/by a machine \(several links within seconds\), https/g)).toHaveLength(2);
    const person = await ops(['timeline', 'ada@example.com', '--local', '--json'], { root });
    const clicks = (person.json() as { type: string; machineWhy?: string }[]).filter(({ type }) => type === 'clicked');
    expect(clicks.map(({ machineWhy }) => machineWhy)).toEqual(['burst', 'burst', undefined]);
  });

  test("a mail's Message-ID finds it where the ESP's id is made of it", async () => {
    await record(0, { messageId: '0102018f-mail', recipient: 'header@example.com' });
    await record(1, { messageId: 'whole@mail.example', recipient: 'header@example.com' });
    for (const id of ['<0102018f-mail@email.example>', '<whole@mail.example>'])
      expect((await ops(['timeline', '--message', id, '--local'], { root })).code).toBe(0);
    expect((await ops(['timeline', '--message', '<other@mail.example>', '--local'], { root })).code).toBe(1);
  });

  test('an unknown mail has no story', async () => {
    const { code, out, err } = await ops(['timeline', '--message', 'other', '--local'], { root });
    expect([code, out, err]).toEqual([1, '', 'the local stack holds no event of this mail.']);
  });

  test.each([[[]], [['ada@example.com', '--message', 'mail-1']]])('%j is wrong usage', async (args) => {
    expect((await ops(['timeline', ...args, '--local'], { root })).code).toBe(2);
  });

  test('without the index it cannot know, and says which setting makes it', async () => {
    useTable(dynamo.tables.events);
    const { code, err } = await ops(['timeline', '--message', 'mail-1', '--local'], { root });
    expect([code, err]).toEqual([3, expect.stringContaining('byMessageIndex')]);
  });
});
