/**
 * The ordinary mix of a sender, in SendGrid's words: of 100 events 60 delivered, 25 opened, 10 clicked, 3 accepted or deferred,
 * and 2 that change suppression. The same seed makes the same events; every event has a recipient of its own.
 */
export type SendGridEvent = Readonly<Record<string, string | number | boolean | object>>;

const AGENT =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const READER = { useragent: AGENT, ip: '198.51.100.23', sg_content_type: 'html' };

const DELIVERED = { event: 'delivered', response: '250 2.0.0 OK 1791888000 d75a77b69052e-4b0 - gsmtp', tls: 1 };
export const OPENED = { event: 'open', ...READER, sg_machine_open: false };
const CLICKED = {
  event: 'click',
  ...READER,
  url: 'https://shop.example.com/offers/autumn?utm_source=newsletter&utm_campaign=2026-11',
  url_offset: { index: 2, type: 'html' },
};
const ACCEPTED = { event: 'processed' };
const DEFERRED = { event: 'deferred', response: '421 4.7.0 try again later', attempt: '1' };
export const BOUNCED = {
  event: 'bounce',
  type: 'bounce',
  status: '5.1.1',
  reason: '550 5.1.1 The email account that you tried to reach does not exist.',
  bounce_classification: 'Invalid Address',
};
export const COMPLAINED = { event: 'spamreport' };

/** What the n-th of a hundred is. */
function kindOf(n: number): SendGridEvent {
  if (n < 60) return DELIVERED;
  if (n < 85) return OPENED;
  if (n < 95) return CLICKED;
  if (n < 97) return ACCEPTED;
  return n === 97 ? DEFERRED : n === 98 ? BOUNCED : COMPLAINED;
}

/** Coprime to 100: every hundred events in a row hold the whole mix, well stirred. */
const STIR = 37;

/** `count` events, the `first`-th of its series onwards, at `at` (epoch milliseconds); of the mix unless `kind` says otherwise. */
export const mixedEvents = (
  count: number,
  { first = 0, series = 'a', at, kind }: { first?: number; series?: string; at: number; kind?: SendGridEvent },
): SendGridEvent[] =>
  Array.from({ length: count }, (_none, index) => {
    const n = first + index;
    const id = `${series}${n.toString(36).padStart(6, '0')}`;
    return {
      email: `reader.${id}@mail${n % 50}.example.com`,
      timestamp: Math.floor(at / 1000) - (n % 600),
      'smtp-id': `<${id}.20261120@geopod-ismtpd-12>`,
      ...(kind ?? kindOf((n * STIR) % 100)),
      category: ['newsletter', 'autumn'],
      sg_event_id: `ZGVsaXZlcmVkLTAtMTIzNDU2Nzg5MC0${id}`,
      sg_message_id: `${id}4Hn1QxT0uXw.recvd-5d8f9c7b6-xk2lp-1-6915D2B1-2A.0`,
      campaign_id: '4711',
    };
  });
