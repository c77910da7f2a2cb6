import * as v from 'valibot';

/** An object; of anything else its message says what would stand in it. */
export const objectOf = <E extends v.ObjectEntries>(entries: E) =>
  v.object(entries, `an object with any of ${Object.keys(entries).join(', ')}`);

/** An object of which every member has a default may be left out as a whole. */
export const group = <E extends v.ObjectEntries>(entries: E) => v.optional(objectOf(entries), {} as never);

/** What is `false`, `true` (with every default) or an object. Decided by what is given, so that a mistake in the object is reported as one. */
export const switchable = <S extends v.GenericSchema<unknown, object>>(object: S) =>
  v.lazy((given: unknown): v.GenericSchema<unknown, false | v.InferOutput<S>> => {
    if (given === false) return v.literal(false);
    return given === true
      ? v.pipe(
          v.unknown(),
          v.transform((): v.InferOutput<S> => v.parse(object, {})),
        )
      : object;
  });
