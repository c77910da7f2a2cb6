import { BatchGetItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { SUPPRESSION } from '../../../lambda/contract/tables.ts';
import type { Address, EpochSeconds } from '../../../lambda/contract/units.ts';
import { chunks } from '../../../lambda/domain/batches.ts';
import type { NormalisedEvent } from '../../../lambda/domain/event/event.ts';
import type { Mark, Reasons, Verdicts } from '../../../lambda/domain/suppression/suppression.ts';
import type { Target } from '../target/target.ts';
import { clean } from '../words/clean.ts';
import { storyLine } from '../words/story.ts';
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

/** What the table holds of an address; an entry that says nothing where there is none. */
export async function readEntry(target: Target, address: Address): Promise<Entry> {
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

const MAX_KEYS = 100;

/** Entries of many people (addresses in normal form), as far as they have one: half a read unit each, eventually consistent. */
export async function readEntries(target: Target, addresses: readonly string[]): Promise<ReadonlyMap<string, Entry>> {
  const client = await target.clients.dynamodb();
  const table = target.names.tables.suppression;
  const found = new Map<string, Entry>();
  const read = async (keys: readonly string[]): Promise<void> => {
    let left = keys.map((address) => ({ [SUPPRESSION.partitionKey]: { S: address } }));
    while (left.length > 0) {
      const answer = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left } } }));
      for (const item of answer.Responses?.[table] ?? []) {
        const { [SUPPRESSION.partitionKey]: address, ...entry } = unmarshall(item);
        found.set(String(address), { ...NOTHING, ...entry });
      }
      left = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as typeof left;
    }
  };
  await Promise.all(chunks(addresses, MAX_KEYS).map(read));
  return found;
}

/** Epoch seconds until which mail of the asked kind may not be sent: the whole rule of a reader. */
export function endsAt(entry: Entry, question: Question): EpochSeconds {
  if (question.kind === 'transactional') return entry.transactionalUntil;
  const { scope } = question;
  const scoped = scope !== undefined && Object.hasOwn(entry.scopes, scope) ? (entry.scopes[scope] ?? 0) : 0;
  return Math.max(entry.suppressedUntil, scoped);
}

/**
 * An entry in words.
 * @param last the newest event of the person, where one is recorded and known
 */
export function describeEntry(
  address: string,
  entry: Entry,
  question: Question,
  now: EpochSeconds,
  last?: NormalisedEvent,
): string[] {
  const until = endsAt(entry, question);
  const state = (end: EpochSeconds): string =>
    end > now ? `suppressed ${ending(end)}` : end > 0 ? `clear since ${endOf(end)}` : 'clear';
  const head = `${address}: ${until > now ? 'SUPPRESSED' : 'CLEAR'} for ${mailOf(question)}`;
  const lately = last ? [`  last: ${storyLine(last)}; "ops timeline" has all of it`] : [];
  const scopes = Object.entries(entry.scopes).map(([scope, end]) => `  scope ${scope}: ${state(end)}`);
  const lines =
    entry.version === 0
      ? [`${head}; not on the list`, ...lately]
      : [
          `${head}${until > now ? ` ${ending(until)}` : exceptions(entry, question, now)}`,
          `  marketing: ${state(entry.suppressedUntil)}`,
          `  transactional: ${state(entry.transactionalUntil)}`,
          ...scopes,
          ...Object.entries(entry.reasons).flatMap(([reason, marks]) =>
            marks.map((mark, at) => describeMark(reason, mark, at, now)),
          ),
          ...(until > now ? [] : lately),
        ];
  return lines.map(clean);
}

function mailOf(question: Question): string {
  if (question.kind === 'transactional') return 'transactional mail';
  return question.scope === undefined ? 'marketing mail' : `mail of ${question.scope}`;
}

/** Lists that a person has left who gets all other mail: in the first line, because many read no further. */
function exceptions({ scopes }: Entry, question: Question, now: EpochSeconds): string {
  if (question.kind === 'transactional') return '';
  const left = Object.entries(scopes).flatMap(([scope, end]) => (end > now ? [scope] : []));
  const more = left.length > SHOWN ? ` and ${left.length - SHOWN} more` : '';
  return left.length > 0 ? `, except ${left.slice(0, SHOWN).join(', ')}${more}` : '';
}

const SHOWN = 5;

const ending = (until: EpochSeconds): string => (endOf(until) === 'for ever' ? 'for ever' : `until ${endOf(until)}`);

function describeMark(reason: string, mark: Mark, at: number, now: EpochSeconds): string {
  const verdict =
    mark.until === 0 ? 'lifted' : mark.until > now ? `counts ${ending(mark.until)}` : `ended ${endOf(mark.until)}`;
  const said = [mark.event, mark.status].filter((word) => word !== undefined).join(' ');
  const more = [
    mark.echo && "the ESP's own list",
    mark.actor && `by ${mark.actor}`,
    mark.note,
    mark.importId && `import ${mark.importId}`,
  ]
    .filter(Boolean)
    .join(', ');
  // The first mark decides; the rest still matters once it is lifted or has ended.
  return `  ${at === 0 ? 'because' : 'also   '} ${reason}: ${mark.at} ${verdict}; ${mark.source} said "${said}"${more ? ` (${more})` : ''}`;
}
