import type { Address, EpochMs, EpochSeconds } from '../../../../lambda/contract/units.ts';
import { OPERATOR, type OperatorAct } from '../../../../lambda/domain/suppression/operator.ts';
import { type Reason, untilAfter } from '../../../../lambda/domain/suppression/suppression.ts';
import { audited } from '../../audit/audited.ts';
import { UsageError } from '../../cli/errors.ts';
import { sendActs, signed } from '../../stack/acts.ts';
import type { Target } from '../../target/target.ts';
import type { Hand } from '../../words/author.ts';
import { keyOf, type ReasonScope } from '../../words/reasons.ts';
import { endOf } from '../../words/time.ts';

/** What is to stand against people. */
interface Suppression extends ReasonScope {
  /** When its evidence dates from. */
  readonly at: EpochMs;
  /** Undefined = as the stage's policy says of that reason. */
  readonly until?: EpochSeconds | undefined;
}

/** Puts people on the list; returns what was handed to the queue for it. */
export async function suppressAddresses(
  target: Target,
  addresses: readonly Address[],
  { at, until: named, ...reason }: Suppression,
  hand: Hand,
  say: (line: string) => void,
): Promise<readonly OperatorAct[]> {
  const until = named ?? endByPolicy(reason.reason, at, target);
  const acts = addresses.map((recipient) =>
    signed(
      { act: 'suppress', recipient, ...reason, at: new Date(at).toISOString(), ...(until !== undefined && { until }) },
      hand,
    ),
  );
  const how = `${keyOf(reason)} ${until === undefined ? 'for ever' : `until ${endOf(until)}`}`;
  await audited(target, { what: 'suppress', hand, on: addresses, how, say }, async (act) => {
    await sendActs(target, acts);
    act.count('suppressed', acts.length);
  });
  return acts;
}

/** When evidence of this reason ends by the policy; undefined = for ever. */
function endByPolicy(reason: Reason, at: EpochMs, target: Target): EpochSeconds | undefined {
  if (reason === 'manual') return undefined;
  const { hardBounce, complaint, unsubscribe, softBounces } = target.policyOf(OPERATOR);
  const series = softBounces.messages === 0 ? 0 : softBounces.suppressDays;
  const lasts = { hard_bounce: hardBounce, complaint, unsubscribe, soft_bounces: series }[reason];
  if (lasts === 0)
    throw new UsageError("suppress: the stage's policy never suppresses for this reason. Say --days or --until.");
  return lasts === 'forever' ? undefined : untilAfter(new Date(at).toISOString(), lasts);
}
