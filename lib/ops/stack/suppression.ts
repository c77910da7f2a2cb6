import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { SUPPRESSION } from '../../../lambda/contract/tables.ts';
import type { Mark, Reasons, Verdicts } from '../../../lambda/domain/suppression.ts';
import type { Target } from '../target/target.ts';
import { endOf } from '../words/time.ts';

/** One person's item in the suppression table. */
export interface Entry extends Verdicts {
  readonly reasons: Reasons;
  readonly version: number;
  readonly updatedAt?: string;
}

export type Question =
  | { readonly kind: 'marketing'; readonly scope?: string | undefined }
  | { readonly kind: 'transactional' };

const NOTHING: Entry = { suppressedUntil: 0, transactionalUntil: 0, scopes: {}, reasons: {}, version: 0 };

/** What the table holds of an address in normal form; an entry that says nothing where there is none. */
export async function readEntry(target: Target, address: string): Promise<Entry> {
  const client = await target.clients.dynamodb();
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: target.names.tables.suppression,
      Key: { [SUPPRESSION.partitionKey]: { S: address } },
      ConsistentRead: true,
    }),
  );
  if (!Item) return NOTHING;
  const { [SUPPRESSION.partitionKey]: _address, ...entry } = unmarshall(Item);
  return { ...NOTHING, ...entry };
}

/** Epoch seconds until which mail of the asked kind may not be sent: the whole rule of a reader. */
export function endsAt(entry: Entry, question: Question): number {
  if (question.kind === 'transactional') return entry.transactionalUntil;
  const { scope } = question;
  const scoped = scope !== undefined && Object.hasOwn(entry.scopes, scope) ? (entry.scopes[scope] ?? 0) : 0;
  return Math.max(entry.suppressedUntil, scoped);
}

export function describeEntry(address: string, entry: Entry, question: Question, now: number): string[] {
  const until = endsAt(entry, question);
  const mail =
    question.kind === 'transactional'
      ? 'transactional mail'
      : question.scope === undefined
        ? 'marketing mail'
        : `mail of ${question.scope}`;
  const state = (end: number): string =>
    end > now ? `suppressed ${ending(end)}` : end > 0 ? `clear since ${endOf(end)}` : 'clear';
  const head = `${address}: ${until > now ? 'SUPPRESSED' : 'CLEAR'} for ${mail}${until > now ? ` ${ending(until)}` : ''}`;
  if (entry.version === 0) return [`${head}; nothing is known about it`];
  const scopes = Object.entries(entry.scopes).map(([scope, end]) => `  scope ${scope}: ${state(end)}`);
  return [
    head,
    `  marketing: ${state(entry.suppressedUntil)}`,
    `  transactional: ${state(entry.transactionalUntil)}`,
    ...scopes,
    ...Object.entries(entry.reasons).flatMap(([reason, marks]) =>
      marks.map((mark, at) => describeMark(reason, mark, at, now)),
    ),
  ];
}

const ending = (until: number): string => (endOf(until) === 'for ever' ? 'for ever' : `until ${endOf(until)}`);

function describeMark(reason: string, mark: Mark, at: number, now: number): string {
  const verdict =
    mark.until === 0 ? 'lifted' : mark.until > now ? `counts ${ending(mark.until)}` : `ended ${endOf(mark.until)}`;
  const said = [mark.event, mark.status].filter((word) => word !== undefined).join(' ');
  const more = [mark.echo && "the ESP's own list", mark.actor && `by ${mark.actor}`, mark.note]
    .filter(Boolean)
    .join(', ');
  // The first mark decides; the rest still matters once it is lifted or has ended.
  return `  ${at === 0 ? 'because' : 'also   '} ${reason}: ${mark.at} ${verdict}; ${mark.source} said "${said}"${more ? ` (${more})` : ''}`;
}
