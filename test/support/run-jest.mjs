// Jest loads the sources as ES modules, as Lambda's bundles and the CLI do; Node still asks for a flag to allow that.
import { spawn } from 'node:child_process';

const jest = spawn(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
jest.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
