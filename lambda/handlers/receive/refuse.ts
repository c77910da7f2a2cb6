import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { problem } from '../../aws/problem.ts';
import { countMetrics, emit, logWarning } from '../../aws/telemetry.ts';
import { HEARTBEAT_SOURCE } from '../../contract/config.ts';
import { FACTS, LOG } from '../../contract/logs.ts';
import { METRICS } from '../../contract/metrics.ts';
import { REFUSAL_STATUS, type RefusalReason, type RefusedRequest } from '../../domain/errors.ts';
import type { Source } from './request.ts';

/** Our own faults, and a right proof that is too old: counted by themselves whenever they come. */
const METRIC_OF = new Map<RefusalReason, string>([
  ['cannot-enqueue', METRICS.notEnqueued],
  ['stale', METRICS.staleSignatures],
  ['secret-missing', METRICS.unverifiable],
  ['secret-unreadable', METRICS.unverifiable],
  ['cannot-verify', METRICS.unverifiable],
]);

type Told = readonly [word: string, detail: string];
const NOT_PROVEN: Told = ['not-proven', 'The request does not prove its origin.'];
const NOT_NOW: Told = ['cannot-verify', 'The request cannot be checked right now. Send it again.'];

/** What strangers are told who prove nothing: no ESP's name, no fault of ours, no difference between them. The log has the reason. */
const TO_STRANGERS: ReadonlyMap<RefusalReason, Told> = new Map([
  ['missing-proof', NOT_PROVEN],
  ['bad-proof', NOT_PROVEN],
  ['topic-not-allowed', NOT_PROVEN],
  ['unreadable', NOT_PROVEN],
  ['unsupported', NOT_PROVEN],
  ['secret-missing', NOT_NOW],
  ['secret-unreadable', NOT_NOW],
  ['cannot-verify', NOT_NOW],
]);

/**
 * Counts the refusal and answers with the status that makes this ESP do the right thing.
 * @param proven the origin was proven first: only then is what is wrong with the request told, and counted as a loss
 */
export function refuse(
  { name, provider: { responses } }: Source,
  { reason, message }: RefusedRequest,
  proven: boolean,
  requestId: string,
): APIGatewayProxyStructuredResultV2 {
  const told = proven ? undefined : TO_STRANGERS.get(reason);
  // Not readable to one who cannot even prove who he is: no more than that.
  const asked = told === NOT_PROVEN && REFUSAL_STATUS[reason] === 400 ? 'bad-proof' : reason;
  const wanted = REFUSAL_STATUS[asked];
  const status = responses?.[asked] ?? responses?.[wanted] ?? wanted;
  count(name, reason, proven, status, requestId);
  const [word, detail] = told ?? [reason, message];
  return problem(status, word, detail, requestId);
}

function count(source: string, reason: RefusalReason, proven: boolean, status: number, requestId: string): void {
  const metric = METRIC_OF.get(reason) ?? (proven ? METRICS.unreadable : METRICS.refused);
  const facts = { [FACTS.reason]: reason, [FACTS.requestId]: requestId };
  // These have one alarm for all sources, so the source is no dimension: each would be a metric to pay for.
  if (metric === METRICS.notEnqueued || metric === METRICS.staleSignatures)
    countMetrics({ [metric]: 1 }, undefined, { ...facts, [FACTS.from]: source });
  // A heartbeat that is refused is missed by pulse; what others post under its name is nobody's statistic.
  else if (source === HEARTBEAT_SOURCE) logWarning(LOG.refused, { ...facts, [FACTS.from]: source });
  else {
    const answered5xx = metric === METRICS.refused && status >= 500 ? { [METRICS.refused5xx]: 1 } : {};
    emit({ bySource: new Map([[source, { counts: { [metric]: 1 }, facts: {} }]]), overall: answered5xx, facts });
  }
}
