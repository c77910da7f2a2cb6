import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { FirehoseClient } from '@aws-sdk/client-firehose';
import { describe, expect, jest, test } from '@jest/globals';
import { Archive, type Member, members, memberText, readMember } from '../../../lambda/aws/firehose.ts';
import { MAX_MEMBER_BYTES } from '../../../lambda/contract/archive.ts';

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
const textOf = ({ Records }: Request): string => gunzipSync(Buffer.concat(Records.map(({ Data }) => Data))).toString();
const two = [
  { owner: 'a', lines: ['1\n', '2\n'] },
  { owner: 'b', lines: ['3\n'] },
];
const ownersOf = (refused: readonly Member<string>[]) => refused.map(({ owners }) => [...owners]);

/** No deadline that matters here. */
const SOON = Number.MAX_SAFE_INTEGER;

describe('the archive', () => {
  test('packs the lines of many messages into one gzip member, in order; members follow each other as one file', async () => {
    const { archive, requests } = firehose();
    expect(await archive.put(members(two), SOON)).toEqual([]);
    expect(requests.map(textOf)).toEqual(['1\n2\n3\n']);
    await archive.put(members([{ owner: 'c', lines: ['4\n'] }]), SOON);
    expect(
      gunzipSync(Buffer.concat(requests.flatMap(({ Records }) => Records.map(({ Data }) => Data)))).toString(),
    ).toBe('1\n2\n3\n4\n');
  });

  test('keeps within what a record, a request and a message of the queue take, even of what gzip cannot shrink', async () => {
    const { archive, requests } = firehose();
    const lines = Array.from(
      { length: 40 },
      () => `${randomBytes(150_000).toString('latin1').replaceAll('\n', ' ')}\n`,
    );
    const made = members([{ owner: 'a', lines }]);
    await archive.put(made, SOON);
    expect(requests.map(textOf).join('')).toBe(lines.join(''));
    for (const { Records } of requests) {
      const sizes = Records.map(({ Data }) => Data.length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(1000 * 1024);
      expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(4 * 1024 * 1024);
    }
    for (const member of made) expect(memberText(member).length).toBeLessThanOrEqual(1024 * 1024);
  });

  test('a member is filled to its last byte, and no further', () => {
    const line = (bytes: number) => `${'x'.repeat(bytes - 1)}\n`;
    const sizes = (...bytes: number[]) => members([{ owner: 'a', lines: bytes.map(line) }]).map(({ lines }) => lines);
    expect(sizes(MAX_MEMBER_BYTES - 10, 10, 1)).toEqual([2, 1]);
    expect(sizes(MAX_MEMBER_BYTES - 10, 11)).toEqual([1, 1]);
    // By bytes, not by letters.
    expect(members([{ owner: 'a', lines: ['\u00e9'.repeat(MAX_MEMBER_BYTES / 2), 'x'] }])).toHaveLength(2);
  });

  test('gives back what was not taken, and only that', async () => {
    const half = (request: Request) => ({
      RequestResponses: request.Records.map((_record, at) =>
        at === 0 ? { RecordId: 'r' } : { ErrorCode: 'ServiceUnavailableException' },
      ),
    });
    const { archive } = firehose([half]);
    const large = ['a', 'b'].map((owner) => ({ owner, lines: [`${owner.repeat(600_000)}\n`] }));
    expect(ownersOf(await archive.put(members(large), SOON))).toEqual([['b']]);
  });

  test('is left alone for a minute after it refused something', async () => {
    const no = () => {
      throw new Error('refused');
    };
    const { archive, requests } = firehose([no]);
    jest.useFakeTimers({ now: 0, doNotFake: ['nextTick', 'setImmediate'] });
    try {
      expect(ownersOf(await archive.put(members(two), SOON))).toEqual([['a', 'b']]);
      jest.setSystemTime(59_000);
      expect(ownersOf(await archive.put(members(two), SOON))).toEqual([['a', 'b']]);
      expect(requests).toHaveLength(1);
      jest.setSystemTime(60_000);
      expect(await archive.put(members(two), SOON)).toEqual([]);
    } finally {
      jest.useRealTimers();
    }
  });

  test('what waited is read again as it was; what is no gzip would spoil its object and is refused', () => {
    const [member] = members(two);
    if (!member) throw new Error('no member');
    expect(readMember(memberText(member), 'queue')).toEqual({
      owners: new Set(['queue']),
      lines: 3,
      gzip: member.gzip,
    });
    expect(() => readMember('bm8gZ3ppcA==', 'queue')).toThrow();
    // A bomb would be half a gigabyte before anybody has looked at it.
    const most = 4 * MAX_MEMBER_BYTES;
    const bomb = (bytes: number) => memberText({ gzip: gzipSync(Buffer.alloc(bytes, 10)) });
    expect(readMember(bomb(most), 'queue').lines).toBe(most);
    expect(() => readMember(bomb(most + 1), 'queue')).toThrow();
  });
});
