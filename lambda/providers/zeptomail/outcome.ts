import type { BounceClass, Draft, EventType } from '../../domain/event/event.ts';
import { type Fields, fields, present, text } from '../../domain/read.ts';
import { weighBounce } from '../shared/bounce.ts';

const BOUNCES: ReadonlyMap<string, BounceClass> = new Map([
  ['hardbounce', 'hard'],
  ['softbounce', 'soft'],
]);

/**
 * What a detail says beside its type.
 * @param key the event's word, as the table of types spells it
 */
export function outcome(type: EventType, key: string, detail: Fields): Partial<Draft> {
  switch (type) {
    case 'bounced': {
      const diagnostic = text(detail.diagnostic_message) ?? text(detail.reason);
      const said = BOUNCES.get(key) ?? 'undetermined';
      return present({
        ...weighBounce(said, { text: diagnostic }, said === 'hard' ? 'mailbox' : undefined),
        diagnostic,
      });
    }
    case 'opened':
    case 'clicked': {
      const place = fields(detail.ip_location_info);
      return present({
        url: text(detail.clicked_link),
        userAgent: text(detail.user_agent),
        ip: text(place.ip_address),
        country: text(place.country_code),
        device: text(fields(detail.device).name),
      });
    }
    default:
      return {};
  }
}
