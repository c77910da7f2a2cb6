import { expect, test } from '@jest/globals';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import { USED } from '../../../lambda/providers/provider.ts';

/** What the bundle of each function holds of a provider. */

const members = new Set([...PROVIDERS.values()].flatMap((provider) => Object.keys(provider)));

test.each(Object.entries(USED))(
  '%s is given members that providers have, each once, their id among them',
  (_function, names) => {
    expect(names.filter((name) => !members.has(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('id');
  },
);

test('no function that runs in the cloud is given what makes keys, samples or settings', () => {
  const given = new Set<string>(Object.values(USED).flat());
  for (const name of ['generateKey', 'sample', 'options', 'minimalOptions', 'clearList', 'ownTest'])
    expect([name, given.has(name)]).toEqual([name, false]);
});
