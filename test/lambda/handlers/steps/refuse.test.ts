import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { REFUSAL_STATUS, type RefusalReason, RefusedRequest } from '../../../../lambda/domain/errors.ts';
import type { Source } from '../../../../lambda/handlers/receive/request.ts';
import { metricsIn } from '../../../support/alarms/emf.ts';

// The logger reads its level when it is made.
process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
const { refuse } = await import('../../../../lambda/handlers/receive/refuse.ts');

/** What is answered, told and counted for each reason there is, to those who have proven their origin and to strangers. */

const lines: string[] = [];
beforeEach(() => {
  process.env.METRICS_NAMESPACE = 'x';
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  lines.length = 0;
});

const REASONS = Object.keys(REFUSAL_STATUS) as RefusalReason[];
const source = (name = 'news', responses?: object) => ({ name, provider: { responses } }) as unknown as Source;

function answer(reason: RefusalReason, proven: boolean, of = source()) {
  const { statusCode, body } = refuse(of, new RefusedRequest(reason, `About ${reason}.`), proven, 'r1');
  const counts = lines.flatMap((line) => metricsIn(line));
  return {
    status: statusCode,
    ...(JSON.parse(body ?? '{}') as { reason: string; detail: string; requestId: string }),
    counted: counts.map(({ name, dimensions, value }) => `${name} ${dimensions} ${value}`),
    facts: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe.each(REASONS)('%s', (reason) => {
  test('who has proven the origin is told why, with the status of the reason', () => {
    expect(answer(reason, true)).toMatchObject({
      status: REFUSAL_STATUS[reason],
      reason,
      detail: `About ${reason}.`,
      requestId: 'r1',
    });
  });

  test('a stranger learns neither what is wrong with a request nor what is wrong with us', () => {
    const ofOurs = ['secret-missing', 'secret-unreadable', 'cannot-verify'].includes(reason);
    const ofTheProof = ['missing-proof', 'bad-proof', 'topic-not-allowed', 'unreadable', 'unsupported'].includes(
      reason,
    );
    expect(answer(reason, false)).toMatchObject(
      ofOurs
        ? { status: 503, reason: 'cannot-verify', detail: 'The request cannot be checked right now. Send it again.' }
        : ofTheProof
          ? { status: 401, reason: 'not-proven', detail: 'The request does not prove its origin.' }
          : { status: REFUSAL_STATUS[reason], reason },
    );
  });

  test('is counted once, as what it is, with the reason and the request', () => {
    const own: Partial<Record<RefusalReason, string>> = {
      'cannot-enqueue': 'NotEnqueued  1',
      stale: 'StaleSignatures  1',
      'secret-missing': 'Unverifiable source=news 1',
      'secret-unreadable': 'Unverifiable source=news 1',
      'cannot-verify': 'Unverifiable source=news 1',
    };
    const { counted, facts } = answer(reason, true);
    expect(counted).toEqual([own[reason] ?? 'Unreadable source=news 1']);
    expect(facts).toEqual([expect.objectContaining({ reason, requestId: 'r1' })]);
    // Without a dimension, whose it was stands beside it.
    expect(facts[0]).toMatchObject(own[reason]?.includes('  ') ? { from: 'news' } : { source: 'news' });
    lines.length = 0;
    expect(answer(reason, false).counted).toEqual([own[reason] ?? 'Refused source=news 1']);
  });
});

test('an ESP gets the status that it needs, by the reason or by the status; a 5xx of that kind is no failure of ours', () => {
  const of = source('news', { 401: 503, 'too-large': 200 });
  expect(answer('bad-proof', false, of)).toMatchObject({
    status: 503,
    counted: ['Refused source=news 1', 'Refused5xx  1'],
  });
  lines.length = 0;
  // What a stranger sends is not readable: that is answered as if it were not proven.
  expect(answer('unreadable', false, of).status).toBe(503);
  lines.length = 0;
  expect(answer('unreadable', true, of)).toMatchObject({ status: 400, counted: ['Unreadable source=news 1'] });
  lines.length = 0;
  expect(answer('too-large', true, of).status).toBe(200);
  lines.length = 0;
  expect(answer('too-large', false, source('news', { 413: 500 })).counted).toEqual([
    'Refused source=news 1',
    'Refused5xx  1',
  ]);
  lines.length = 0;
  expect(answer('too-large', false, source('news', { 413: 499 })).counted).toEqual(['Refused source=news 1']);
});

test("what others post as a heartbeat is noted and is nobody's statistic", () => {
  const { counted, facts } = answer('bad-proof', false, source('quell-heartbeat'));
  expect(counted).toEqual([]);
  expect(facts).toEqual([
    expect.objectContaining({ message: 'refused', reason: 'bad-proof', requestId: 'r1', from: 'quell-heartbeat' }),
  ]);
});
