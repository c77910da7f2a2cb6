import type { PolicyConfig } from '../../../../lambda/contract/config.ts';
import { FOREVER } from '../../../../lambda/contract/tables.ts';
import type { EpochMs, EpochSeconds } from '../../../../lambda/contract/units.ts';
import { isAltered, normaliseAddress } from '../../../../lambda/domain/address.ts';
import type { BounceClass, NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { MAX_AHEAD } from '../../../../lambda/domain/event/time.ts';
import { judge, type Spared } from '../../../../lambda/domain/suppression/policy.ts';
import { untilAfter } from '../../../../lambda/domain/suppression/suppression.ts';
import { BadLine, type Cells, type Defaults, type ListFile, type Row } from '../../../../lambda/providers/list-file.ts';
import { UsageError } from '../../cli/errors.ts';
import type { Decision } from '../../stack/acts.ts';
import { checkScope } from '../../words/reasons.ts';
import { bounceOf } from './bounce.ts';

/** What one line comes to. */
export interface Decided {
  /** Absent where it suppresses nobody. */
  readonly decision?: Decision;
  /** Why not. */
  readonly spared?: Spared;
  /** Of a bounce: how its reply was read, as the webhook's would be. */
  readonly bounceClass?: BounceClass;
  readonly note?: string;
}

/** How lines are judged. */
export interface Judging {
  readonly policy: PolicyConfig;
  /** Nothing is classified and nothing is shortened: the list as it is. */
  readonly asListed: boolean;
  /** Epoch milliseconds. */
  readonly now: EpochMs;
}

/**
 * What one line decides; undefined where it says nothing of suppression. A bounce with a code or a text is read as the webhook reads it, and
 * every line that names no date ends when an event of its kind would by the stage's policy.
 * @param at time of lines that give none
 * @throws BadLine in words that quote nothing of it
 */
export function decide(
  format: ListFile,
  cells: Cells,
  defaults: Defaults,
  at: string,
  judging: Judging,
): Decided | undefined {
  const row = format.read(cells, defaults);
  if (!row) return undefined;
  const recipient = normaliseAddress(row.address);
  if (recipient === undefined) throw new BadLine('its address cannot be read');
  if (isAltered(row.address, recipient))
    throw new BadLine("its address has characters that make somebody else's of it");
  checkRow(row);
  const time = row.at ?? at;
  if (Date.parse(time) > judging.now + MAX_AHEAD) throw new BadLine('its time lies in the future');
  const { reason, scope, note, until } = row;
  const said = { ...(note !== undefined && { note }) };
  const base = { recipient, reason, ...(scope !== undefined && scope !== 'all' && { scope }), at: time };
  if (until === 0) return { decision: { act: 'lift', ...base }, ...said };
  if (judging.asListed) {
    const end =
      until ?? (reason === 'soft_bounces' ? untilAfter(time, judging.policy.softBounces.suppressDays) : FOREVER);
    return { decision: { act: 'suppress', ...base, until: end }, ...said };
  }
  const bounceClass = reason === 'hard_bounce' ? bounceOf(row) : undefined;
  const ends = endOf(row, recipient, time, bounceClass, judging.policy);
  const reading = { ...said, ...(bounceClass && { bounceClass: bounceClass.bounceClass }) };
  if (typeof ends === 'string') return { spared: ends, ...reading };
  // A date that somebody wrote down is meant; "for ever" is what the policy says it is.
  const end = until === undefined || until >= FOREVER ? ends : until;
  return { decision: { act: 'suppress', ...base, until: end }, ...reading };
}

/** When an event that says the same would end, in epoch seconds; or why it would suppress nobody. */
function endOf(
  { reason, scope, until }: Row,
  recipient: string,
  at: string,
  bounce: ReturnType<typeof bounceOf> | undefined,
  policy: PolicyConfig,
): EpochSeconds | Spared {
  if (reason === 'manual') return FOREVER;
  if (reason === 'soft_bounces') {
    const { messages, suppressDays } = policy.softBounces;
    return messages === 0 ? 'switched-off' : untilAfter(at, suppressDays);
  }
  const event: NormalisedEvent = {
    fingerprint: '',
    source: '',
    provider: '',
    providerEvent: reason,
    recipient,
    occurredAt: at,
    receivedAt: at,
    ...(scope !== undefined && { scope }),
    ...(bounce ?? { type: reason === 'complaint' ? ('complained' as const) : ('unsubscribed' as const) }),
  };
  // A line of another stack says how long, and not why: the longest that its reason may last.
  const longest = until === undefined || bounce === undefined ? policy : longestOf(policy);
  const { judgement, spared } = judge(event, longest);
  return judgement ? judgement.mark.until : spared;
}

function longestOf(policy: PolicyConfig): PolicyConfig {
  const days = (duration: PolicyConfig['hardBounce']) => (duration === 'forever' ? Number.POSITIVE_INFINITY : duration);
  const longer = days(policy.otherPermanent) > days(policy.hardBounce) ? policy.otherPermanent : policy.hardBounce;
  return { ...policy, hardBounce: longer, otherPermanent: longer };
}

function checkRow({ reason, scope }: Row): void {
  if (scope === undefined) return;
  if (reason !== 'unsubscribe') throw new BadLine('only an unsubscribe has a scope');
  try {
    checkScope(scope);
  } catch (error) {
    if (error instanceof UsageError) throw new BadLine('its scope is not <source>:<kind>:<id>');
    throw error;
  }
}
