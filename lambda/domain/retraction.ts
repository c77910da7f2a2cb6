import { internalKey } from '../contract/tables.ts';
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
  readonly at: string;
}

export interface RetractedWindow extends Retracted {
  readonly source: string;
  /** Event times, ISO 8601; the end is not part of it. */
  readonly from: string;
  readonly until: string;
}

export interface RetractedImport extends Retracted {
  readonly importId: string;
}

/** What a mark says of where it came from. */
export type Told = Pick<Mark, 'source' | 'at' | 'until' | 'importId'>;

/** Partition key of the stored list, in the suppression table; no address begins so. */
export const RETRACTIONS_KEY = internalKey('retractions');
/** Most that are kept: the list is one item, and read with every change. */
export const MAX_RETRACTIONS = 100;

/**
 * Which retraction a mark falls under. Of a bad window only what suppresses: what it lifted, somebody may have wished. Of an import
 * everything, because it was made as a whole.
 */
export const retractionOf = (told: Told, retractions: readonly Retraction[]): Retraction | undefined =>
  retractions.find((one) =>
    'importId' in one
      ? told.importId === one.importId
      : told.until > 0 && told.source === one.source && told.at >= one.from && told.at < one.until,
  );
