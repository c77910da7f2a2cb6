// Runs a TypeScript entry file on the Node that Lambda runs, whichever Node was asked to. Plain JavaScript on purpose: it must load on any
// Node, so that a wrong version ends in what is wanted, or in a sentence that names the fix, and not in a syntax error.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
const WINDOWS = process.platform === 'win32';
const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/node');
const INSTALLED = join(FOLDER, WINDOWS ? 'bin/node.exe' : 'bin/node');
const [entry, ...rest] = process.argv.slice(2);

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  // Programs that are started a second time, and the processes they start, find their code compiled: a third of a second less for each.
  process.env.NODE_COMPILE_CACHE ??= join(FOLDER, '../.cache/quell/compiled');
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  process.argv = [process.argv[0], resolve(entry), ...rest];
  await import(pathToFileURL(resolve(entry)).href);
} else if (existsSync(INSTALLED) || putInPlace()) {
  handOver();
} else {
  const fix = existsSync(FOLDER)
    ? 'It could not be put in place: run "npm rebuild node --ignore-scripts=false" and see what it says.'
    : 'Run "npm ci" first: it brings Node 24 along.';
  process.stderr.write(`Quell runs on Node ${NEEDED}, this is ${process.version}. ${fix}\n`);
  process.exitCode = 2;
}

/** With install scripts switched off, as companies do, npm leaves Node out: this one script is what brings it. */
function putInPlace() {
  if (!existsSync(FOLDER)) return false;
  const what = ['rebuild', 'node', '--ignore-scripts=false'];
  process.stderr.write(
    `Install scripts were off, so Node ${NEEDED} is not in place yet. Running this one, once: npm ${what.join(' ')}\n`,
  );
  const stdio = ['ignore', 'ignore', 'inherit'];
  spawnSync(WINDOWS ? 'npm.cmd' : 'npm', what, { cwd: dirname(dirname(FOLDER)), stdio, shell: WINDOWS });
  return existsSync(INSTALLED);
}

/** The same command line on the installed Node; ends as that ends. */
function handOver() {
  const child = spawn(INSTALLED, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both, and only the child knows how to stop. What is sent to this process alone is passed on.
  process.on('SIGINT', () => undefined);
  for (const name of ['SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
  child.once('error', (error) => {
    process.stderr.write(`${INSTALLED} cannot be run: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}
