import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { METRICS } from '../../../lambda/contract/metrics.ts';

// The logger reads its level when it is made.
process.env.POWERTOOLS_LOG_LEVEL = 'ERROR';
const { countMetrics, emit, logError } = await import('../../../lambda/aws/telemetry.ts');
const { SecretStore } = await import('../../../lambda/aws/secrets.ts');

let lines: Record<string, unknown>[];
let output: ReturnType<typeof jest.spyOn>;
beforeEach(() => {
  process.env.METRICS_NAMESPACE = 'Quell/test';
  lines = [];
  output = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(JSON.parse(String(text)) as Record<string, unknown>);
    return true;
  });
});
afterEach(() => output.mockRestore());

const metric = (Dimensions: string[][], ...Metrics: [string, string][]) => ({
  Namespace: 'Quell/test',
  Dimensions,
  Metrics: Metrics.map(([Name, Unit]) => ({ Name, Unit })),
});

describe('metrics, as CloudWatch reads them out of the log', () => {
  test('of a source: its name is the dimension, and stands beside the numbers', () => {
    const before = Date.now();
    countMetrics({ [METRICS.stored]: 3 }, 'shop', { reason: 'word' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ source: 'shop', [METRICS.stored]: 3, reason: 'word' });
    expect(lines[0]).toMatchObject({
      _aws: { CloudWatchMetrics: [metric([['source']], [METRICS.stored, 'Count'])] },
    });
    const { Timestamp } = (lines[0] as { _aws: { Timestamp: number } })._aws;
    expect(Timestamp).toBeGreaterThanOrEqual(before);
    expect(Timestamp).toBeLessThanOrEqual(Date.now());
  });

  test('without a source: one empty set of dimensions; only the heartbeat is a time', () => {
    countMetrics({ [METRICS.heartbeat]: 12, [METRICS.stored]: 1 });
    expect(lines[0]?._aws).toMatchObject({
      CloudWatchMetrics: [metric([[]], [METRICS.heartbeat, 'Milliseconds'], [METRICS.stored, 'Count'])],
    });
    expect(lines[0]).not.toHaveProperty('source');
  });

  test('nothing to count writes nothing', () => {
    countMetrics({}, 'shop', { reason: 'word' });
    emit({ bySource: new Map(), overall: {}, facts: { events: 1 } });
    expect(lines).toEqual([]);
  });

  test('a batch: a line for each source, what is common in the first, and each with its own facts', () => {
    emit({
      bySource: new Map([
        ['shop', { counts: { [METRICS.stored]: 1 }, facts: { slowestStoredMs: 5 } }],
        ['news', { counts: { [METRICS.stored]: 2 }, facts: { slowestStoredMs: 7 } }],
      ]),
      overall: { [METRICS.heartbeat]: 9 },
      facts: { messages: 2 },
    });
    expect(lines).toMatchObject([
      { source: 'shop', [METRICS.stored]: 1, [METRICS.heartbeat]: 9, slowestStoredMs: 5, messages: 2 },
      { source: 'news', [METRICS.stored]: 2, slowestStoredMs: 7 },
    ]);
    expect(lines[0]?._aws).toMatchObject({
      CloudWatchMetrics: [
        metric([['source']], [METRICS.stored, 'Count']),
        metric([[]], [METRICS.heartbeat, 'Milliseconds']),
      ],
    });
    expect(lines[1]).not.toHaveProperty('messages');
  });

  test('a batch of nobody still tells what is common', () => {
    emit({ bySource: new Map(), overall: { [METRICS.heartbeat]: 9 }, facts: { messages: 2 } });
    expect(lines).toMatchObject([{ [METRICS.heartbeat]: 9, messages: 2 }]);
  });
});

describe('an error in the log', () => {
  const logged = (error: unknown): Record<string, unknown> => {
    const errors = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      lines.push(JSON.parse(String(text)) as Record<string, unknown>);
      return true;
    });
    logError('went wrong', error, { requestId: 'r1' });
    errors.mockRestore();
    return lines.at(-1) ?? {};
  };

  test('tells its name and where it was thrown, never its message or cause', () => {
    const cause = new Error('cause with ada@example.com');
    const line = logged(new RangeError('body of ada@example.com\n    not at all a frame', { cause }));
    expect(line).toMatchObject({ message: 'went wrong', requestId: 'r1', errorName: 'RangeError' });
    expect(JSON.stringify(line)).not.toContain('ada@example.com');
    expect(JSON.stringify(line)).not.toContain('not at all');
    const frames = String(line.stack).split('\n');
    expect(frames.length).toBeLessThanOrEqual(8);
    for (const frame of frames) expect(frame).toMatch(/^\s+at /);
  });

  test('of a secret that could not be read: that, and nothing of what stands in it', async () => {
    const errors = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      lines.push(JSON.parse(String(text)) as Record<string, unknown>);
      return true;
    });
    const client = { send: async () => ({ SecretString: 'key of ada@example.com' }) };
    const values = new SecretStore(client as never, 'arn').values('shop', Date.now() + 5000);
    await expect(values).rejects.toMatchObject({ reason: 'secret-unreadable' });
    errors.mockRestore();
    expect(lines).toEqual([expect.objectContaining({ message: 'secret not read', errorName: 'TypeError' })]);
    expect(JSON.stringify(lines)).not.toContain('ada@');
  });

  test('what is no error is told by its kind', () => {
    expect(logged('ada@example.com')).toMatchObject({ errorName: 'string' });
    expect(JSON.stringify(lines)).not.toContain('ada@');
  });
});
