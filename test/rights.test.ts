import { createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ENV } from '../lambda/contract/env.ts';
import { packMessages } from '../lambda/domain/message.ts';
import { type LocalStack, startLocal } from '../lib/local/runner.ts';
import { stopWithCleanLogs } from './support/clean-logs.ts';
import { Driver, eventually, signGeneric, signSnsConfirmation } from './support/driver.ts';
import { neededFor, rightsOf } from './support/rights.ts';
import { amongUsual, settingsOf } from './support/stack/settings.ts';
import {
  type Call,
  type Fault,
  type FaultyProxy,
  faultyProxy,
  unavailable,
} from './support/surroundings/faulty-proxy.ts';
import { snsCertificate } from './support/surroundings/sns-certificate.ts';
import { show, synthesize } from './support/template.ts';

/**
 * Least privilege, measured: every call that functions make through a history which reaches all they can do is one that their role
 * allows, and every right of a role is used by one of these calls. Template and bundles are those of a deploy.
 */

const KEY = 'guide-secret-1';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:feedback';
const SETTINGS = {
  sources: amongUsual({
    guide: { provider: 'generic' },
    mailgun: { provider: 'mailgun' },
    mail: { provider: 'ses', topicArns: [TOPIC] },
  }),
  archive: {},
  unsubscribe: {},
  publish: { surgeClicks: 20 },
};
const template = synthesize({ ...settingsOf(SETTINGS), stage: 'local' });
const rights = rightsOf(template);

let local: LocalStack;
let driver: Driver;
let snsKey: string;
const proxies: Record<string, FaultyProxy> = {};
const needed = new Set<string>();
let fault: (service: string, call: Call) => Fault = () => undefined;

/** Local names hold the logical id, or the name that the template gives. */
const RESOURCES: readonly [RegExp, string][] = [
  [/-events$/, 'EventsTable'],
  [/-suppression$/, 'SuppressionTable'],
  [/webhook-secrets/, 'WebhookSecrets'],
  [/own-keys/, 'OwnKeys'],
  [/unsubscribe-keys/, 'UnsubscribeKeys'],
  ...['DeadLetterQueue', 'DeliveryQueue', 'ActsQueue', 'UnarchivedQueue', 'UnpublishedQueue'].map(
    (queue): [RegExp, string] => [new RegExp(queue, 'i'), queue],
  ),
  [/^quell-local-archive$/, 'ArchiveStream'],
  [/^quell-local$/, 'Bus'],
  [/:feedback$/, 'feedback'],
];
const nameOf = (text: string): string => RESOURCES.find(([pattern]) => pattern.test(text))?.[1] ?? text;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-rights-'));
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const sns = await snsCertificate();
  snsKey = sns.signingKey;
  local = await startLocal({
    port: 0,
    quiet: true,
    settings: file('settings.json', JSON.stringify(SETTINGS)),
    secrets: file('secrets.json', JSON.stringify({ guide: KEY, mailgun: 'mailgun-secret-1' })),
    snsCert: file('sns.pem', sns.certificate),
    timeScale: 0.01,
    wrapEndpoint: async (service, url) => {
      const proxy = await faultyProxy(url);
      proxy.fault = (call) => {
        for (const right of neededFor(service, call, nameOf)) needed.add(right);
        return fault(service, call);
      };
      proxies[service] = proxy;
      return proxy.url;
    },
  });
  driver = new Driver(local.stack);
  await history();
}, 120_000);

afterAll(async () => {
  driver?.close();
  await stopWithCleanLogs(local);
  await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()));
});

let count = 0;
const mail = (event: string, recipient: string) => ({
  event_id: `evt-${count++}`,
  event,
  recipient,
  message_id: `m${count}`,
  timestamp: Math.floor(Date.now() / 1000),
});

async function send(...events: unknown[]): Promise<void> {
  const body = JSON.stringify(events);
  expect((await driver.post('guide', body, signGeneric(body, KEY))).status).toBe(200);
  await driver.nothingUnderWay();
}

/** Waits until a function has done something. */
const did = (right: string) => eventually(async () => expect([...needed]).toContain(right), 60_000);

async function history(): Promise<void> {
  // The heartbeat: made keys, a post, a look and a clearance.
  await did('pulse: dynamodb:DeleteItem on EventsTable');
  // Somebody new, somebody known, a series of soft bounces, what is no event.
  await send(mail('hard_bounce', 'ada@example.com'));
  await send(mail('complaint', 'ada@example.com'));
  for (let n = 0; n < 5; n++) await send(mail('soft_bounce', 'grace@example.com'));
  await send('broken');
  await did('process: sqs:SendMessage on DeadLetterQueue');
  await driver.drain('deadLetter');
  // A link that many people click.
  await send(
    ...Array.from({ length: 20 }, (_, n) => ({ ...mail('click', `p${n}@example.com`), url: 'https://shop.example/' })),
  );
  await did('process: dynamodb:UpdateItem on EventsTable');
  // A token that is signed in place of the event.
  const timestamp = String(Math.floor(Date.now() / 1000));
  const token = 'a'.repeat(50);
  const signature = createHmac('sha256', 'mailgun-secret-1')
    .update(timestamp + token)
    .digest('hex');
  const body = JSON.stringify({
    signature: { timestamp, token, signature },
    'event-data': { event: 'delivered', id: 'one', timestamp: Number(timestamp), recipient: 'ada@example.com' },
  });
  // ... and its retry: whether the token is known is asked by an update that changes nothing.
  for (let post = 0; post < 2; post++) {
    await driver.post('mailgun', body, { 'content-type': 'application/json' });
    await driver.nothingUnderWay();
  }
  // A topic that subscribes, and a link that somebody clicks.
  const confirmation = signSnsConfirmation(TOPIC, snsKey);
  await driver.post('mail', confirmation.body, confirmation.headers);
  await did('process: sns:ConfirmSubscription on feedback');
  await fetch(`${local.stack.url}/u/v1/${'A'.repeat(80)}`);
  // A replay that writes records anew.
  const replayed = packMessages(
    {
      source: 'guide',
      channel: 'https',
      requestId: 'r',
      receivedAt: new Date().toISOString(),
      origin: 'replay',
      replay: { rewrite: true },
    },
    [JSON.stringify(mail('delivered', 'replayed@example.com'))],
  );
  for (const message of replayed) await driver.deliver(message);
  await did('process: dynamodb:BatchWriteItem on EventsTable');
  // The archive and the bus refuse.
  fault = (service, { operation }) => {
    if (operation === 'PutRecordBatch') return unavailable;
    if (service !== 'eventbridge') return undefined;
    return { status: 400, json: { __type: 'ValidationException', message: 'no' } };
  };
  await send(mail('hard_bounce', 'refused@example.com'));
  await did('process: sqs:SendMessage on UnarchivedQueue');
  await did('publish: sqs:SendMessage on UnpublishedQueue');
  fault = () => undefined;
  await send(mail('hard_bounce', 'published@example.com'));
}

test('every function is measured, but those whose rights a list holds', () => {
  const measured = new Set([...rights.own, ...needed].map((right) => right.split(':')[0]));
  // test/lib/grants.test.ts, test/lib/dashboard.test.ts
  const listed = ['reconcile', 'console'];
  expect([...measured, ...listed].sort()).toEqual(Object.keys(ENV).sort());
});

test('every call of a function is one that its role allows', () => {
  expect([...needed].filter((right) => !rights.own.includes(right))).toEqual([]);
});

test('every right of a role is used', () => {
  expect(rights.own.filter((right) => !needed.has(right))).toEqual([]);
});

test('Lambda may poll what a function is fed with, and nothing else', () => {
  const fed = template.ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => {
    const [, name = ''] = /(receive|process|pulse|publish)Function/i.exec(show(Properties.FunctionName)) ?? [];
    const [source = '', attribute = ''] = show(Properties.EventSourceArn).split('.');
    return `${name.toLowerCase()}: ${attribute === 'StreamArn' ? 'dynamodb' : 'sqs'} on ${source}`;
  });
  expect(fed.sort()).toEqual(rights.polled);
});
