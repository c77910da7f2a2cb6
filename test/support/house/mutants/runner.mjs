// One Jest that stays warm: it runs suites as often as it is asked, in the order it is told, until one fails. The parent talks to it by messages.
import { createRequire } from 'node:module';

const jest = createRequire(createRequire(import.meta.url).resolve('jest'));
const core = createRequire(jest.resolve('@jest/core'));
const { readConfig } = core('jest-config');
const { default: Runtime } = core('jest-runtime');
const { default: Runner } = core('jest-runner');
const { TestWatcher } = core('jest-watcher');

// A change that makes a test wait for ever is noticed too: no need to wait with it.
const PATIENCE = 20_000;
const template = process.env.CHANGED_TEMPLATE && {
  moduleNameMapper: JSON.stringify({ '^(\\.{1,2}/|(\\.{1,2}/)+support/)template\\.ts$': process.env.CHANGED_TEMPLATE }),
};
const argv = { _: [], $0: '', runInBand: true, silent: true, bail: 1, testTimeout: PATIENCE, ...template };
const { globalConfig, projectConfig } = await readConfig(argv, process.cwd());
const context = await Runtime.createContext(projectConfig, { maxWorkers: 1, watchman: false });

/** The first suite that fails, with the time it took; none if all are green. */
async function run(suites) {
  for (const path of suites) {
    const runner = new Runner(globalConfig, {});
    let failed = false;
    runner.on('test-file-failure', () => {
      failed = true;
    });
    runner.on('test-file-success', ([, { numFailingTests, testExecError }]) => {
      failed ||= numFailingTests > 0 || testExecError !== undefined;
    });
    await runner.runTests([{ context, path: `${process.cwd()}/${path}` }], new TestWatcher({ isWatchMode: false }), {
      serial: true,
    });
    if (failed) return path;
  }
  return undefined;
}

process.on('message', async ({ suites, change = '' }) => {
  process.env.TEMPLATE_CHANGE = change;
  const before = process.cpuUsage();
  const failed = await run(suites);
  const { user, system } = process.cpuUsage(before);
  process.send({ failed, seconds: (user + system) / 1e6, bytes: process.memoryUsage().rss });
});
process.send('ready');
