import type { EventType } from '../../domain/event/event.ts';
import type { SampleInput } from '../provider.ts';
import { textTime } from '../shared/samples.ts';

/** Events as Mailchimp Marketing posts them, one of each type. */

const SAMPLES: Readonly<Partial<Record<EventType, Readonly<Record<string, string>>>>> = {
  bounced: { type: 'cleaned', 'data[reason]': 'hard', 'data[campaign_id]': 'c0ffee' },
  complained: { type: 'cleaned', 'data[reason]': 'abuse', 'data[campaign_id]': 'c0ffee' },
  unsubscribed: { type: 'unsubscribe', 'data[action]': 'unsub', 'data[reason]': 'manual' },
  resubscribed: { type: 'subscribe', 'data[merges][EMAIL]': 'sample', 'data[ip_opt]': '192.0.2.1' },
};

export function sampleEvent({ type, recipient, at, id }: SampleInput<unknown>): Record<string, string> | undefined {
  const event = SAMPLES[type];
  return (
    event && {
      fired_at: textTime(at),
      'data[id]': id,
      'data[list_id]': 'a6b5da1054',
      'data[email]': recipient,
      ...event,
    }
  );
}
