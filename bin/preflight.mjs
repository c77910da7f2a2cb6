// Runs a TypeScript entry file on the Node that Lambda runs. Plain JavaScript on purpose: it must load on any Node, so that
// a wrong version ends in a sentence that names the fix and not in a syntax error.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [major] = process.versions.node.split('.');
const [, , entry, ...rest] = process.argv;

if (Number(major) < 24) {
  const installed = existsSync('node_modules/node/bin/node');
  const fix = installed
    ? 'Run it through npm ("npm start", "npm test", "npm run ops"), which finds node_modules/.bin/node first.'
    : 'Run "npm ci" first: it installs Node 24 as a dev dependency. If install scripts are off, run "npm rebuild node".';
  process.stderr.write(`Quell runs on Node 24, this is ${process.version}. ${fix}\n`);
  process.exit(2);
}

// Programs that are started a second time, and the processes they start, find their code compiled: a third of a second less for each.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/quell/compiled');
module.enableCompileCache(process.env.NODE_COMPILE_CACHE);

process.argv = [process.argv[0], resolve(entry), ...rest];
await import(pathToFileURL(resolve(entry)).href);
