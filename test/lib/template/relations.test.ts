import { describe, expect, test } from '@jest/globals';
import { RELATIONS } from '../../support/relations/index.ts';
import { viewOf } from '../../support/relations/view.ts';
import { VARIANTS } from '../../support/stack/settings.ts';

/** Relations between the parts of the template, and with the data that they come from: no part changes alone. */

describe.each(Object.entries(VARIANTS).map(([name, settings]) => [name, viewOf(settings)] as const))(
  'with settings "%s"',
  (_, view) => {
    test.each(Object.entries(RELATIONS))('%s', (_name, relation) => {
      expect([...relation(view)]).toEqual([]);
    });
  },
);
