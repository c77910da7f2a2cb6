import { describe, expect, test } from '@jest/globals';
import { alarmName, muteRuleName, SOURCE_ALARMS } from '../../../lambda/contract/alarms.ts';
import {
  ARCHIVE_PREFIX,
  archiveDatabase,
  archiveStreamName,
  archiveWorkGroup,
  dayPrefix,
  MAX_MEMBER_BYTES,
  MAX_PUT_BYTES,
  MAX_PUT_RECORDS,
  RESULTS_PREFIX,
} from '../../../lambda/contract/archive.ts';
import { BUS_SOURCE, busName, DETAIL_TYPES, PUBLISHED_TYPES } from '../../../lambda/contract/bus.ts';
import { CONFIG_FILE, HEARTBEAT_SOURCE, MAX_BODY_BYTES } from '../../../lambda/contract/config.ts';
import { ENV, readEnv } from '../../../lambda/contract/env.ts';
import { BATCH_FACTS, blockedFact, FACTS, LOG, RATE_KINDS, rateFact } from '../../../lambda/contract/logs.ts';
import {
  DEAD_LETTER,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGE_EVENTS,
  MAX_SQS_BYTES,
  MESSAGE_VERSION,
} from '../../../lambda/contract/message.ts';
import { METRICS, namespaceOf, SOURCE_DIMENSION } from '../../../lambda/contract/metrics.ts';
import { FUNCTION_OUTPUTS, OUTPUTS, stackName } from '../../../lambda/contract/outputs.ts';
import { HEALTH_PATH, sourceOfRoute, unsubscribePath, webhookPath } from '../../../lambda/contract/paths.ts';
import { CLICKS_KEPT_SECONDS, clicksKey, SURGE, SURGES } from '../../../lambda/contract/surges.ts';
import * as tables from '../../../lambda/contract/tables.ts';
import { topicName } from '../../../lambda/contract/topics.ts';
import { ALL, UNSUBSCRIBE_LANGUAGES, UNSUBSCRIBE_SOURCE } from '../../../lambda/contract/unsubscribe.ts';

/**
 * Names that stand outside of this code: in tables, queues and archives that are older than it, in readers of other languages, in graphs and
 * rules of others, in dashboards of ESPs. Nothing may change one by the way.
 */

/** Whose names are their keys. */
const asNamed = (names: object, but: object = {}) =>
  expect(names).toEqual({ ...Object.fromEntries(Object.keys(names).map((key) => [key, key])), ...but });

test('attributes of the tables', () => {
  const { BY_HOUR, BY_MESSAGE, bySearchKey, customAttribute, EVENTS, isCustomAttribute, SUPPRESSION } = tables;
  expect(EVENTS).toEqual({ partitionKey: 'recipient', sortKey: 'eventKey', expiry: 'expiresAt', replayed: 'replayed' });
  asNamed(SUPPRESSION, { partitionKey: 'recipient' });
  expect(Object.keys(SUPPRESSION)).toHaveLength(8);
  expect([BY_MESSAGE, BY_HOUR]).toEqual([
    { name: 'byMessage', partitionKey: 'messageId' },
    { name: 'byHour', partitionKey: 'hour' },
  ]);
  expect([bySearchKey('requestId'), bySearchKey('order_id')]).toEqual([
    { name: 'bySearch-requestId', partitionKey: 'requestId' },
    { name: 'bySearch-order_id', partitionKey: 'custom:order_id' },
  ]);
  expect([isCustomAttribute(customAttribute('a')), isCustomAttribute('metadata')]).toEqual([true, false]);
});

test('keys of what is about no address', () => {
  const { auditedKey, auditKey, FOREVER, HOUR_SHARDS, hourKey, internalKey, isInternal, RETRACTIONS_KEY } = tables;
  expect([
    internalKey('a', 'b'),
    RETRACTIONS_KEY,
    auditKey('2026-05-04T10:00:00.000Z'),
    auditedKey('x'),
    clicksKey('y'),
  ]).toEqual(['~a#b', '~retractions', '~quell-audit#2026-05', '~quell-on#x', '~quell-clicks#y']);
  expect([isInternal(RETRACTIONS_KEY), isInternal('ada@example.com')]).toEqual([true, false]);
  expect([HOUR_SHARDS, hourKey('2026-05-04T10:59:59.999Z', 15)]).toEqual([16, '2026-05-04T10#f']);
  expect(new Date(FOREVER * 1000).toISOString()).toBe('9999-12-31T23:59:59.000Z');
});

test('metrics', () => {
  const pascal = (key: string) => `${key[0]?.toUpperCase()}${key.slice(1)}`;
  const usual = Object.fromEntries(Object.keys(METRICS).map((key) => [key, pascal(key)]));
  expect(METRICS).toEqual({ ...usual, stored: 'Accepted' });
  expect([namespaceOf('prod'), SOURCE_DIMENSION]).toEqual(['Quell/prod', 'source']);
});

test('what functions log, as far as somebody searches for it', () => {
  const { notEnqueued, ...words } = LOG;
  asNamed(words);
  expect(notEnqueued).toBe('events not enqueued');
  asNamed(FACTS);
  asNamed(BATCH_FACTS);
  expect(RATE_KINDS.map((kind) => rateFact(kind, 'google'))).toEqual(
    ['delivered', 'hard', 'soft', 'block', 'undetermined', 'complained'].map((kind) => `${kind}_google`),
  );
  expect(blockedFact('google')).toBe('blocked_google');
});

test('messages and dead letters, and what a queue takes', () => {
  asNamed(DEAD_LETTER);
  expect([MESSAGE_VERSION, MAX_MESSAGE_BYTES, MAX_SQS_BYTES, MAX_MESSAGE_EVENTS]).toEqual([1, 65_536, 1_048_576, 100]);
  expect([CONFIG_FILE, HEARTBEAT_SOURCE, UNSUBSCRIBE_SOURCE, MAX_BODY_BYTES]).toEqual([
    'config.json',
    'quell-heartbeat',
    'quell-unsubscribe',
    4_194_304,
  ]);
});

test('addresses', () => {
  expect([webhookPath('news'), HEALTH_PATH, unsubscribePath('t')]).toEqual(['/webhooks/v1/news', '/health', '/u/v1/t']);
  expect(['POST /webhooks/v1/news', 'GET /health', 'POST /u/v1/{token}', '$default'].map(sourceOfRoute)).toEqual([
    'news',
    undefined,
    undefined,
    undefined,
  ]);
});

test('the stack, the bus, the archive, topics and alarms', () => {
  expect(stackName('prod-eu')).toBe('quell-prod-eu');
  expect([BUS_SOURCE, busName('prod'), Object.values(DETAIL_TYPES)]).toEqual([
    'quell',
    'quell-prod',
    ['Suppression Changed', 'Email Event', 'Clicks Surging'],
  ]);
  expect(PUBLISHED_TYPES).toEqual(['bounced', 'complained', 'unsubscribed', 'resubscribed']);
  expect([archiveStreamName('prod-eu'), archiveDatabase('prod-eu-1'), archiveWorkGroup('prod-eu')]).toEqual([
    'quell-prod-eu-archive',
    'quell_prod_eu_1',
    'quell-prod-eu',
  ]);
  expect([ARCHIVE_PREFIX, RESULTS_PREFIX, dayPrefix('2026-05-04')]).toEqual([
    'events/',
    'query-results/',
    'events/day=2026-05-04/',
  ]);
  expect([MAX_MEMBER_BYTES, MAX_PUT_RECORDS, MAX_PUT_BYTES]).toEqual([716_800, 500, 4_194_304]);
  // As base64 a member is a message of the queue of those that Firehose did not take.
  expect((MAX_MEMBER_BYTES * 4) / 3).toBeLessThan(MAX_SQS_BYTES);
  expect(topicName('quell-prod', 'ses')).toBe('quell-prod_ses');
  expect([alarmName('prod', 'heartbeat'), alarmName('prod', 'silence', 'ses'), muteRuleName('prod', '*')]).toEqual([
    'quell-prod-heartbeat',
    'quell-prod-silence-ses',
    'quell-prod-mute-*',
  ]);
  expect(SOURCE_ALARMS).toEqual([
    ...['silence', 'trickle', 'refused-proofs', 'unreadable', 'unverifiable'],
    ...['undelivered-notifications', 'undelivered-expire', 'traffic-surge'],
  ]);
});

test('surges', () => {
  expect([SURGE, SURGES, CLICKS_KEPT_SECONDS]).toEqual([
    { clicks: 20, times: 5, hours: 24 },
    { announcedKey: 'surge', clicks: 'clicks', surge: 'surge', noticedAt: 'noticedAt' },
    172_800,
  ]);
});

test('the page behind a link', () => {
  expect([ALL, UNSUBSCRIBE_LANGUAGES]).toEqual(['all', ['en', 'de', 'fr', 'es', 'ar']]);
});

describe('what a function is told', () => {
  test('each output that names a function is one, and is explained', () => {
    expect(
      Object.entries(FUNCTION_OUTPUTS).map(([name, output]) => output.toLowerCase().startsWith(name)),
    ).not.toContain(false);
    expect(Object.values(OUTPUTS).filter((text) => text.length < 5)).toEqual([]);
    expect(Object.values(FUNCTION_OUTPUTS).filter((name) => !(name in OUTPUTS))).toEqual([]);
  });

  test('all of it is read; what is missing is named at once, with what it should hold, and nothing else is read', () => {
    const all = Object.fromEntries(Object.keys(ENV.pulse).map((name) => [name, `value of ${name}`]));
    expect(readEnv('pulse', { ...all, OTHER: 'x' })).toEqual(all);
    expect(() => readEnv('pulse', { ...all, EVENTS_TABLE: '', PUBLIC_URL: undefined })).toThrow(
      `pulse: not set: EVENTS_TABLE (${ENV.pulse.EVENTS_TABLE}), PUBLIC_URL (${ENV.pulse.PUBLIC_URL})`,
    );
    for (const variables of Object.values(ENV))
      expect(Object.values(variables).filter((text) => text.length < 7)).toEqual([]);
  });
});
