import type { FirehoseClient } from '@aws-sdk/client-firehose';
import { describe, expect, test } from '@jest/globals';
import { Archive } from '../../../lambda/aws/firehose.ts';

type Request = { Records: { Data: Uint8Array }[] };

/** Firehose, with what it says to each request; by default it takes everything. */
function firehose(answers: ((request: Request) => object)[] = []) {
  const requests: Request[] = [];
  const client = {
    async send({ input }: { input: Request }) {
      requests.push(input);
      return answers.shift()?.(input) ?? { RequestResponses: input.Records.map(() => ({ RecordId: 'r' })) };
    },
  };
  return { requests, archive: new Archive(client as unknown as FirehoseClient, 'stream') };
}
const textOf = ({ Records }: Request): string[] => Records.map(({ Data }) => Buffer.from(Data).toString());
const soon = () => Date.now() + 300;

describe('the archive', () => {
  test('packs the lines of many messages into one record, in order', async () => {
    const { archive, requests } = firehose();
    expect(
      await archive.put(
        [
          { owner: 'a', lines: ['1\n', '2\n'] },
          { owner: 'b', lines: ['3\n'] },
        ],
        soon(),
      ),
    ).toEqual(new Set());
    expect(requests.map(textOf)).toEqual([['1\n2\n3\n']]);
  });

  test('keeps within what a record and a request take', async () => {
    const { archive, requests } = firehose();
    const line = `${'x'.repeat(400_000)}\n`;
    await archive.put([{ owner: 'a', lines: Array.from({ length: 20 }, () => line) }], soon());
    expect(requests.flatMap(textOf).join('')).toBe(line.repeat(20));
    for (const request of requests) {
      const sizes = textOf(request).map((text) => text.length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(1000 * 1024);
      expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(4 * 1024 * 1024);
    }
  });

  test('sends again what was not taken, and only that', async () => {
    const half = (request: Request) => ({
      RequestResponses: request.Records.map((_record, at) =>
        at === 0 ? { RecordId: 'r' } : { ErrorCode: 'ServiceUnavailableException' },
      ),
    });
    const { archive, requests } = firehose([half]);
    const [one, two] = [`${'1'.repeat(600_000)}\n`, `${'2'.repeat(600_000)}\n`];
    expect(
      await archive.put(
        [
          { owner: 'a', lines: [one] },
          { owner: 'b', lines: [two] },
        ],
        soon(),
      ),
    ).toEqual(new Set());
    expect(requests.map(textOf)).toEqual([[one, two], [two]]);
  });

  test('names the messages whose lines were not taken in time', async () => {
    const no = () => {
      throw new Error('refused');
    };
    const { archive } = firehose(Array.from({ length: 100 }, () => no));
    expect(
      await archive.put(
        [
          { owner: 'a', lines: ['1\n'] },
          { owner: 'b', lines: ['2\n'] },
        ],
        soon(),
      ),
    ).toEqual(new Set(['a', 'b']));
  });
});
