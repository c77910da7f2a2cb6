import { RETRACTIONS_KEY } from '../../../lambda/contract/tables.ts';
import type { Way } from '../../../lambda/domain/channel.ts';
import { ERASED_AT, erasureMark } from '../../../lambda/domain/erasure.ts';
import { packMessages } from '../../../lambda/domain/message.ts';
import { OPERATOR, type OperatorAct } from '../../../lambda/domain/suppression/operator.ts';
import { ERASURE, guide, health, leaving, type Post, resend, sampleOf, sendgrid, topicConfirmation } from './posts.ts';

/** What comes together, and is worked on before the next round comes. */
export interface Round {
  readonly posts?: readonly Post[];
  /** Bodies that are on a queue without having come through `receive`. */
  readonly bodies?: readonly string[];
  readonly way?: Way;
}

export interface History {
  readonly name: string;
  readonly rounds: readonly Round[];
  /** Items that the suppression table holds before. */
  readonly listed?: readonly object[];
  /** Large: for `receive`, which alone does more for it. */
  readonly onlyReceive?: true;
}

const DAY = 86_400_000;
/** An hour ago, to the second: nothing waits for the events of this moment. */
export const NOW = Math.floor(Date.now() / 1000) * 1000;
const AT = NOW - 3_600_000;

let made = 0;
/** An event of the generic source. */
const said = (event: string, who: string, more: object = {}): object => {
  made += 1;
  return {
    event_id: `e${made}`,
    event,
    recipient: `${who}@example.com`,
    message_id: `m${made}`,
    timestamp: AT / 1000 + made,
    ...more,
  };
};
const soft = (who: string, more?: object) => said('soft_bounce', who, { reason: '452 4.2.2 mailbox full', ...more });

const grid = (event: string, who: string, more: object = {}): object => {
  made += 1;
  return { email: `${who}@example.com`, event, timestamp: AT / 1000 + made, sg_message_id: `g${made}.f`, ...more };
};

const many = (count: number, make: (n: number) => object): object[] =>
  Array.from({ length: count }, (_none, n) => make(n));

const message = (raws: readonly object[], over: object = {}): string[] =>
  packMessages(
    {
      source: 'guide',
      channel: 'https',
      receivedAt: new Date(NOW).toISOString(),
      requestId: 'r',
      origin: 'live',
      ...over,
    },
    raws.map((raw) => JSON.stringify(raw)),
  );

const act = (one: Pick<OperatorAct, 'act' | 'recipient'>, seconds: number): string[] =>
  message(
    [{ reason: 'manual', at: new Date(AT + seconds * 1000).toISOString(), actor: 'kim', note: 'asked', ...one }],
    { source: OPERATOR, channel: OPERATOR, origin: OPERATOR },
  );

const repeated = [said('complaint', 'ada'), said('hard_bounce', 'bob'), said('delivered', 'eve')];
const replayed = [said('hard_bounce', 'ada'), said('complaint', 'bob')];
const ahead = said('complaint', 'ada', { timestamp: (NOW + 20 * DAY) / 1000 });
const forged = sampleOf('mailgun', 'complained', 'ada@example.com', AT);

/** Twenty and more histories: each of what `process` does is in one of them, and each way of proof in one. */
export const HISTORIES: readonly History[] = [
  { name: 'a complaint', rounds: [{ posts: [guide(said('complaint', 'ada'))] }] },
  {
    name: 'a hard bounce among others',
    rounds: [
      {
        posts: [
          sendgrid(
            grid('delivered', 'eve'),
            grid('open', 'eve'),
            grid('bounce', 'ada', { type: 'bounce', status: '5.1.1', reason: '550 5.1.1 user unknown' }),
          ),
        ],
      },
    ],
  },
  { name: 'a series of soft bounces', rounds: [{ posts: many(5, () => soft('ada')).map((event) => guide(event)) }] },
  {
    name: 'a series that a delivery breaks',
    rounds: [
      { posts: [guide(soft('ada'), soft('ada'), soft('ada'), said('delivered', 'ada'), soft('ada'), soft('ada'))] },
    ],
  },
  {
    name: 'a series, and a delivery that comes late',
    rounds: [
      {
        posts: [
          guide(
            soft('ada'),
            soft('ada'),
            soft('ada'),
            soft('ada', { timestamp: AT / 1000 + 500 }),
            soft('ada', { timestamp: AT / 1000 + 501 }),
          ),
        ],
      },
      { posts: [guide(said('delivered', 'ada', { timestamp: AT / 1000 + 400 }))] },
    ],
  },
  {
    name: 'lists left and joined again',
    rounds: [
      {
        posts: [
          sendgrid(
            grid('group_unsubscribe', 'ada', { asm_group_id: 7 }),
            grid('group_unsubscribe', 'ada', { asm_group_id: 8 }),
          ),
        ],
      },
      { posts: [sendgrid(grid('group_resubscribe', 'ada', { asm_group_id: 7 }))] },
    ],
  },
  {
    name: 'the same events again, in other groups',
    rounds: [{ posts: [guide(...repeated)] }, { posts: repeated.map((event) => guide(event)) }],
  },
  { name: 'a signed token', rounds: [{ posts: [forged] }, { posts: [forged] }] },
  {
    name: 'a token with another body',
    rounds: [{ posts: [forged] }, { posts: [{ ...forged, body: forged.body.replaceAll('ada@', 'eve@') }] }],
  },
  {
    name: 'sixty events',
    rounds: [{ posts: [guide(...many(60, (n) => said(n % 9 ? 'delivered' : 'complaint', `p${n}`)))] }],
  },
  {
    name: 'more messages than one request takes',
    rounds: [{ posts: [guide(...many(1150, (n) => said(n % 90 ? 'opened' : 'hard_bounce', `p${n}`)))] }],
    onlyReceive: true,
  },
  {
    name: 'two messages of one request',
    rounds: [{ posts: [guide(...many(120, (n) => said(n % 30 ? 'opened' : 'hard_bounce', `p${n}`)))] }],
  },
  {
    name: 'a broken event between good ones',
    rounds: [{ posts: [guide(said('complaint', 'ada'), { event: ['no'] }, said('hard_bounce', 'bob'))] }],
  },
  {
    name: 'letters that nobody can read, beside a complaint',
    rounds: [
      {
        bodies: ['no JSON', ...message([said('complaint', 'eve')], { source: 'gone' })],
        posts: [guide(said('complaint', 'ada'))],
      },
    ],
  },
  {
    name: 'somebody suppressed by hand, and lifted',
    rounds: [
      {
        bodies: act({ act: 'suppress', recipient: 'ada@example.com' }, 1),
        way: 'acts',
        posts: [guide(said('delivered', 'ada'))],
      },
      { bodies: act({ act: 'lift', recipient: 'ada@example.com' }, 2), way: 'acts' },
    ],
  },
  {
    name: 'a topic that wants to be confirmed',
    rounds: [{ posts: [topicConfirmation(AT), guide(said('complaint', 'ada'))] }],
  },
  { name: 'a bounce by a topic', rounds: [{ posts: [sampleOf('ses', 'bounced', 'ada@example.com', AT)] }] },
  {
    name: 'old messages, one of an erased person',
    rounds: [
      {
        bodies: [said('complaint', 'ada'), said('complaint', 'bob')].flatMap((event) =>
          message([event], { receivedAt: new Date(NOW - 2 * DAY).toISOString() }),
        ),
        posts: [guide(said('complaint', 'eve'))],
      },
    ],
    listed: [{ recipient: erasureMark(ERASURE, 'ada@example.com'), [ERASED_AT]: new Date(NOW - DAY).toISOString() }],
  },
  {
    name: 'a replay that writes anew',
    rounds: [
      { posts: [guide(...replayed)] },
      { bodies: message(replayed, { origin: 'replay', replay: { rewrite: true } }) },
    ],
  },
  {
    name: 'evidence that was retracted',
    rounds: [{ posts: [guide(said('complaint', 'ada', { timestamp: (AT - DAY) / 1000 }), said('complaint', 'bob'))] }],
    listed: [
      {
        recipient: RETRACTIONS_KEY,
        version: 1,
        retractions: [
          {
            id: 'x1',
            actor: 'kim',
            note: 'a bad day',
            at: new Date(AT).toISOString(),
            source: 'guide',
            from: new Date(AT - 2 * DAY).toISOString(),
            until: new Date(AT).toISOString(),
          },
        ],
      },
    ],
  },
  { name: 'an event ahead of the clock, twice', rounds: [{ posts: [guide(ahead)] }, { posts: [guide(ahead)] }] },
  {
    name: 'an echo of a list, and emoji',
    rounds: [
      { posts: [guide(said('hard_bounce', 'ada', { reason: '550 5.1.1 user unknown \u{1f600}\uffff' }))] },
      {
        posts: [
          sendgrid(
            grid('dropped', 'ada', { reason: 'Bounced Address' }),
            grid('dropped', 'bob', { reason: 'Bounced Address' }),
          ),
        ],
      },
    ],
  },
  {
    name: 'a complaint with a signed time',
    rounds: [{ posts: [resend('complained', 'ada@example.com', NOW)] }],
  },
  {
    name: 'a link that is followed, and the health page',
    rounds: [{ posts: [health, leaving('ada@example.com', AT), health] }],
  },
];
