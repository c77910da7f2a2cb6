import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SuppressionStore } from '../../../lambda/aws/dynamodb/suppression.ts';
import { FOREVER } from '../../../lambda/contract/tables.ts';
import type { Judgement, Mark } from '../../../lambda/domain/suppression/suppression.ts';
import type { Question } from '../../../lib/reader/index.ts';

/** People in every state that a reader can meet, written as `process` writes them, and what each question about them is answered. */

const DAY = 86_400;
const NOW = Math.floor(Date.now() / 1000);
export const TOMORROW = NOW + DAY;

let marks = 0;
const judge = (
  reason: Judgement['reason'],
  until: number,
  more: Partial<Mark> & { scope?: string } = {},
): Judgement => {
  const { scope, ...rest } = more;
  const fingerprint = String(++marks).padStart(32, '0');
  const at = new Date((NOW - 10 * DAY + marks) * 1000).toISOString();
  const mark: Mark = { at, until, fingerprint, source: 'sendgrid', event: 'event', ...rest };
  return { reason, mark, ...(scope && { scope }) };
};
const LIFTED = 0;
const LIST = 'sendgrid:asm:42';

const PEOPLE: Record<string, Judgement[]> = {
  complained: [judge('complaint', FOREVER)],
  unsubscribed: [judge('unsubscribe', FOREVER)],
  'left-list': [judge('unsubscribe', FOREVER, { scope: LIST })],
  'back-on-list': [
    judge('unsubscribe', FOREVER, { scope: LIST }),
    judge('unsubscribe', LIFTED, { scope: LIST, actor: 'ops' }),
  ],
  soft: [judge('soft_bounces', TOMORROW)],
  over: [judge('soft_bounces', NOW - DAY)],
  lifted: [judge('complaint', FOREVER), judge('complaint', LIFTED)],
  'lifted-in-part': [judge('complaint', FOREVER), judge('unsubscribe', FOREVER), judge('complaint', LIFTED)],
  both: [judge('hard_bounce', TOMORROW), judge('unsubscribe', FOREVER)],
  mirrored: [judge('complaint', FOREVER, { echo: true })],
  bücher: [judge('manual', FOREVER, { actor: 'ops' })],
};

export const addressOf = (person: string): string =>
  person === 'bücher' ? 'ada@xn--bcher-kva.example' : `${person}@example.com`;

export async function fill(client: DynamoDBClient, table: string): Promise<void> {
  const changes = new Map(Object.entries(PEOPLE).map(([person, judgements]) => [addressOf(person), { judgements }]));
  const { failed } = await new SuppressionStore(client, table).apply(changes, Date.now() + 5000);
  if (failed.size > 0) throw new Error('people were not written');
  // What is left of somebody who was erased but stays suppressed.
  const erased = { recipient: { S: addressOf('erased') }, suppressedUntil: { N: String(FOREVER) } };
  await client.send(new PutItemCommand({ TableName: table, Item: erased }));
}

const mail = { marketing: {}, transactional: { transactional: true }, list: { scope: LIST } } as const;

/** Address as it is asked about, question, and what is answered. */
export const CASES: readonly (readonly [string, Question & { scope?: string }, Record<string, unknown>])[] = [
  [addressOf('nobody'), mail.marketing, { status: 'clear' }],
  [addressOf('nobody'), mail.transactional, { status: 'clear' }],
  [addressOf('nobody'), mail.list, { status: 'clear' }],
  [addressOf('complained'), mail.marketing, { status: 'suppressed', reason: 'complaint', until: FOREVER }],
  [addressOf('complained'), mail.list, { status: 'suppressed', reason: 'complaint', until: FOREVER }],
  [addressOf('complained'), mail.transactional, { status: 'suppressed', reason: 'complaint', until: FOREVER }],
  [addressOf('unsubscribed'), mail.marketing, { status: 'suppressed', reason: 'unsubscribe', until: FOREVER }],
  [addressOf('unsubscribed'), mail.transactional, { status: 'clear' }],
  [addressOf('left-list'), mail.marketing, { status: 'clear' }],
  [addressOf('left-list'), { scope: 'sendgrid:asm:43' }, { status: 'clear' }],
  [addressOf('left-list'), { scope: 'constructor' }, { status: 'clear' }],
  [addressOf('left-list'), mail.list, { status: 'suppressed', reason: 'unsubscribe', scope: LIST, until: FOREVER }],
  [addressOf('left-list'), { ...mail.list, transactional: true }, { status: 'clear' }],
  [addressOf('back-on-list'), mail.list, { status: 'clear' }],
  [addressOf('soft'), mail.marketing, { status: 'suppressed', reason: 'soft_bounces', until: TOMORROW }],
  [addressOf('soft'), mail.transactional, { status: 'suppressed', reason: 'soft_bounces', until: TOMORROW }],
  [addressOf('over'), mail.marketing, { status: 'clear' }],
  [addressOf('over'), mail.transactional, { status: 'clear' }],
  [addressOf('lifted'), mail.marketing, { status: 'clear' }],
  [addressOf('lifted'), mail.transactional, { status: 'clear' }],
  [addressOf('lifted-in-part'), mail.marketing, { status: 'suppressed', reason: 'unsubscribe', until: FOREVER }],
  [addressOf('lifted-in-part'), mail.transactional, { status: 'clear' }],
  [addressOf('both'), mail.marketing, { status: 'suppressed', reason: 'unsubscribe', until: FOREVER }],
  [addressOf('both'), mail.transactional, { status: 'suppressed', reason: 'hard_bounce', until: TOMORROW }],
  [addressOf('mirrored'), mail.marketing, { status: 'suppressed', reason: 'complaint', until: FOREVER }],
  [addressOf('erased'), mail.marketing, { status: 'suppressed', until: FOREVER }],
  ['Ada <ADA@BÜCHER.example>', mail.transactional, { status: 'suppressed', reason: 'manual', until: FOREVER }],
  ['nobody', mail.marketing, { status: 'unknown', why: 'not-an-address' }],
];
