import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { METRICS } from '../contract/metrics.ts';
import { sourceOfRoute } from '../contract/paths.ts';
import { RefusedRequest } from '../domain/errors.ts';
import { countMetrics, logError } from './telemetry.ts';

/**
 * Answers as RFC 9457 problem JSON. What we refuse says why; what we did not foresee says nothing but that it failed, and is counted:
 * answered, it is no error to Lambda.
 */
export const problemJson = (): MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error> => ({
  onError: (request) => {
    const requestId = request.event.requestContext?.requestId;
    if (request.error instanceof RefusedRequest) {
      request.response = problem(request.error.status, request.error.reason, request.error.message, requestId);
      return;
    }
    logError('request failed', request.error, { requestId, source: sourceOfRoute(request.event.routeKey ?? '') });
    countMetrics({ [METRICS.failed]: 1 });
    request.response = problem(
      500,
      'internal-error',
      'The request could not be handled. It is safe to send it again.',
      requestId,
    );
  },
});

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  503: 'Service Unavailable',
};

/** `status` as sent; `reason` is the machine word. */
export function problem(
  status: number,
  reason: string,
  detail: string,
  requestId?: string,
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', ...(status === 503 && { 'retry-after': '30' }) },
    body: JSON.stringify({ type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail, reason, requestId }),
  };
}
