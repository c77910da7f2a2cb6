import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { secretsClient, sqsClient } from '../../aws/clients.ts';
import { readConfig } from '../../aws/config.ts';
import { fetchText } from '../../aws/fetch-text.ts';
import { problem, problemJson } from '../../aws/problem.ts';
import { SecretStore } from '../../aws/secrets.ts';
import { sendAll } from '../../aws/sqs.ts';
import { countMetrics, logError, logWarning } from '../../aws/telemetry.ts';
import { HEARTBEAT_SOURCE } from '../../contract/config.ts';
import { readEnv } from '../../contract/env.ts';
import { FACTS, LOG } from '../../contract/logs.ts';
import { MAX_SQS_BYTES } from '../../contract/message.ts';
import { METRICS } from '../../contract/metrics.ts';
import { sourceOfRoute } from '../../contract/paths.ts';
import { RefusedRequest } from '../../domain/errors.ts';
import { packMessages } from '../../domain/message.ts';
import type { Answer } from '../../providers/provider.ts';
import { allowed, readRequest, type Source, sourcesOf } from './request.ts';
import { verified } from './verified.ts';

/** Some ESPs hang up after 3 s: whatever is not decided by then is answered 503. */
const DECIDE_WITHIN = 2400;
/** Room that a dead letter's attributes need beside the message. */
const MAX_EVENT_BYTES = MAX_SQS_BYTES - 4096;

const env = readEnv('receive');
const sources = sourcesOf(readConfig(), env);
const secrets = new SecretStore(secretsClient(), env.SECRET_ARN);
const sqs = sqsClient();

type Result = APIGatewayProxyStructuredResultV2;

/** One webhook request: exact bytes, verify, split, one `SendMessageBatch`. 2xx only once the queue has taken every event. */
async function receive(event: APIGatewayProxyEventV2): Promise<Result> {
  const source = sources.get(sourceOfRoute(event.routeKey) ?? '');
  if (!source) throw new RefusedRequest('unknown-source', 'No source of this name is configured.');
  try {
    return await accept(source, event);
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    return refuse(source, error, event.requestContext.requestId);
  }
}

async function accept(source: Source, event: APIGatewayProxyEventV2): Promise<Result> {
  if (!allowed(source, event.requestContext.http.sourceIp))
    throw new RefusedRequest('address-not-allowed', "This address is not on the source's list.");
  const request = readRequest(event);
  const probe = source.provider.probe?.(request);
  if (probe) return asResult(probe);
  if (request.method !== 'POST' && !source.provider.acceptsGet)
    throw new RefusedRequest('method-not-allowed', 'Webhooks are posted here.');

  const signal = AbortSignal.timeout(DECIDE_WITHIN);
  const proof = await verified(source, request, { secrets, signal, fetchText });
  if (proof.answer) return asResult(proof.answer);

  const { events, meta } = source.provider.split(request, source.options);
  const { requestId } = event.requestContext;
  const receivedAt = new Date(event.requestContext.timeEpoch).toISOString();
  const messages = packMessages(
    { source: source.name, channel: 'https', receivedAt, requestId, origin: 'live', ...(meta && { meta }) },
    events,
  );
  if (messages.some((body) => body.length > MAX_EVENT_BYTES / 4 && Buffer.byteLength(body) > MAX_EVENT_BYTES)) {
    throw new RefusedRequest('too-large', 'One event is larger than the queue takes (1 MiB).');
  }
  try {
    await sendAll(
      sqs,
      env.DELIVERY_QUEUE_URL,
      messages.map((body) => ({ body })),
      signal,
    );
  } catch (error) {
    logError('events not enqueued', error, { source: source.name, requestId });
    throw new RefusedRequest('cannot-enqueue', 'The events could not be queued right now. Send them again.');
  }
  return asResult({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accepted: events.length, requestId }),
  });
}

const asResult = ({ status, headers, body }: Answer): Result => ({
  statusCode: status,
  ...(headers && { headers: { ...headers } }),
  body: body ?? '',
});

/** Counts the refusal and answers with the status that makes this ESP do the right thing. */
function refuse(source: Source, refused: RefusedRequest, requestId: string): Result {
  const facts = { [FACTS.reason]: refused.reason, [FACTS.requestId]: requestId };
  const metric = METRIC_OF.get(refused.reason) ?? METRICS.refused;
  // These have one alarm for all sources, so the source is no dimension: each would be a metric to pay for.
  if (metric === METRICS.notEnqueued || metric === METRICS.staleSignatures)
    countMetrics({ [metric]: 1 }, undefined, { ...facts, [FACTS.from]: source.name });
  // A heartbeat that is refused is missed by pulse; what others post under its name is nobody's statistic.
  else if (source.name === HEARTBEAT_SOURCE) logWarning(LOG.refused, { ...facts, [FACTS.from]: source.name });
  else countMetrics({ [metric]: 1 }, source.name, facts);
  const { responses } = source.provider;
  return problem(
    responses?.[refused.reason] ?? responses?.[refused.status] ?? refused.status,
    refused.reason,
    refused.message,
    requestId,
  );
}

const METRIC_OF = new Map<string, string>([
  ['cannot-enqueue', METRICS.notEnqueued],
  ['stale', METRICS.staleSignatures],
  ['secret-missing', METRICS.unverifiable],
  ['secret-unreadable', METRICS.unverifiable],
  ['cannot-verify', METRICS.unverifiable],
  ['too-large', METRICS.unreadable],
  ['unreadable', METRICS.unreadable],
  ['unsupported', METRICS.unreadable],
  ['method-not-allowed', METRICS.unreadable],
]);

export const handler = middy(receive).use(problemJson());
