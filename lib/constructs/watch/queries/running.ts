import type { QueriesByHeading } from './query.ts';

/** What the runbook asks the logs where something behind the API does not run, by its heading. */
export const RUNNING: QueriesByHeading = {
  'function-errors': {
    of: ['receive', 'process'],
    lines: [
      'fields @timestamp, message, errorName, errorType, source',
      '| filter level in ["ERROR", "FATAL"] or ispresent(errorType)',
      '| stats count() by message, errorName, errorType, source',
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
  'archive-behind': {
    of: ['process'],
    lines: [
      'fields @timestamp, message, errorName, ArchiveRefused',
      '| filter ArchiveRefused > 0 or level in ["ERROR", "WARN"]',
      '| stats sum(ArchiveRefused) by message, errorName, bin(15m)',
    ],
  },
};
