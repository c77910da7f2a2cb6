// Builds the package that other services install: dist/ (or the folder given) with the reader as one JavaScript file, its types and a
// package.json of its own, so that they get no dependency of the stack. Plain JavaScript: `npm` runs it on whatever Node there is.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');
const target = resolve(process.argv[2] ?? join(ROOT, 'dist'));
const { name, version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const SDK = '@aws-sdk/client-dynamodb';

rmSync(join(target, 'reader'), { recursive: true, force: true });
mkdirSync(join(target, 'reader'), { recursive: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: ['lib/reader/index.ts'],
  outfile: join(target, 'reader/index.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: [SDK],
  logLevel: 'error',
});
writeTypes();
for (const file of [
  'docs/suppression-table.md',
  'docs/address-vectors.json',
  'docs/unsubscribe.md',
  'docs/unsubscribe-vectors.json',
  'LICENSE',
]) {
  copyFileSync(join(ROOT, file), join(target, file.slice(file.lastIndexOf('/') + 1)));
}
const manifest = {
  name,
  version,
  description: 'Reads the suppression list of a Quell stack.',
  license,
  type: 'module',
  engines: { node: '>=20' },
  exports: { './reader': { types: './reader/index.d.ts', default: './reader/index.js' } },
  peerDependencies: { [SDK]: '^3.0.0' },
};
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

/** Declarations are emitted for everything the reader imports; only those that its users see are kept. */
function writeTypes() {
  const all = mkdtempSync(join(tmpdir(), 'quell-types-'));
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const options = ['--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--rewriteRelativeImportExtensions'];
  const as = ['--strict', '--skipLibCheck', '--target', 'es2024', '--lib', 'esnext', '--module', 'nodenext'];
  const place = ['--types', 'node', '--rootDir', ROOT, '--outDir', all];
  execFileSync(process.execPath, [tsc, ...options, ...as, ...place, join(ROOT, 'lib/reader/index.ts')], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  for (const file of ['index.d.ts', 'types.d.ts', 'unsubscribe.d.ts']) {
    const text = readFileSync(join(all, 'lib/reader', file), 'utf8');
    // The compiler leaves the endings of type-only exports as they are.
    writeFileSync(join(target, 'reader', file), text.replaceAll(/(from '\.\/\w+)\.ts'/g, "$1.js'"));
  }
  rmSync(all, { recursive: true, force: true });
}
