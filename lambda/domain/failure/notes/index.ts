import { BLOCK_NOTES } from './block.ts';
import { DEAD_NOTES } from './dead.ts';
import { FULL_NOTES } from './full.ts';
import { LATER_NOTES } from './later.ts';
import type { Note } from './note.ts';
import { SENDER_NOTES } from './sender.ts';

export const NOTES: ReadonlyMap<string, Note> = new Map(
  [...SENDER_NOTES, ...LATER_NOTES, ...FULL_NOTES, ...BLOCK_NOTES, ...DEAD_NOTES].map((note) => [note.rule, note]),
);
