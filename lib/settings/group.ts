import * as v from 'valibot';

/** An object of which every member has a default may be left out as a whole. */
export const group = <E extends v.ObjectEntries>(entries: E) => v.optional(v.object(entries, 'an object'), {} as never);
