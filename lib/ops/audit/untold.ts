import type { Address } from '../../../lambda/contract/units.ts';
import { OPERATOR } from '../../../lambda/domain/suppression/operator.ts';
import type { StoredEvent } from '../stack/events/stored.ts';
import type { Target } from '../target/target.ts';
import type { ActRecord } from './act.ts';
import { readActsOn } from './records.ts';
import { markOf } from './subjects.ts';

const MOST = 1_000;
const DAY = 86_400_000;

/**
 * Acts on one person that none of their events shows: what was done at an ESP, what failed or was cut off, and what is older than the events.
 * The newest last, as events are.
 * @param isCut there are older events: of acts, too, only those since the first of these
 */
export async function untoldActs(
  target: Target,
  address: Address,
  events: readonly StoredEvent[],
  isCut = false,
): Promise<ActRecord[]> {
  const since = isCut ? Date.parse(events[0]?.occurredAt ?? events[0]?.receivedAt ?? '') : 0;
  const wanted = { since, until: Date.now() + DAY, limit: MOST };
  const { acts } = await readActsOn(target, [address], wanted);
  return acts.filter((act) => !events.some((event) => shows(event, act))).reverse();
}

/** When this person was erased before, and by whom; nothing where the key of the marks may not be read. */
export async function erasuresOf(target: Target, address: Address): Promise<readonly ActRecord[]> {
  const marks = await markOf(target, address);
  if (marks.length === 0) return [];
  const { acts } = await readActsOn(target, marks, { since: 0, until: Date.now() + DAY, what: 'erase', limit: MOST });
  return acts;
}

/** An act that went through the queue is an event of its author's, sent while it was under way. */
const shows = ({ source, actor, receivedAt }: StoredEvent, act: ActRecord): boolean =>
  source === OPERATOR &&
  act.result === 'done' &&
  actor === act.actor &&
  receivedAt >= act.at &&
  receivedAt <= (act.endedAt ?? '') &&
  Object.keys(act.counts).every((what) => what === 'lifted' || what === 'suppressed');
