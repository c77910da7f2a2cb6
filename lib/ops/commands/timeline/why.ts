import type { EpochSeconds } from '../../../../lambda/contract/units.ts';
import type { NormalisedEvent } from '../../../../lambda/domain/event/event.ts';
import { explainReply } from '../../../../lambda/domain/failure/index.ts';
import { pastEvent, SERIES_TYPES } from '../../../../lambda/domain/suppression/history.ts';
import { judge, type Spared } from '../../../../lambda/domain/suppression/policy.ts';
import { type Retraction, retractionOf } from '../../../../lambda/domain/suppression/retraction.ts';
import { judgeSoftBounces } from '../../../../lambda/domain/suppression/soft-bounces.ts';
import { type Judgement, reasonKey } from '../../../../lambda/domain/suppression/suppression.ts';
import { readHistory } from '../../stack/events/stored.ts';
import { readRetractions } from '../../stack/retractions.ts';
import type { Target } from '../../target/target.ts';

/** What one event came to. */
export interface Why {
  /** The reason that it set or lifted, as the entry names it, and until when it counts (epoch seconds; 0 = a lift). */
  readonly key?: string;
  readonly until?: EpochSeconds;
  readonly echo?: true;
  /** Why it changes nothing. */
  readonly spared?: Spared;
  /** The retraction that takes it back. */
  readonly retracted?: string;
  /** The rule that read its reply; of failures with a reply. */
  readonly rule?: string;
}

/** Explains events of one person by the policy of the stage. */
export async function whyOf(target: Target, address: string): Promise<(event: NormalisedEvent) => Why> {
  const [{ retractions }, history] = [await readRetractions(target), await readHistory(target, address, SERIES_TYPES)];
  const past = history.flatMap((event) => pastEvent(event) ?? []);
  const series = new Map(
    judgeSoftBounces(past, target.policyOf).map((judgement) => [judgement.mark.fingerprint, judgement]),
  );
  return (event) => {
    const { judgement, spared } = judge(event, target.policyOf(event.source));
    const completed = spared === 'series-too-short' ? series.get(event.fingerprint) : undefined;
    return { ...came(judgement ?? completed, retractions, spared), ...ruleOf(event) };
  };
}

function came(judgement: Judgement | undefined, retractions: readonly Retraction[], spared: Spared | undefined): Why {
  if (!judgement) return spared ? { spared } : {};
  const { reason, scope, mark } = judgement;
  const key = reasonKey(reason, scope);
  const retraction = retractionOf(key, mark, retractions);
  return {
    key,
    until: mark.until,
    ...(mark.echo && { echo: mark.echo }),
    ...(retraction && { retracted: retraction.id }),
  };
}

function ruleOf({ type, smtpCode: code, smtpStatus: status, diagnostic: text }: NormalisedEvent): Pick<Why, 'rule'> {
  const failed = type === 'bounced' || type === 'dropped' || type === 'deferred';
  if (!failed || (code === undefined && status === undefined && text === undefined)) return {};
  return { rule: explainReply({ code, status, text }).rule };
}
