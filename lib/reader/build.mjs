// Builds the package that other services install: dist/ (or the folder given) with the reader as an ES module and as CommonJS, types for
// both, and a package.json of its own, so that they get no dependency of the stack. Plain JavaScript: `npm` runs it on whatever Node there is.
//   npm run pack:reader                                     for trying: a name that nobody can publish under by mistake
//   npm run pack:reader -- --name @your-org/quell-reader    for your own registry
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** Of a scope, because any bare name may be somebody else's on the public registry. */
const DEFAULT_NAME = '@quell-mail/reader';
const SCOPED = /^@[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*$/;
const SDK = '@aws-sdk/client-dynamodb';
const FLAVOURS = { esm: 'module', cjs: 'commonjs' };
/** How the README in the repository names what its readers install: there is no version to name yet. */
const UNBUILT = './quell-mail-reader-VERSION.tgz';
const DOCUMENTS = [
  'docs/suppression-table.md',
  'docs/address-vectors.json',
  'docs/unsubscribe.md',
  'docs/unsubscribe-vectors.json',
  'LICENSE',
];

const { values: given, positionals } = parseArgs({
  options: { name: { type: 'string' }, pack: { type: 'boolean' } },
  allowPositionals: true,
});
const name = given.name ?? DEFAULT_NAME;
if (!SCOPED.test(name)) {
  process.stderr.write(
    `--name is "${name}": it must have a scope of yours, such as @your-org/quell-reader. A bare name may be somebody else's package.\n`,
  );
  process.exit(2);
}
const target = resolve(positionals[0] ?? join(ROOT, 'dist'));
const { version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

for (const made of Object.keys(FLAVOURS)) rmSync(join(target, made), { recursive: true, force: true });
const types = declarations();
for (const [format, type] of Object.entries(FLAVOURS)) {
  mkdirSync(join(target, format), { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['lib/reader/index.ts'],
    outfile: join(target, format, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    external: [SDK],
    logLevel: 'error',
  });
  // A folder of its own says how its files are read: one set of declarations serves both.
  writeJson(join(target, format, 'package.json'), { type });
  for (const [file, text] of types) writeFileSync(join(target, format, file), text);
}
for (const file of DOCUMENTS) {
  if (file.endsWith('.md')) writeFileSync(join(target, basename(file)), withoutDeadLinks(file));
  else copyFileSync(join(ROOT, file), join(target, basename(file)));
}
const readme = readFileSync(join(ROOT, 'lib/reader/README.md'), 'utf8');
if (!readme.includes(UNBUILT)) throw new Error(`lib/reader/README.md does not say "npm install ${UNBUILT}"`);
// A package with a name of yours comes from your registry, any other from the file beside it.
const installed = given.name ?? `./${name.slice(1).replace('/', '-')}-${version}.tgz`;
writeFileSync(join(target, 'README.md'), readme.replaceAll(UNBUILT, installed).replaceAll(DEFAULT_NAME, name));
const entry = (format) => ({ types: `./${format}/index.d.ts`, default: `./${format}/index.js` });
writeJson(join(target, 'package.json'), {
  name,
  version,
  description: 'Reads the suppression list of a Quell stack.',
  license,
  ...(given.name ? { publishConfig: { access: 'restricted' } } : { private: true }),
  engines: { node: '>=20' },
  main: './cjs/index.js',
  types: './cjs/index.d.ts',
  exports: { '.': { import: entry('esm'), require: entry('cjs') }, './package.json': './package.json' },
  sideEffects: false,
  peerDependencies: { [SDK]: '^3.0.0' },
});
if (given.pack) pack();

/** A page as it reads in the package: a link to what is not in it keeps its words. */
function withoutDeadLinks(file) {
  const here = new Set(DOCUMENTS.map((each) => basename(each)));
  return readFileSync(join(ROOT, file), 'utf8').replaceAll(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (link, words, to) => {
    const [page] = to.split('#');
    return page === '' || /^https?:/.test(page) || here.has(page) ? link : words;
  });
}

/** Only those that its users see are kept of all that the reader imports; by file name. */
function declarations() {
  const all = mkdtempSync(join(tmpdir(), 'quell-types-'));
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const options = ['--ignoreConfig', '--declaration', '--emitDeclarationOnly', '--rewriteRelativeImportExtensions'];
  const as = ['--strict', '--skipLibCheck', '--target', 'es2024', '--lib', 'esnext', '--module', 'nodenext'];
  const place = ['--types', 'node', '--rootDir', ROOT, '--outDir', all];
  execFileSync(process.execPath, [tsc, ...options, ...as, ...place, join(ROOT, 'lib/reader/index.ts')], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  const files = ['index.d.ts', 'types.d.ts', 'unsubscribe.d.ts'].map((file) => {
    const text = readFileSync(join(all, 'lib/reader', file), 'utf8');
    // The compiler leaves the endings of type-only exports as they are.
    return [file, text.replaceAll(/(from '\.\/\w+)\.ts'/g, "$1.js'")];
  });
  rmSync(all, { recursive: true, force: true });
  return files;
}

function pack() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = { cwd: target, encoding: 'utf8', shell: process.platform === 'win32' };
  const file = execFileSync(npm, ['pack', '--silent', '--pack-destination', target], options).trim();
  process.stdout.write(`${join(target, file)}\n`);
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
