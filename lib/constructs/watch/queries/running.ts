import type { QueriesByHeading } from './query.ts';

/** What the runbook asks the logs where something does not run, by its heading. */
export const RUNNING: QueriesByHeading = {
  'endpoint-failing': {
    of: ['pulse'],
    lines: [
      'fields @timestamp, message, at, Heartbeat',
      '| filter ispresent(at) or ispresent(Heartbeat)',
      '| sort @timestamp desc',
      '| limit 30',
    ],
  },
  'api-server-errors': {
    of: ['receive'],
    lines: [
      'fields @timestamp, message, errorName, requestId, source',
      '| filter level in ["ERROR", "WARN"]',
      '| stats count() by message, errorName, source',
    ],
  },
  'api-client-errors': {
    of: ['receive'],
    lines: [
      'fields coalesce(source, from) as sender, reason',
      '| filter ispresent(reason)',
      '| stats count() by sender, reason, bin(15m)',
    ],
  },
  heartbeat: {
    of: ['pulse'],
    lines: [
      'fields @timestamp, message, at, errorName, Heartbeat',
      '| filter ispresent(at) or ispresent(errorName) or ispresent(Heartbeat)',
      '| sort @timestamp desc',
      '| limit 30',
    ],
  },
  'pulse-missing': {
    of: ['pulse'],
    lines: ['fields @timestamp, Pulse', '| filter ispresent(Pulse)', '| stats sum(Pulse) by bin(5m)'],
  },
  silence: {
    of: ['receive'],
    lines: [
      'fields @timestamp, source, reason',
      '| filter ispresent(reason)',
      '| stats count() by source, reason, bin(1h)',
    ],
  },
  trickle: {
    of: ['receive'],
    lines: [
      'fields @timestamp, source, reason',
      '| filter ispresent(reason)',
      '| stats count() by source, reason, bin(1h)',
    ],
  },
  'archive-behind': {
    of: ['process'],
    lines: [
      'fields @timestamp, message, errorName, ArchiveRefused',
      '| filter ArchiveRefused > 0 or level in ["ERROR", "WARN"]',
      '| stats sum(ArchiveRefused) by message, errorName, bin(15m)',
    ],
  },
  'missing-kinds': {
    of: ['process'],
    lines: [
      'fields @timestamp',
      '| filter ispresent(slowestStoredMs)',
      '| stats sum(delivered), sum(bounced), sum(complained), sum(opened) by bin(1d)',
    ],
  },
  unverifiable: {
    of: ['receive'],
    lines: [
      'fields @timestamp, source, reason',
      '| filter ispresent(Unverifiable)',
      '| stats count() by source, reason',
    ],
  },
  'not-enqueued': {
    of: ['receive'],
    lines: [
      'fields @timestamp, source, errorName, requestId',
      '| filter message = "events not enqueued"',
      '| sort @timestamp desc',
      '| limit 50',
    ],
  },
  'refused-proofs': {
    of: ['receive'],
    lines: [
      'fields @timestamp, source, reason',
      '| filter ispresent(Refused)',
      '| stats count() by source, reason, bin(15m)',
    ],
  },
  'stale-signatures': {
    of: ['receive'],
    lines: [
      'fields @timestamp, from, reason',
      '| filter ispresent(StaleSignatures)',
      '| stats count() by from, bin(15m)',
    ],
  },
  unreadable: {
    of: ['receive'],
    lines: [
      'fields @timestamp, source, reason',
      '| filter ispresent(Unreadable)',
      '| stats count() by source, reason, bin(15m)',
    ],
  },
  'slow-answers': {
    of: ['receive'],
    lines: [
      'fields @timestamp, message, errorName, reason',
      '| filter ispresent(errorName) or ispresent(reason)',
      '| stats count() by message, errorName, reason, bin(5m)',
    ],
  },
  'function-errors': {
    of: ['receive', 'process'],
    lines: [
      'fields @timestamp, message, errorName, errorType, type',
      '| filter level in ["ERROR", "FATAL"] or ispresent(errorType)',
      '| stats count() by message, errorName, errorType',
    ],
  },
  'function-throttles': {
    of: ['process'],
    lines: ['fields @timestamp', '| stats count() as lines, count_distinct(@logStream) as environments by bin(5m)'],
  },
  'queue-age': {
    of: ['process'],
    lines: [
      'fields @timestamp, message, errorName, source',
      '| filter level in ["ERROR", "WARN"] or FailedMessages > 0',
      '| stats count() by message, errorName, source',
    ],
  },
  'dead-letters': {
    of: ['process'],
    lines: [
      'fields @timestamp, source, DeadLettered',
      '| filter DeadLettered > 0',
      '| stats sum(DeadLettered) by source, bin(1h)',
    ],
  },
  'table-failures': {
    of: ['process'],
    lines: [
      'fields @timestamp',
      '| filter TableFailures > 0',
      '| stats sum(TableFailures), sum(throttled), sum(FailedMessages) by bin(5m)',
    ],
  },
  'undelivered-notifications': {
    of: ['receive'],
    lines: [
      'fields @timestamp, source, reason',
      '| filter ispresent(reason)',
      '| stats count() by source, reason, bin(15m)',
    ],
  },
  'publish-late': {
    of: ['publish'],
    lines: [
      'fields @timestamp, message, errorName',
      '| filter level in ["ERROR", "WARN"]',
      '| stats count() by message, errorName',
    ],
  },
  'unpublished-changes': {
    of: ['publish'],
    lines: [
      'fields @timestamp, message, errorName',
      '| filter level in ["ERROR", "WARN"]',
      '| sort @timestamp desc',
      '| limit 50',
    ],
  },
  'archive-late': {
    of: ['process'],
    lines: [
      'fields @timestamp, message, errorName',
      '| filter level in ["ERROR", "WARN"]',
      '| stats count() by message, errorName',
    ],
  },
  'lost-by-webhook': {
    of: ['reconcile'],
    lines: [
      'fields @timestamp, source, missing, fetched, comparedPercent, from, to',
      '| filter missing > 0',
      '| sort @timestamp desc',
      '| limit 30',
    ],
  },
  'reconcile-failing': {
    of: ['reconcile'],
    lines: [
      'fields @timestamp, source, why, errorName',
      '| filter ispresent(why) or ispresent(errorName)',
      '| sort @timestamp desc',
      '| limit 30',
    ],
  },
};
