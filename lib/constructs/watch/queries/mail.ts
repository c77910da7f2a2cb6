import { blockedFact, FACTS } from '../../../../lambda/contract/logs.ts';
import { UNSUBSCRIBE_SOURCE } from '../../../../lambda/contract/unsubscribe.ts';
import { MAILBOX_OPERATORS } from '../../../../lambda/domain/mailbox-operators.ts';
import type { QueriesByHeading, Query } from './query.ts';

/** Opens and clicks beside what was delivered, for both bands. */
const ENGAGEMENT: Query = {
  of: ['process'],
  lines: ['filter ispresent(slowestStoredMs)', '| stats sum(Opens), sum(Clicks), sum(Delivered) by bin(3h)'],
};

/** What the runbook asks the logs where mail goes wrong, by its heading. */
export const MAIL: QueriesByHeading = {
  'new-suppressions': {
    of: ['process'],
    lines: [
      'filter NewSuppressions > 0',
      '| stats sum(NewSuppressions), sum(bounced), sum(complained), sum(unsubscribed), sum(dropped) by source, bin(15m)',
    ],
  },
  'bounce-rate': {
    of: ['process'],
    lines: ['filter ispresent(slowestStoredMs)', '| stats sum(HardBounces), sum(Delivered) by bin(1h)'],
  },
  'complaint-rate': {
    of: ['process'],
    lines: [
      'filter ispresent(slowestStoredMs)',
      '| stats sum(Complaints), sum(DeliveredReporting), sum(unsubscribed) by bin(1h)',
    ],
  },
  'unsubscribe-rate': {
    of: ['process'],
    lines: ['filter Unsubscribes > 0', '| stats sum(Unsubscribes) by bin(15m)'],
  },
  'unsubscribe-failing': {
    of: ['receive'],
    lines: [
      `filter ${FACTS.from} = "${UNSUBSCRIBE_SOURCE}" or ${FACTS.source} = "${UNSUBSCRIBE_SOURCE}"`,
      '| stats count() by reason',
    ],
  },
  'mailbox-blocks': {
    of: ['process'],
    lines: [
      'filter MailboxBlocks > 0',
      `| stats ${MAILBOX_OPERATORS.map(({ name }) => `sum(${blockedFact(name)})`).join(', ')} by bin(1h)`,
    ],
  },
  'unknown-events': {
    of: ['process'],
    lines: [
      'filter UnknownEvents > 0',
      '| stats sum(UnknownEvents) as events, sum(unknown) as unknownType, sum(unjudged) as withoutRecipientOrTime by bin(1h)',
    ],
  },
  'traffic-surge': {
    of: ['process'],
    lines: [
      'filter ispresent(slowestStoredMs)',
      '| stats sum(delivered), sum(opened), sum(clicked), sum(bounced), sum(complained), sum(Duplicates) by bin(15m)',
    ],
  },
  'click-surge': {
    of: ['process'],
    lines: ['filter Clicks > 0', '| stats sum(Clicks), sum(Opens), sum(Delivered) by source, bin(15m)'],
  },
  'engagement-drop': ENGAGEMENT,
  'engagement-drop-clicks': ENGAGEMENT,
  'missing-kinds': {
    of: ['process'],
    lines: [
      'fields @timestamp',
      '| filter ispresent(slowestStoredMs)',
      '| stats sum(delivered), sum(bounced), sum(complained), sum(opened) by bin(1d)',
    ],
  },
};
