import { LOG } from '../../../../lambda/contract/logs.ts';
import type { QueriesByHeading } from './query.ts';

/** What the runbook asks the logs where requests fail or stay away, by its heading. */
export const REQUESTS: QueriesByHeading = {
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
      `| filter message = "${LOG.notEnqueued}"`,
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
};
