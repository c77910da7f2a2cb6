import { describe, expect, jest, test } from '@jest/globals';
import { REFUSAL_STATUS, type RefusalReason, RefusedRequest } from '../../../lambda/domain/errors.ts';
import { metricsIn } from '../../support/alarms/emf.ts';

// The logger reads its level when it is made.
process.env.POWERTOOLS_LOG_LEVEL = 'ERROR';
const { problem, problemJson } = await import('../../../lambda/aws/problem.ts');

/** What `problemJson` makes of a thrown error. */
function answerTo(error: Error, requestId: string | undefined = 'request-1') {
  const routeKey = 'POST /webhooks/v1/news';
  const request = { event: { routeKey, requestContext: { requestId } }, error } as never;
  problemJson().onError?.(request);
  const { response } = request as { response: { statusCode: number; headers: object; body: string } };
  return { ...response, body: JSON.parse(response.body) as Record<string, unknown> };
}

describe('problem JSON', () => {
  const TITLES = {
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    405: 'Method Not Allowed',
    413: 'Content Too Large',
    503: 'Service Unavailable',
  };
  const STATUS = {
    'unknown-source': 404,
    'method-not-allowed': 405,
    'address-not-allowed': 403,
    'too-large': 413,
    unreadable: 400,
    'missing-proof': 401,
    'bad-proof': 401,
    stale: 401,
    'topic-not-allowed': 401,
    unsupported: 400,
    'secret-missing': 503,
    'secret-unreadable': 503,
    'cannot-verify': 503,
    'cannot-enqueue': 503,
  } as const;

  test('every reason is in this table', () => {
    expect(Object.keys(REFUSAL_STATUS).sort()).toEqual(Object.keys(STATUS).sort());
  });

  test.each(Object.entries(STATUS))('%s is answered %i', (reason, status) => {
    expect(answerTo(new RefusedRequest(reason as RefusalReason, 'what to check'))).toEqual({
      statusCode: status,
      headers: { 'content-type': 'application/problem+json', ...(status === 503 && { 'retry-after': '30' }) },
      body: {
        type: 'about:blank',
        title: TITLES[status],
        status,
        detail: 'what to check',
        reason,
        requestId: 'request-1',
      },
    });
  });

  test('what nobody foresaw says that it failed and can be sent again, and nothing of what it was; it is counted', () => {
    const logged = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const counted = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const answer = answerTo(new Error('secret of ada@example.com'));
    const lines = counted.mock.calls.map(([line]) => String(line));
    counted.mockClear();
    answerTo(new RefusedRequest('cannot-enqueue', 'what is foreseen is counted where it is refused'));
    expect(counted).not.toHaveBeenCalled();
    counted.mockRestore();
    expect(metricsIn(lines.join('')).map(({ name, value, dimensions }) => ({ name, value, dimensions }))).toEqual([
      { name: 'Failed', value: 1, dimensions: '' },
    ]);
    expect(answer).toMatchObject({ statusCode: 500, body: { title: 'Error', reason: 'internal-error' } });
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(answer.body.detail).toMatch(/safe to send it again/);
    const line = String(logged.mock.calls[0]?.[0]);
    logged.mockRestore();
    expect(JSON.parse(line)).toMatchObject({
      ...{ message: 'request failed', requestId: 'request-1', source: 'news', errorName: 'Error' },
    });
    expect(line + lines.join('') + JSON.stringify(answer)).not.toContain('ada@example.com');
  });

  test('a request without a context is answered all the same', () => {
    const request = { event: {}, error: new RefusedRequest('stale', 'old') } as never;
    problemJson().onError?.(request);
    expect((request as { response: object }).response).toMatchObject({ statusCode: 401 });
    expect(problem(418, 'teapot', 'x').body).toContain('"title":"Error"');
  });
});
