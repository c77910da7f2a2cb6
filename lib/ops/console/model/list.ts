import { ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isInternal, SUPPRESSION } from '../../../../lambda/contract/tables.ts';
import type { EpochSeconds } from '../../../../lambda/contract/units.ts';
import type { Row } from '../../stack/scan.ts';
import { parseReason, readReasonKey } from '../../words/reasons.ts';
import { parseTime } from '../../words/time.ts';
import type { Context } from '../context.ts';

/** Who is on the list, a page at a time. The table has no order, so the pages have none. */
export interface ListModel {
  readonly filter: ListFilter;
  readonly rows: readonly ListRow[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
  /** Entries read for this page: a rare reason may need many. */
  readonly read: number;
}

export interface ListFilter {
  readonly reason?: string;
  readonly source?: string;
  /** ISO 8601 date or time: evidence from then on. */
  readonly since?: string;
  readonly from?: string;
}

interface ListRow {
  readonly address: string;
  readonly reason: string;
  readonly scope?: string;
  readonly source: string;
  readonly since: string;
  /** Epoch seconds. */
  readonly until: EpochSeconds;
  readonly transactional: boolean;
}

const PAGE = 50;
const READ_AT_ONCE = 500;
/** A page does not read for ever: what it has found by then is shown, and "next" goes on. */
const MOST_READ = 5_000;
const MOST_MS = 150;

/** @throws UsageError where there is no such reason, or that is no time */
export async function listModel({ target, now }: Context, asked: ListFilter): Promise<ListModel> {
  const filter = {
    ...asked,
    ...(asked.reason !== undefined && { reason: parseReason(asked.reason) }),
    ...(asked.since !== undefined && { since: new Date(parseTime('since', asked.since)).toISOString() }),
  };
  const client = await target.clients.dynamodb();
  const seconds = now() / 1000;
  const rows: ListRow[] = [];
  const wanted = narrowed(filter);
  let from = filter.from === undefined ? undefined : { [SUPPRESSION.partitionKey]: { S: filter.from } };
  let read = 0;
  const begun = now();
  do {
    const answer = await client.send(
      new ScanCommand({
        TableName: target.names.tables.suppression,
        Limit: READ_AT_ONCE,
        ...wanted,
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    read += answer.ScannedCount ?? 0;
    const items = (answer.Items ?? []).map((item) => unmarshall(item) as Row);
    from = answer.LastEvaluatedKey as typeof from;
    for (const [at, item] of items.entries()) {
      const row = isInternal(item.recipient) ? undefined : rowOf(item, filter, seconds);
      if (row) rows.push(row);
      if (rows.length === PAGE && (at < items.length - 1 || from)) return { filter, rows, next: item.recipient, read };
    }
  } while (from && read < MOST_READ && now() - begun < MOST_MS);
  const next = from?.[SUPPRESSION.partitionKey]?.S;
  return { filter, rows, ...(next !== undefined && { next }), read };
}

/** What DynamoDB need not send: other attributes, and people without the reason. An unsubscribe may stand under the key of a scope, which nobody knows. */
function narrowed({ reason }: ListFilter): Partial<ScanCommandInput> {
  const one = reason !== undefined && reason !== 'unsubscribe';
  return {
    ProjectionExpression: '#recipient, #reasons, #transactional',
    ExpressionAttributeNames: {
      '#recipient': SUPPRESSION.partitionKey,
      '#reasons': SUPPRESSION.reasons,
      '#transactional': SUPPRESSION.transactionalUntil,
      ...(one && { '#reason': reason }),
    },
    ...(one && { FilterExpression: 'attribute_exists(#reasons.#reason)' }),
  };
}

/** The reason that counts longest of those that the filter asks for. */
function rowOf(row: Row, { reason, source, since }: ListFilter, now: EpochSeconds): ListRow | undefined {
  const standing = Object.entries(row.reasons ?? {}).flatMap(([key, marks]): ListRow[] => {
    const known = readReasonKey(key);
    const mark = marks[0];
    if (!known || !mark || mark.until <= now) return [];
    if (reason !== undefined && known.reason !== reason) return [];
    if (source !== undefined && mark.source !== source) return [];
    if (since !== undefined && mark.at < since) return [];
    return [
      {
        address: row.recipient,
        ...known,
        source: mark.source,
        since: mark.at,
        until: mark.until,
        transactional: row.transactionalUntil > now,
      },
    ];
  });
  return standing.sort((a, b) => b.until - a.until)[0];
}
