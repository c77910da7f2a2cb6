import type { Iso } from '../../contract/units.ts';
import type { Mark } from './suppression.ts';

/**
 * Evidence that does not count, whenever it arrives: what one source reported in a window of event times, or one import. Kept until
 * somebody removes it, so that the order of arrival does not matter.
 */
export type Retraction = RetractedWindow | RetractedImport;

interface Retracted {
  /** Names it: in the list of retractions, and in the acts that take back what was folded before. */
  readonly id: string;
  readonly actor: string;
  readonly note: string;
  /** When it was made, ISO 8601. */
  readonly at: Iso;
}

interface RetractedWindow extends Retracted {
  readonly source: string;
  /** Event times, ISO 8601; the end is not part of it. */
  readonly from: Iso;
  readonly until: Iso;
  /** Only this reason; with its scope, only that one. Absent = all. */
  readonly reason?: string;
}

interface RetractedImport extends Retracted {
  readonly importId: string;
}

/** What a mark says of where it came from. */
type Told = Pick<Mark, 'source' | 'at' | 'until' | 'importId'>;

/** Most that are kept: the list is one item, and read with every change. */
export const MAX_RETRACTIONS = 100;

/**
 * Which retraction a mark falls under. Of a bad window only what suppresses: what it lifted, somebody may have wished. Of an import
 * everything, because it was made as a whole.
 * @param key the mark's reason, as the entry names it
 */
export const retractionOf = (key: string, told: Told, retractions: readonly Retraction[]): Retraction | undefined =>
  retractions.find((one) => ('importId' in one ? told.importId === one.importId : isWithin(key, told, one)));

const isWithin = (key: string, told: Told, { source, from, until, reason = key }: RetractedWindow): boolean =>
  told.until > 0 &&
  told.source === source &&
  told.at >= from &&
  told.at < until &&
  (key === reason || key.startsWith(`${reason}:`));
