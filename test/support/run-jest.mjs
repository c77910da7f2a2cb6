// Jest loads the sources as ES modules, as Lambda's bundles and the CLI do; Node still asks for a flag to allow that.
import { spawn } from 'node:child_process';

// Each suite leaves a world of modules behind: with room for the young, less of it is copied to and fro before it is thrown away.
const NODE = ['--experimental-vm-modules', '--no-warnings', '--max-semi-space-size=64'];

const jest = spawn(process.execPath, [...NODE, 'node_modules/jest/bin/jest.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
jest.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
