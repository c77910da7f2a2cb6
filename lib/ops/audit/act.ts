import type { Hand } from '../words/author.ts';
import type { ActWord } from './kinds.ts';

/** What somebody is about to do. */
export interface Intent {
  readonly what: ActWord;
  readonly hand: Hand;
  /** Addresses, sources, ids of imports and windows, reasons of dead letters: each is found by itself. */
  readonly on: readonly string[];
  /** How it is done, in words without addresses, such as `reason complaint`. */
  readonly how?: string | undefined;
  /** Talk, where the record cannot be completed. */
  say?(line: string): void;
}

/** Counts by what they count, such as `redriven`. */
type Counts = Readonly<Record<string, number>>;

/** An act as it is kept and shown. */
export interface ActRecord {
  readonly id: string;
  /** When it began, ISO 8601. */
  readonly at: string;
  readonly what: ActWord;
  /** The name that was given, or who it is by the credentials. */
  readonly actor: string;
  /** Who it is by the credentials; absent where that was not to be known. */
  readonly by?: string;
  readonly via: Hand['via'];
  /** What it was about, or the first of many; the mark in place of somebody who was erased. */
  readonly on: readonly string[];
  /** How many things it was about, where not all are in `on`. */
  readonly of?: number;
  readonly how?: string;
  readonly note?: string;
  /** What came of it, or how far it came. */
  readonly counts: Counts;
  /** `not finished`: it goes on, or was cut off. */
  readonly result: 'done' | 'failed' | 'not finished';
  readonly endedAt?: string;
  /** Why it failed. */
  readonly error?: string;
}

/** As many of what it is about stand in a record; each is found all the same. */
export const MOST_SHOWN = 20;

/** An address in a text, its name in quotes and as part of a URL included. */
const ADDRESS = /(?:"[^"\n]*"|[^\s<>"'(),;:]+)(?:@|%40)[^\s<>"'(),;:]+/giu;

const MOST_CHARACTERS = 512;

/** A text as a record keeps it: without addresses, because it stays when people are erased, and as long as a note of an event. */
export const kept = (text: string): string => text.replace(ADDRESS, '(address)').slice(0, MOST_CHARACTERS);
