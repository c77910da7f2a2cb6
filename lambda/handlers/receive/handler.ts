import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { deliveryClient, secretsClient } from '../../aws/clients.ts';
import { readConfig } from '../../aws/config.ts';
import { fetchText } from '../../aws/fetch-text.ts';
import { problemJson } from '../../aws/problem.ts';
import { SecretStore } from '../../aws/secrets.ts';
import { NotSent, sendAll } from '../../aws/sqs.ts';
import { logError } from '../../aws/telemetry.ts';
import { HEARTBEAT_SOURCE } from '../../contract/config.ts';
import { readEnv } from '../../contract/env.ts';
import { LOG } from '../../contract/logs.ts';
import { MAX_SQS_BYTES } from '../../contract/message.ts';
import { HEALTH_PATH, sourceOfRoute } from '../../contract/paths.ts';
import type { EpochMs } from '../../contract/units.ts';
import { UNSUBSCRIBE_SOURCE } from '../../contract/unsubscribe.ts';
import { RefusedRequest } from '../../domain/errors.ts';
import { packMessages } from '../../domain/message.ts';
import type { Answer, Payload, WebhookRequest } from '../../providers/provider.ts';
import { refuse } from './refuse.ts';
import { admitted, type Source, sourcesOf } from './request.ts';
import { isUnsubscribe, unsubscriber } from './unsubscribe.ts';
import { verified } from './verified.ts';

/** Some ESPs hang up after 3 s: whatever is not decided by then is answered 503. */
const DECIDE_WITHIN = 2400;
/** Room that a dead letter's attributes need beside the message. */
const MAX_EVENT_BYTES = MAX_SQS_BYTES - 4096;

const env = readEnv('receive');
const config = readConfig();
const sources = sourcesOf(config, env);
const secretsManager = secretsClient();
const secrets = new SecretStore(secretsManager, env.SECRET_ARN);
const ownKeys = new SecretStore(secretsManager, env.OWN_KEYS_ARN);
const sqs = deliveryClient();

const unsubscribe =
  config.unsubscribe &&
  unsubscriber(config.unsubscribe, new SecretStore(secretsManager, env.UNSUBSCRIBE_KEYS_ARN), (raw, event, deadline) =>
    enqueue(UNSUBSCRIBE_SOURCE, { events: [raw] }, event, deadline),
  );

type Result = APIGatewayProxyStructuredResultV2;

/** One webhook request: exact bytes, verify, split, one `SendMessageBatch`. 2xx only once the queue has taken every event. */
async function receive(event: APIGatewayProxyEventV2): Promise<Result> {
  const deadline = Date.now() + DECIDE_WITHIN;
  if (event.routeKey === `GET ${HEALTH_PATH}`) return health(deadline);
  if (unsubscribe && isUnsubscribe(event)) return unsubscribe(event, deadline);
  const source = sources.get(sourceOfRoute(event.routeKey) ?? '');
  if (!source) throw new RefusedRequest('unknown-source', 'No source of this name is configured.');
  const { requestId } = event.requestContext;
  let proven = false;
  try {
    const request = admitted(source, event);
    const probe = source.provider.probe?.(request);
    if (probe) return asResult(probe);
    if (request.method !== 'POST' && !source.provider.acceptsGet)
      throw new RefusedRequest('method-not-allowed', 'Webhooks are posted here.');
    const store = source.name === HEARTBEAT_SOURCE ? ownKeys : secrets;
    const proof = await verified(source, request, { secrets: store, deadline, fetchText });
    proven = true;
    return proof.answer ? asResult(proof.answer) : await take(source, request, event, deadline);
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    return refuse(source, error, proven, requestId);
  }
}

/** For uptime monitors: whether requests can be checked. Reads nothing that is not due to be read anyway. */
async function health(deadline: EpochMs): Promise<Result> {
  if (!(await secrets.readable(deadline)))
    throw new RefusedRequest('cannot-verify', 'Requests cannot be checked right now.');
  return asResult({
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ status: 'ok' }),
  });
}

async function take(
  source: Source,
  request: WebhookRequest,
  event: APIGatewayProxyEventV2,
  deadline: EpochMs,
): Promise<Result> {
  const split = source.provider.split(request, source.options);
  await enqueue(source.name, split, event, deadline);
  return asResult({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accepted: split.events.length, requestId: event.requestContext.requestId }),
  });
}

/** @throws RefusedRequest where the queue did not take every event */
async function enqueue(
  source: string,
  { events, meta }: Payload,
  event: APIGatewayProxyEventV2,
  deadline: EpochMs,
): Promise<void> {
  const { requestId } = event.requestContext;
  const receivedAt = new Date(event.requestContext.timeEpoch).toISOString();
  const messages = packMessages(
    { source, channel: 'https', receivedAt, requestId, origin: 'live', ...(meta && { meta }) },
    events,
  );
  if (messages.some((body) => Buffer.byteLength(body) > MAX_EVENT_BYTES))
    throw new RefusedRequest('too-large', 'One event is larger than the queue takes (1 MiB).');
  try {
    await sendAll(
      sqs,
      env.DELIVERY_QUEUE_URL,
      messages.map((body) => ({ body })),
      deadline,
    );
  } catch (error) {
    logError(LOG.notEnqueued, error, { source, requestId });
    // Sent again it would be refused again, and page again. The other events of the request are on the queue.
    if (error instanceof NotSent && error.isFinal)
      throw new RefusedRequest('unreadable', 'The queue does not take what is in one of these events.');
    throw new RefusedRequest('cannot-enqueue', 'The events could not be queued right now. Send them again.');
  }
}

const asResult = ({ status, headers, body }: Answer): Result => ({
  statusCode: status,
  ...(headers && { headers: { ...headers } }),
  body: body ?? '',
});

// Everything here ends long before its function would be: no second clock for that.
export const handler = middy(receive, { timeoutEarlyInMillis: 0 }).use(problemJson());
