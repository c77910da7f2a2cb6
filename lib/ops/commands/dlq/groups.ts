import { clean } from '../../words/clean.ts';
import type { Letter } from './letters.ts';

/** Letters that died of the same, as `list` shows them. */
export interface Group {
  readonly reason: string;
  readonly source?: string;
  readonly letters: number;
  /** How many of them only repeat another. */
  readonly repeated?: number;
  /** ISO 8601. */
  readonly oldest: string;
  readonly newest: string;
  /** One letter's own words, and its id for `show`. */
  readonly detail?: string;
  readonly example: string;
}

/** Counts letters by reason and source, the largest group first; keeps no bodies, only a digest of each. */
export class Groups {
  readonly #groups = new Map<string, Group>();
  readonly #seen = new Set<string>();

  add({ reason, source, detail, id, sentAt, digest }: Letter): void {
    const key = `${reason}\n${source ?? ''}`;
    const before = this.#groups.get(key);
    const at = new Date(sentAt).toISOString();
    const repeated = (before?.repeated ?? 0) + (this.#seen.has(digest) ? 1 : 0);
    this.#seen.add(digest);
    this.#groups.set(key, {
      reason,
      ...(source !== undefined && { source }),
      letters: (before?.letters ?? 0) + 1,
      ...(repeated > 0 && { repeated }),
      oldest: before && before.oldest < at ? before.oldest : at,
      newest: before && before.newest > at ? before.newest : at,
      ...((before?.detail ?? detail) !== undefined && { detail: before?.detail ?? (detail as string) }),
      example: before?.example ?? id,
    });
  }

  all = (): Group[] => [...this.#groups.values()].sort((a, b) => b.letters - a.letters);
}

export const groupLine = ({ reason, source, letters, repeated, oldest, newest, detail, example }: Group): string =>
  clean(
    [
      `${letters}  ${reason}  ${source ?? 'source unknown'}`,
      oldest === newest ? oldest : `${oldest} to ${newest}`,
      ...(repeated === undefined ? [] : [`${repeated} of them repeat another`]),
      ...(detail === undefined ? [] : [detail]),
      `show: ${example}`,
    ].join('  '),
  );

/** Which letters a command is about. */
export interface Chosen {
  readonly reason?: string | undefined;
  readonly source?: string | undefined;
  /** Only letters that do not say which source they came from. */
  readonly nameless?: boolean;
  /** A letter's id, or its beginning. */
  readonly id?: string | undefined;
}

export const isChosen =
  ({ reason, source, nameless = false, id }: Chosen) =>
  (letter: Letter): boolean =>
    (reason === undefined || letter.reason === reason) &&
    (source === undefined || letter.source === source) &&
    (!nameless || letter.source === undefined) &&
    (id === undefined || letter.id.startsWith(id));
