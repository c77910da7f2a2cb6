// A suite of half a minute left for the end is an idle core. Jest knows how long suites took on this machine; on a new one, as in CI, those
// that start a stack come first, then those that start other programs or do more by night, then those that synthesize one.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const jest = createRequire(createRequire(import.meta.url).resolve('jest'));
const { default: Sequencer } = createRequire(jest.resolve('@jest/core'))('@jest/test-sequencer');

const HEAVY = [
  /\bstart(Local|OpsStack|Toy)\(/,
  /process\.(execPath|env\.(NIGHTLY|HISTORIES))|everyCall\(/,
  /support\/template\.ts'/,
];

function weight({ path }) {
  const text = readFileSync(path, 'utf8');
  const kind = HEAVY.findIndex((sign) => sign.test(text));
  return kind < 0 ? HEAVY.length : kind;
}

/** Milliseconds that a suite of each kind may take; of the rest nothing is known. */
const MAY_TAKE = [20_000, 15_000, 2_000, 0];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    // Sorts by what Jest remembers, and writes that into the tests.
    return super
      .sort(tests)
      .map((test) => ({ test, ms: test.duration ?? MAY_TAKE[weight(test)] }))
      .sort((a, b) => b.ms - a.ms)
      .map(({ test }) => test);
  }
}
