import { packMessages } from '../../lambda/domain/message.ts';

/** What a sender's mail came to over some time: the same for the same seed. */
export interface Days {
  readonly seed: number;
  /** The first sends most. */
  readonly sources: readonly Sender[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly events: number;
  /** People who may not be mailed in the end. */
  readonly suppressed: number;
  /** Of names, where several spans of time make one sender's. */
  readonly prefix?: string;
}

/** A source, and in whose words it reports. */
export interface Sender {
  readonly name: string;
  readonly provider: 'generic' | 'sendgrid';
}

/** A message of the delivery queue, as `receive` would have made it at that moment. */
export interface Arrived {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly body: string;
}

/** Where readers have their mailboxes, those of many more than once. The people are nobody: no operator gives out such names. */
const DOMAINS = ['gmail.com', 'gmail.com', 'gmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 'readers.example'];

const AGENT =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15';
const SUBJECTS = [
  'Autumn offers',
  'Your receipt',
  'New in the shop',
  'Your order is on its way',
  'Weekly news',
] as const;
const REPLIES = [
  [550, '550 5.1.1 The email account that you tried to reach does not exist'],
  [550, '550 5.1.10 Recipient not found'],
  [550, '550 5.1.2 Host or domain name not found'],
] as const;
const PER_MESSAGE = 100;

/** An event in the words of the generic scheme. */
type Facts = Readonly<Record<'event' | 'recipient' | 'message_id' | 'timestamp' | 'subject', string>> & {
  readonly tags: readonly string[];
  readonly reason?: string;
  readonly smtp_code?: number;
  readonly url?: string;
  readonly user_agent?: string;
};

/** Small and fast, and good enough for a sample: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Messages in order of their arrival, a hundred events in each. */
export function* arrivalsOf({ seed, sources, from, to, events, suppressed, prefix = '' }: Days): Generator<Arrived> {
  const random = seeded(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  let left = suppressed;
  for (let first = 0; first < events; first += PER_MESSAGE) {
    const at = from + ((to - from) * first) / events;
    const { name: source, provider } = (random() < 0.6 ? sources[0] : pick(sources)) as Sender;
    const rows = Array.from({ length: Math.min(PER_MESSAGE, events - first) }, (_, index) => {
      const n = first + index;
      // Spread evenly, so that the list is as long as was asked for.
      const ends = left > 0 && random() < left / (events - n);
      if (ends) left -= 1;
      const facts = factsOf(`${prefix}${n}`, at - Math.floor(random() * 60_000), ends, random, pick);
      return JSON.stringify(provider === 'generic' ? facts : asSendGrid(facts));
    });
    const envelope = {
      source,
      channel: 'https',
      receivedAt: new Date(at).toISOString(),
      requestId: `days-${prefix}${first}`,
      origin: 'live',
    } as const;
    for (const body of packMessages(envelope, rows)) yield { at, body };
  }
}

function factsOf(n: string, at: number, ends: boolean, random: () => number, pick: <T>(all: readonly T[]) => T): Facts {
  const domain = pick(DOMAINS);
  const facts = {
    recipient: ends ? `reader-${n}@readers.example` : `reader-${n}.example@${domain}`,
    message_id: `mail-${n}@shop.example.com`,
    timestamp: new Date(at).toISOString(),
    subject: pick(SUBJECTS),
    tags: [pick(['newsletter', 'receipt', 'order'])],
  };
  if (ends) return { ...facts, ...ending(random(), pick) };
  const kind = random();
  if (kind < 0.66) return { ...facts, event: 'delivered' };
  if (kind < 0.9) return { ...facts, event: 'open', user_agent: AGENT };
  if (kind < 0.985)
    return { ...facts, event: 'click', user_agent: AGENT, url: 'https://shop.example.com/offers/autumn' };
  return { ...facts, event: 'soft_bounce', reason: '452 4.2.2 Mailbox full', smtp_code: 452 };
}

function ending(kind: number, pick: <T>(all: readonly T[]) => T): Pick<Facts, 'event' | 'smtp_code' | 'reason'> {
  if (kind < 0.62) {
    const [smtp_code, reason] = pick(REPLIES);
    return { event: 'hard_bounce', smtp_code, reason };
  }
  return kind < 0.8 ? { event: 'complaint' } : { event: 'unsubscribe' };
}

const SENDGRID = new Map([
  ['hard_bounce', { event: 'bounce', type: 'bounce', bounce_classification: 'Invalid Address' }],
  ['soft_bounce', { event: 'bounce', type: 'bounce', bounce_classification: 'Mailbox Unavailable' }],
  ['complaint', { event: 'spamreport' }],
]);

/** The same in SendGrid's words. */
const asSendGrid = ({ event, recipient, message_id, timestamp, tags, reason, url, user_agent }: Facts): object => ({
  email: recipient,
  timestamp: Math.floor(Date.parse(timestamp) / 1000),
  ...(SENDGRID.get(event) ?? { event }),
  sg_message_id: message_id,
  sg_event_id: `${event}-${message_id}`,
  category: tags,
  ...(reason !== undefined && { reason, status: reason.slice(4).split(' ')[0] }),
  ...(url !== undefined && { url }),
  ...(user_agent !== undefined && { useragent: user_agent }),
});
