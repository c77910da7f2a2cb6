import * as v from 'valibot';
import { PUBLISHED_TYPES } from '../../lambda/contract/bus.ts';
import { EVENT_TYPES, type EventType } from '../../lambda/contract/event/types.ts';
import { SURGE } from '../../lambda/contract/surges.ts';
import { objectOf, switchable } from './group.ts';
import type { Mistake } from './mistakes.ts';
import { matching, oneOf, wholeNumber } from './values.ts';

interface Published {
  readonly types: readonly EventType[];
  readonly surgeClicks?: number | undefined;
}

/** The event bus. `false` = none; `true` = `{}`. */
export const publish: v.GenericSchema<unknown, false | Published> = v.optional(
  switchable(
    objectOf({
      types: v.optional(
        v.pipe(
          v.array(oneOf(EVENT_TYPES), `a list of event types, of ${EVENT_TYPES.join(', ')}`),
          v.transform((types) => [...new Set(types)]),
        ),
        [...PUBLISHED_TYPES],
      ),
      /** Off unless set: what is a surge differs too much between senders. */
      surgeClicks: v.exactOptional(wholeNumber(SURGE.clicks, 1_000_000_000, 'clicks an hour')),
    }),
  ),
  {},
);

/** The archive of raw events. `false` = none; `true` = `{}`. */
export const archive: v.GenericSchema<unknown, false | { readonly retentionDays: number }> = v.optional(
  switchable(objectOf({ retentionDays: v.optional(wholeNumber(1, 3650, 'days'), 365) })),
  false,
);

export const streamArn = matching(
  /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[a-zA-Z0-9_.-]{3,255}\/stream\/[\d:.TZ-]+$/,
  "the ARN of a table's stream, as describe-table shows it under LatestStreamArn",
);

interface Feeding {
  readonly publish: false | Published;
  readonly existingTables: Readonly<
    Partial<Record<'events' | 'suppression' | 'eventsStream' | 'suppressionStream', string | undefined>>
  >;
}

/** What is published is read from the tables' streams; those of attached tables are not known by the table's name. */
export function streamMistakes({ publish: on, existingTables: existing }: Partial<Feeding>): Mistake[] {
  if (!on || !existing) return [];
  const tables = [
    ['events', 'eventsStream', on.types.length > 0 || on.surgeClicks !== undefined],
    ['suppression', 'suppressionStream', true],
  ] as const;
  return tables.flatMap(([table, stream, needed]) =>
    needed && existing[table] !== undefined && existing[stream] === undefined
      ? [{ path: ['existingTables', stream], problem: 'missing: the event bus reads it; or set "publish" to false' }]
      : [],
  );
}
