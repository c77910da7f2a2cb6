// What the suites cost, so that growth is seen: all of them have to fit into three minutes on two cores. Nothing fails by it; machines differ.
const SHOWN = 10;

export default class Slowest {
  onRunComplete(_contexts, { testResults }) {
    if (testResults.length <= SHOWN) return;
    const taken = testResults
      .map(({ testFilePath, perfStats: { start, end } }) => ({
        name: testFilePath.replace(`${process.cwd()}/`, ''),
        seconds: (end - start) / 1000,
      }))
      .sort((a, b) => b.seconds - a.seconds);
    const all = taken.reduce((sum, { seconds }) => sum + seconds, 0);
    const lines = taken.slice(0, SHOWN).map(({ name, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${name}`);
    process.stderr.write(
      `\nThe slowest of ${taken.length} suites, which took ${all.toFixed(0)} s one after the other:\n${lines.join('\n')}\n`,
    );
  }
}
