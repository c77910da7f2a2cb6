import { FOREVER } from '../../contract/tables.ts';
import type { EpochSeconds, Iso } from '../../contract/units.ts';
import { PoisonEvent } from '../errors.ts';
import type { Draft } from '../event/event.ts';
import { parseJson, UnreadableJson } from '../json.ts';
import { fields, isoTime, number, present, text } from '../read.ts';
import { REASONS, type Reason } from './suppression.ts';

/** The source name of operator acts; settings refuse it. */
export const OPERATOR = 'operator';

/**
 * What a person decided, as it travels on the delivery queue: the same path as every event, so that it is recorded, folded, archived
 * and replayed by the same code.
 */
export interface OperatorAct {
  readonly act: 'suppress' | 'lift';
  readonly recipient: string;
  readonly reason: Reason;
  /** On `unsubscribe`: a scope as the suppression table names it. */
  readonly scope?: string;
  /** ISO 8601. Of a suppression: when its evidence dates from. */
  readonly at: Iso;
  /** On `suppress`: epoch seconds; absent = for ever. */
  readonly until?: EpochSeconds;
  readonly actor: string;
  readonly note: string;
  /** The import that the line came with: two imports that say the same stay apart. */
  readonly importId?: string;
  /** On `lift`: only what the stored retraction of this id takes back. */
  readonly retraction?: string;
}

const TYPES = { suppress: 'suppressed', lift: 'lifted' } as const;

/**
 * An act as an event. Its identity is what was decided, not who wrote it down when: an import that is run again counts once.
 * @throws PoisonEvent where something is missing; acts are written by our own commands, so that is a fault.
 */
export function normaliseAct(raw: string): Draft {
  const given = read(raw);
  const { act, recipient, reason, scope, at, actor, note, importId, retraction } = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, text(value)]),
  ) as Partial<Record<keyof OperatorAct, string>>;
  const occurredAt = isoTime(at);
  const known = REASONS.includes(reason as Reason);
  if ((act !== 'suppress' && act !== 'lift') || !recipient || !known || !actor || !note || occurredAt === undefined) {
    throw new PoisonEvent('An operator act needs act, recipient, reason, at, actor and note.');
  }
  return present({
    type: TYPES[act],
    providerEvent: act,
    recipient,
    occurredAt,
    reason: reason as Reason,
    scope: reason === 'unsubscribe' ? (scope ?? 'all') : undefined,
    until: act === 'suppress' ? Math.min(number(given.until) ?? FOREVER, FOREVER) : undefined,
    actor,
    note,
    importId,
    retraction: act === 'lift' ? retraction : undefined,
    identity: [act, recipient, reason, scope, at, given.until as number | undefined, ...(importId ? [importId] : [])],
  }) as Draft;
}

function read(raw: string) {
  try {
    return fields(parseJson(raw));
  } catch (error) {
    if (error instanceof UnreadableJson) throw new PoisonEvent(`The operator act is ${error.message}.`);
    throw error;
  }
}
