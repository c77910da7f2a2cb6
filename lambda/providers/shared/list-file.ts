import type { Reply } from '../../domain/failure/index.ts';
import type { Reason } from '../../domain/suppression/suppression.ts';
import { BadLine, type Cells, type Defaults, type Row, readTime } from '../list-file.ts';

/** What the list files of several ESPs read out of a line's cells. */

/** The first of these columns that holds something; empty where none does. */
export const cell = (cells: Cells, ...names: readonly string[]): string =>
  names.map((name) => cells.get(name) ?? '').find((value) => value !== '') ?? '';

/** The reason a word of the ESP means; `--reason` where the line has none. */
export function reasonOf(words: ReadonlyMap<string, Reason>, word: string, { reason }: Defaults): Reason {
  const known = words.get(word.toLowerCase().replace(/[\s_-]/g, '')) ?? (word === '' ? reason : undefined);
  if (known) return known;
  throw new BadLine(word === '' ? 'it gives no reason: name one with --reason' : 'its reason is not known');
}

export function row(address: string, reason: Reason, at: string, more: Partial<Row> = {}): Row {
  const time = readTime(at);
  return { address, reason, ...(time !== undefined && { at: time }), ...more };
}

export const unsubscribe = (address: string, at: string, scope: string | undefined): Row =>
  row(address, 'unsubscribe', at, scope === undefined ? {} : { scope });

export const byReason = (
  address: string,
  reason: Reason,
  at: string,
  { scope }: Defaults,
  more: Partial<Row> = {},
): Row => (reason === 'unsubscribe' ? { ...unsubscribe(address, at, scope), ...more } : row(address, reason, at, more));

/** What a line quotes of the receiver's answer; undefined where none of these columns says anything. */
export function replyOf(cells: Cells, text: string): Reply | undefined {
  const code = Number(cell(cells, 'code', 'smtpcode'));
  const status = cell(cells, 'status', 'enhancedcode', 'smtpstatus');
  if (text === '' && status === '' && !(code > 0)) return undefined;
  return { ...(code > 0 && { code }), ...(status !== '' && { status }), ...(text !== '' && { text }) };
}

export const quoting = (reply: Reply | undefined): Partial<Row> => (reply ? { reply } : {});

/** A line of a bounce list as the event that the ESP posts of such a bounce, so that both come to the same. */
export const posted = (provider: string, event: object): Partial<Row> => ({
  webhook: { provider, raw: JSON.stringify(event) },
});

export const words = (entries: Readonly<Record<string, Reason>>): ReadonlyMap<string, Reason> =>
  new Map(Object.entries(entries));

export function sourceOf({ sourceName }: Defaults): string {
  if (sourceName !== undefined) return sourceName;
  throw new BadLine('it names a group: say with --source-name which source its scope belongs to');
}
