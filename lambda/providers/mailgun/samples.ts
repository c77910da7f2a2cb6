import type { EventType } from '../../domain/event/event.ts';
import type { Fields } from '../../domain/read.ts';
import type { SampleInput } from '../provider.ts';

/** Events as Mailgun posts them, one of each type. */

const READER: Fields = {
  ip: '192.0.2.1',
  geolocation: { country: 'DE', region: 'BE', city: 'Berlin' },
  'client-info': {
    'client-type': 'browser',
    'client-name': 'Firefox',
    'device-type': 'desktop',
    'user-agent': 'Mozilla/5.0',
  },
};
const permanent = (reason: string, code: number, message: string): Fields => ({
  event: 'failed',
  severity: 'permanent',
  reason,
  'delivery-status': { code, message, description: '', 'attempt-no': 1 },
});

const SAMPLES: ReadonlyMap<EventType, Fields> = new Map<EventType, Fields>([
  ['accepted', { event: 'accepted' }],
  ['delivered', { event: 'delivered', 'delivery-status': { code: 250, message: 'OK', description: '' } }],
  ['deferred', { ...permanent('generic', 450, '4.2.0 try again later'), severity: 'temporary' }],
  ['bounced', permanent('bounce', 550, '5.1.1 The email account that you tried to reach does not exist.')],
  ['dropped', permanent('suppress-bounce', 605, 'Not delivering to previously bounced address')],
  ['opened', { event: 'opened', ...READER }],
  ['clicked', { event: 'clicked', url: 'https://example.com/offer', ...READER }],
  ['complained', { event: 'complained' }],
  ['unsubscribed', { event: 'unsubscribed', ...READER }],
  ['inbound', { event: 'stored' }],
]);

export function sampleData({ type, recipient, at, id }: SampleInput<unknown>): Fields | undefined {
  const data = SAMPLES.get(type);
  return (
    data && {
      id: `sample-${id}`,
      timestamp: at / 1000,
      recipient,
      ...data,
      message: { headers: { 'message-id': `${id}@mg.example.com`, to: recipient, from: 'news@mg.example.com' } },
      tags: ['sample'],
      'user-variables': {},
    }
  );
}
