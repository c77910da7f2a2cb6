import type { EpochMs } from '../../contract/units.ts';
import { ALL } from '../../contract/unsubscribe.ts';
import { PoisonEvent } from '../errors.ts';
import type { Draft } from '../event/event.ts';
import { parseJson, UnreadableJson } from '../json.ts';
import { fields, isoTime, present, text } from '../read.ts';
import type { Claims } from './token.ts';

/** What a person can ask for by a link. */
export type Wish = 'unsubscribe' | 'resubscribe';
/** `one-click`: the mail program posted; `page`: the person pressed the button. */
export type Way = 'one-click' | 'page';

const TYPES = { unsubscribe: 'unsubscribed', resubscribe: 'resubscribed' } as const;

/**
 * A wish as the raw event on the delivery queue. Whole seconds: a mail program that posts twice within one says it once.
 * @param at epoch milliseconds
 */
export const wishEvent = (wish: Wish, way: Way, { address, scope, issuedAt }: Claims, at: EpochMs): string =>
  JSON.stringify({
    wish,
    way,
    recipient: address,
    scope,
    at: seconds(at / 1000),
    issuedAt: seconds(issuedAt),
  });

const seconds = (epoch: number): string => `${new Date(Math.floor(epoch) * 1000).toISOString().slice(0, 19)}Z`;

/** @throws PoisonEvent where something is missing; `receive` writes these, so that is a fault. */
export function normaliseWish(raw: string): Draft {
  const { wish, way, recipient, scope, at, issuedAt } = read(raw);
  const occurredAt = isoTime(at);
  const address = text(recipient);
  if ((wish !== 'unsubscribe' && wish !== 'resubscribe') || address === undefined || occurredAt === undefined)
    throw new PoisonEvent('An unsubscribe needs wish, recipient and at.');
  const link = text(issuedAt);
  return present({
    type: TYPES[wish],
    providerEvent: text(way) ?? wish,
    recipient: address,
    occurredAt,
    scope: text(scope) ?? ALL,
    metadata: link === undefined ? undefined : { linkIssuedAt: link },
    identity: [wish, address, text(scope), text(at)],
  });
}

function read(raw: string) {
  try {
    return fields(parseJson(raw));
  } catch (error) {
    if (error instanceof UnreadableJson) throw new PoisonEvent(`The unsubscribe is ${error.message}.`);
    throw error;
  }
}
