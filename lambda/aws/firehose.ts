import { gunzipSync, gzipSync } from 'node:zlib';
import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { MAX_MEMBER_BYTES, MAX_PUT_BYTES, MAX_PUT_RECORDS } from '../contract/archive.ts';
import type { EpochMs } from '../contract/units.ts';
import { packed } from '../domain/batches.ts';
import { until } from './effort.ts';

/** Lines of one message. */
export interface Lines<Owner> {
  readonly owner: Owner;
  readonly lines: readonly string[];
}

/** Lines as one gzip member: members one after the other are one valid gzip file, so that an object is read as a whole. */
export interface Member<Owner> {
  readonly owners: ReadonlySet<Owner>;
  readonly lines: number;
  readonly gzip: Buffer;
}

/** How long Firehose is left alone once it has refused something. */
const REST = 60_000;
/** The one try: longer than Firehose takes, and no time that matters to a batch. */
const TRY_WITHIN = 3000;
/** Seven times smaller at 5 us of CPU an event; higher levels cost twice that for a tenth less. */
const LEVEL = 3;

/**
 * Hands members to Firehose, once. Its quota is bytes a second, and it may be down: whoever calls has another place for what it does not
 * take, and for a minute after a refusal it is not even asked.
 */
export class Archive {
  readonly #client: FirehoseClient;
  readonly #stream: string;
  #restsUntil = 0;

  constructor(client: FirehoseClient, stream: string) {
    this.#client = client;
    this.#stream = stream;
  }

  /** Returns the members that were not taken. */
  async put<Owner>(members: readonly Member<Owner>[], deadline: EpochMs): Promise<Member<Owner>[]> {
    if (Date.now() < this.#restsUntil) return [...members];
    const signal = until(Math.min(deadline, Date.now() + TRY_WITHIN));
    const requests = packed(members, ({ gzip }) => gzip.length, { most: MAX_PUT_RECORDS, bytes: MAX_PUT_BYTES });
    const refused = (await Promise.all(requests.map((request) => this.#send(request, signal)))).flat();
    if (refused.length > 0) this.#restsUntil = Date.now() + REST;
    return refused;
  }

  async #send<Owner>(request: readonly Member<Owner>[], abortSignal: AbortSignal): Promise<Member<Owner>[]> {
    const Records = request.map(({ gzip }) => ({ Data: gzip }));
    try {
      const command = new PutRecordBatchCommand({ DeliveryStreamName: this.#stream, Records });
      const { RequestResponses = [] } = await this.#client.send(command, { abortSignal });
      return request.filter((_record, at) => RequestResponses[at]?.RecordId === undefined);
    } catch {
      return [...request];
    }
  }
}

/** The lines of a batch in as few members as one record, and one message of a queue, can each hold. */
export function members<Owner>(groups: readonly Lines<Owner>[]): Member<Owner>[] {
  const made: { owners: Set<Owner>; lines: string[]; bytes: number }[] = [];
  for (const { owner, lines } of groups) {
    for (const line of lines) {
      const bytes = Buffer.byteLength(line);
      let member = made.at(-1);
      if (!member || member.bytes + bytes > MAX_MEMBER_BYTES) {
        member = { owners: new Set(), lines: [], bytes: 0 };
        made.push(member);
      }
      member.owners.add(owner);
      member.lines.push(line);
      member.bytes += bytes;
    }
  }
  return made.map(({ owners, lines }) => ({
    owners,
    lines: lines.length,
    gzip: gzipSync(lines.join(''), { level: LEVEL }),
  }));
}

/** A member as a message of the queue of those that Firehose did not take. */
export const memberText = ({ gzip }: Pick<Member<never>, 'gzip'>): string => gzip.toString('base64');

/** Reads what {@link memberText} wrote. @throws Error on anything else: what is not gzip would make its whole object unreadable. */
export function readMember<Owner>(text: string, owner: Owner): Member<Owner> {
  const gzip = Buffer.from(text, 'base64');
  const lines =
    gunzipSync(gzip, { maxOutputLength: 4 * MAX_MEMBER_BYTES })
      .toString()
      .split('\n').length - 1;
  return { owners: new Set([owner]), lines, gzip };
}
