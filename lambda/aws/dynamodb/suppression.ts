import { isDeepStrictEqual } from 'node:util';
import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { SUPPRESSION } from '../../contract/tables.ts';
import type { EpochMs } from '../../contract/units.ts';
import { chunks } from '../../domain/batches.ts';
import { type Change, type Judgement, type Reasons, settled, verdicts } from '../../domain/suppression/suppression.ts';
import { attempt, LEAST, retried } from '../effort.ts';
import { insertStatement } from './events.ts';
import { toItem } from './item.ts';
import { noteFailure, runStatements, type Statement } from './statements.ts';

interface Stored {
  readonly reasons: Reasons;
  readonly version: number;
}

export interface Applied {
  /** Recipients whose entry was written. */
  readonly changed: ReadonlySet<string>;
  /** Those of them who could be mailed before, and cannot now. */
  readonly suppressed: ReadonlySet<string>;
  /** Recipients whose change could not be applied this time. */
  readonly failed: ReadonlySet<string>;
  /** Judgements that will never find room in the entry of their recipient. */
  readonly refused: ReadonlyMap<string, readonly Judgement[]>;
}

const MAX_KEYS = 100;

export class SuppressionStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /**
   * Folds changes into what is stored, per recipient: read consistently, fold, write on condition that nobody wrote meanwhile;
   * a lost race is read and folded again. Idempotent: what is known already writes nothing.
   * @param quiet recipients whose change is not to be published
   * @param fresh recipients that are probably not listed yet: written without a look first, which saves a read for most; whoever is
   *   listed after all refuses the insert and is read and folded
   */
  async apply(
    changes: ReadonlyMap<string, Change>,
    deadline: EpochMs,
    { quiet = new Set(), fresh = new Set() }: { quiet?: ReadonlySet<string>; fresh?: ReadonlySet<string> } = {},
  ): Promise<Applied> {
    const changed = new Set<string>();
    const suppressed = new Set<string>();
    const refused = new Map<string, readonly Judgement[]>();
    // What was read of those whose write was throttled serves again; who lost a race is read anew.
    const stored = new Map<string, Stored | undefined>([...fresh].map((recipient) => [recipient, undefined]));
    const unreadable = new Set<string>();
    const round = async (left: readonly string[]): Promise<readonly string[]> => {
      const toRead = left.filter((recipient) => !stored.has(recipient));
      // A read that hangs leaves time to write those who need none, and to try once more.
      if (toRead.length > 0)
        for (const [recipient, entry] of await attempt(deadline, (signal) => this.#read(toRead, signal)))
          stored.set(recipient, entry);
      const folded = left.flatMap((recipient) => {
        if (!stored.has(recipient)) return [];
        const one = foldedInto(recipient, stored.get(recipient), changes.get(recipient) as Change);
        if (!one) unreadable.add(recipient);
        return one ?? [];
      });
      for (const one of folded) if (one.refused.length > 0) refused.set(one.recipient, one.refused);
      const writes = folded.filter(({ before, reasons }) => !isDeepStrictEqual(reasons, before?.reasons ?? {}));
      // A write that is always throttled leaves time for those who were not read yet, or lost a race.
      const outcomes = await attempt(deadline, (_signal, until) =>
        runStatements(
          this.#client,
          writes.map(({ recipient, before, reasons }) => this.#write(recipient, before, reasons, quiet.has(recipient))),
          Math.min(until, deadline),
        ),
      );
      const open = new Set(left.filter((recipient) => !stored.has(recipient)));
      for (const [at, { recipient, before, reasons }] of writes.entries()) {
        const outcome = outcomes[at];
        if (outcome === 'done') changed.add(recipient);
        if (outcome === 'done' && begins(before?.reasons, reasons)) suppressed.add(recipient);
        // An item larger than the table takes: it would be tried in vain for days.
        if (outcome === 'invalid') refused.set(recipient, changes.get(recipient)?.judgements ?? []);
        if (outcome === 'refused') stored.delete(recipient);
        if (outcome !== 'done' && outcome !== 'invalid') open.add(recipient);
      }
      return left.filter((recipient) => open.has(recipient));
    };
    // Whoever was listed after all is looked at without a pause: nothing has failed.
    const seen = await round([...changes.keys()]);
    // None begins that could last beyond the deadline: whoever calls has kept what comes after it for a look.
    const failed = Date.now() > deadline ? seen : await retried(seen, deadline - LEAST, round);
    return { changed, suppressed, failed: new Set(failed).union(unreadable), refused };
  }

  /** What the list says of these people, with those left out of whom it says nothing. Whoever could not be read by `deadline` is `unread`. */
  async reasonsOf(
    recipients: readonly string[],
    deadline: EpochMs,
  ): Promise<{ readonly entries: ReadonlyMap<string, Reasons>; readonly unread: ReadonlySet<string> }> {
    const entries = new Map<string, Reasons>();
    const unread = await retried(recipients, deadline - LEAST, async (left) => {
      const stored = await attempt(deadline, (signal) => this.#read(left, signal));
      for (const [recipient, entry] of stored) if (entry) entries.set(recipient, entry.reasons);
      return left.filter((recipient) => !stored.has(recipient));
    });
    return { entries, unread: new Set(unread) };
  }

  /** What is stored of each recipient, `undefined` where nothing is; a recipient that could not be read is not in the map. */
  async #read(recipients: readonly string[], abortSignal: AbortSignal): Promise<Map<string, Stored | undefined>> {
    const found = new Map<string, Stored | undefined>();
    await Promise.all(
      chunks(recipients, MAX_KEYS).map(async (chunk) => {
        const Keys = chunk.map((recipient) => ({ [SUPPRESSION.partitionKey]: { S: recipient } }));
        try {
          const answer = await this.#client.send(
            new BatchGetItemCommand({ RequestItems: { [this.#table]: { Keys, ConsistentRead: true } } }),
            { abortSignal },
          );
          const unread = new Set(
            (answer.UnprocessedKeys?.[this.#table]?.Keys ?? []).map((key) => key[SUPPRESSION.partitionKey]?.S),
          );
          for (const recipient of chunk) if (!unread.has(recipient)) found.set(recipient, undefined);
          for (const item of answer.Responses?.[this.#table] ?? [])
            found.set(item[SUPPRESSION.partitionKey]?.S ?? '', asStored(item));
        } catch (error) {
          // Left out of the map: read again by the caller's loop until the deadline.
          noteFailure(error);
        }
      }),
    );
    return found;
  }

  #write(recipient: string, before: Stored | undefined, reasons: Reasons, quiet: boolean): Statement {
    const version = (before?.version ?? 0) + 1;
    const { suppressedUntil, transactionalUntil, scopes } = verdicts(reasons);
    const values = {
      [SUPPRESSION.suppressedUntil]: suppressedUntil,
      [SUPPRESSION.transactionalUntil]: transactionalUntil,
      [SUPPRESSION.scopes]: scopes,
      [SUPPRESSION.reasons]: reasons,
      [SUPPRESSION.version]: version,
      [SUPPRESSION.updatedAt]: new Date().toISOString(),
      ...(quiet && { [SUPPRESSION.replayedVersion]: version }),
    };
    const key = SUPPRESSION.partitionKey;
    if (!before) return insertStatement(this.#table, { [key]: recipient, ...values });
    const item = toItem(values);
    const sets = Object.keys(item).map((name) => `"${name}"=?`);
    return {
      text: `UPDATE "${this.#table}" SET ${sets.join(', ')} WHERE "${key}"=? AND "${SUPPRESSION.version}"=?`,
      parameters: [...Object.values(item), { S: recipient }, { N: String(before.version) }],
    };
  }
}

/** What a change makes of an entry; undefined where the entry is not what we write, which must not hold up anybody else's. */
function foldedInto(recipient: string, before: Stored | undefined, { judgements, withdraws }: Change) {
  try {
    return { recipient, before, ...settled(before?.reasons ?? {}, judgements, withdraws) };
  } catch (error) {
    noteFailure(error);
    return undefined;
  }
}

/** Whether these reasons end mail to a person that could be mailed with those before. */
function begins(before: Reasons | undefined, after: Reasons): boolean {
  const now = Date.now() / 1000;
  return verdicts(after).suppressedUntil > now && verdicts(before ?? {}).suppressedUntil <= now;
}

function asStored(item: Record<string, AttributeValue>): Stored {
  const { reasons = {}, version = 0 } = unmarshall(item);
  return { reasons: reasons as Reasons, version: Number(version) };
}
