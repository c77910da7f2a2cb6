import type { EventType } from '../../domain/event/event.ts';
import type { SampleInput } from '../provider.ts';
import { textTime } from '../shared/samples.ts';

/** Events as Elastic Email posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, Readonly<Record<string, string>>>>> = {
  accepted: { status: 'Sent' },
  bounced: { status: 'Error', category: 'NoMailbox' },
  dropped: { status: 'Error', category: 'ManualCancel' },
  opened: { status: 'Opened' },
  clicked: { status: 'Clicked', target: 'https://example.com/offer' },
  complained: { status: 'AbuseReport' },
  unsubscribed: { status: 'Unsubscribed' },
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Record<string, string> | undefined {
  const event = SAMPLES[type];
  return event && { transaction: id, messageid: id, to: recipient, date: textTime(at), channel: 'sample', ...event };
}
