import type { Everything } from '../run/all.ts';
import { console, contents, endToEnd, held, notes, process, receive, start } from './tables.ts';
import { columns } from './text.ts';

/** The whole result for people. */
export const printed = (everything: Everything): string =>
  [
    columns(held(everything)),
    columns(receive(everything)),
    columns(process(everything)),
    columns(endToEnd(everything)),
    columns(console(everything)),
    columns(start(everything)),
    columns(contents(everything)),
    [
      'us = CPU microseconds, median (quartiles) of sets of processes that took turns. Ratios are compared set by set.',
      ...notes(everything),
      `Took ${Math.round(everything.seconds)} s.`,
    ].join('\n'),
  ].join('\n\n');
