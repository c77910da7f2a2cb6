import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { SecretStore } from '../../aws/secrets.ts';
import { countMetrics, logWarning } from '../../aws/telemetry.ts';
import { FACTS, LOG } from '../../contract/logs.ts';
import { METRICS } from '../../contract/metrics.ts';
import { unsubscribePath } from '../../contract/paths.ts';
import type { EpochMs } from '../../contract/units.ts';
import { UNSUBSCRIBE_SOURCE, type UnsubscribeConfig } from '../../contract/unsubscribe.ts';
import { RefusedRequest } from '../../domain/errors.ts';
import { wishEvent } from '../../domain/unsubscribe/event.ts';
import { FORM, readPosted } from '../../domain/unsubscribe/form.ts';
import { parseKey } from '../../domain/unsubscribe/key.ts';
import { languageFor } from '../../domain/unsubscribe/language.ts';
import { PAGE_HEADERS, pagesOf, type View } from '../../domain/unsubscribe/page.ts';
import { type Claims, openToken } from '../../domain/unsubscribe/token.ts';

type Result = APIGatewayProxyStructuredResultV2;
/** @throws RefusedRequest where the queue did not take it */
type Enqueue = (raw: string, event: APIGatewayProxyEventV2, deadline: EpochMs) => Promise<void>;

export const isUnsubscribe = ({ routeKey }: APIGatewayProxyEventV2): boolean =>
  routeKey.endsWith(` ${unsubscribePath('{token}')}`);

/**
 * One-click unsubscribe (RFC 8058), and the page for those who follow the link: a POST of the right form puts one event on the queue,
 * whatever else is asked changes nothing. No redirect, no cookie; neither token nor address is ever logged.
 */
export function unsubscriber(config: UnsubscribeConfig, keys: SecretStore, enqueue: Enqueue) {
  const pages = pagesOf(config);
  const answer = (statusCode: number, view: View): Result => ({
    statusCode,
    headers: { ...PAGE_HEADERS, 'content-language': view.language, ...(statusCode === 503 && { 'retry-after': '30' }) },
    body: pages.html(view),
  });

  return async (event: APIGatewayProxyEventV2, deadline: EpochMs): Promise<Result> => {
    const { method } = event.requestContext.http;
    const posted = method === 'POST' ? readPosted(event.headers['content-type'] ?? '', bodyOf(event)) : undefined;
    const asked = posted?.language ?? event.queryStringParameters?.[FORM.language];
    const accepted = event.headers['accept-language'];
    const language = languageFor(asked, accepted, pages.languages, pages.fallback);
    try {
      const claims = await open(event.pathParameters?.token ?? '', keys, deadline);
      if (!claims) {
        note('bad-proof', event);
        return answer(404, { state: 'invalid', language });
      }
      const view = { language, scope: claims.scope };
      if (!posted) return answer(method === 'POST' ? 400 : 200, { ...view, state: 'ask' });
      await enqueue(wishEvent(posted.wish, posted.way, claims, event.requestContext.timeEpoch), event, deadline);
      return answer(200, { ...view, state: posted.wish === 'unsubscribe' ? 'left' : 'back' });
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      note(error.reason, event);
      return answer(503, { state: 'later', language });
    }
  };
}

/** A token that no key opens may be of a key that was made a moment ago: the keys are then read again, at most every 30 s. */
async function open(token: string, keys: SecretStore, deadline: EpochMs): Promise<Claims | undefined> {
  const live = await keys.values(UNSUBSCRIBE_SOURCE, deadline);
  const claims = openWith(token, live);
  if (claims) return claims;
  const fresh = await keys.recheck(UNSUBSCRIBE_SOURCE, deadline);
  return fresh && openWith(token, fresh);
}

const openWith = (token: string, keys: readonly string[]): Claims | undefined =>
  openToken(
    token,
    keys.flatMap((text) => parseKey(text) ?? []),
  );

/** Strangers' tokens are logged and no metric: each would have its price, and anybody could raise its alarm. */
function note(reason: RefusedRequest['reason'], { requestContext: { requestId } }: APIGatewayProxyEventV2): void {
  const facts = { [FACTS.reason]: reason, [FACTS.requestId]: requestId, [FACTS.from]: UNSUBSCRIBE_SOURCE };
  if (reason === 'bad-proof') logWarning(LOG.refused, facts);
  else if (reason === 'cannot-enqueue') countMetrics({ [METRICS.notEnqueued]: 1 }, undefined, facts);
  else countMetrics({ [METRICS.unverifiable]: 1 }, UNSUBSCRIBE_SOURCE, facts);
}

const bodyOf = ({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
