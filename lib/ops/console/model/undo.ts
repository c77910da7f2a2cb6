import type { Retraction } from '../../../../lambda/domain/suppression/retraction.ts';
import type { ActRecord } from '../../audit/act.ts';
import { readActs } from '../../audit/records.ts';
import { retractionOf } from '../../commands/lift/retraction.ts';
import { wouldTakeBack } from '../../commands/lift/take-back.ts';
import type { TakenBack } from '../../commands/lift/taken-back.ts';
import { readRetractions } from '../../stack/retractions.ts';
import { parseReason } from '../../words/reasons.ts';
import type { Context } from '../context.ts';

/** What a form asks to be taken back; an empty field says nothing. */
export interface UndoAsked {
  readonly source?: string;
  readonly from?: string;
  readonly until?: string;
  readonly reason?: string;
  readonly import?: string;
}

/** What can be taken back, before anybody has said what. */
export interface UndoChoice {
  readonly asked: UndoAsked;
  /** Of the time that the audit reaches back; the newest first. */
  readonly imports: readonly ActRecord[];
  /** What is taken back already. */
  readonly stored: readonly Retraction[];
}

/** What taking it back would do. */
export interface UndoPreview {
  readonly asked: UndoAsked;
  readonly retraction: Retraction;
  readonly lifted: number;
  /** Who would stay suppressed, by other evidence. */
  readonly stay: number;
  /** The first of them. */
  readonly people: readonly TakenBack[];
}

const IMPORTS = 10;
const REACH = 400 * 86_400_000;
const SHOWN = 50;

export async function undoChoice({ target, now }: Context, asked: UndoAsked): Promise<UndoChoice> {
  const wanted = { since: now() - REACH, until: now(), what: 'import', limit: IMPORTS };
  const [{ acts }, { retractions }] = await Promise.all([readActs(target, wanted), readRetractions(target)]);
  // One that was cut off and gone on with stands there more than once.
  const imports = acts.filter(({ on }, at) => acts.findIndex((one) => one.on[0] === on[0]) === at);
  return { asked, imports, stored: retractions };
}

export async function undoPreview({ target }: Context, asked: UndoAsked): Promise<UndoPreview> {
  const retraction = askedRetraction(target, asked, { actor: '', note: '' });
  const people: TakenBack[] = [];
  const telling = { say: () => {}, each: (one: TakenBack) => void (people.length < SHOWN && people.push(one)) };
  return { asked, retraction, ...(await wouldTakeBack(target, retraction, telling)), people };
}

/** @throws UsageError where it says no window and no import */
export const askedRetraction = (
  target: Context['target'],
  { reason, ...asked }: UndoAsked,
  author: Parameters<typeof retractionOf>[1],
): Retraction => retractionOf({ ...asked, reason: reason && parseReason(reason) }, author, target);

/** Whether a form says anything yet. */
export const isAsked = ({ source, from, until, import: id }: UndoAsked): boolean =>
  [source, from, until, id].some((one) => one !== undefined);
