import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { CONFIG_FILE, type RuntimeConfig } from '../../../lambda/contract/config.ts';
import type { FunctionName } from '../../../lambda/contract/env.ts';
import { providerHalf } from './provider-half.ts';

const ROOT = join(import.meta.dirname, '../../..');
const STUBS = join(import.meta.dirname, 'sdk-stubs.ts');

/**
 * What the SDK can do that no function of ours does: search a workstation, a container or an EC2 instance for credentials (Lambda puts
 * them into the environment), event streams, and a cache of hosts that nobody asks for. It would be 40 % of each bundle, and loading is most of a cold start.
 */
const NEVER_USED = [
  '@aws-sdk/credential-provider-node',
  '@smithy/credential-provider-imds',
  '@smithy/core/event-streams',
  '@aws-sdk/endpoint-cache',
];

/**
 * Writes what one function runs into `directory`: its code in one file, the config beside it, and the word that the code is
 * CommonJS (the local runner starts it inside this project, whose own files are ES modules).
 */
export async function buildFunction(name: FunctionName, config: RuntimeConfig, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await build(bundleOptions(name, config, `lambda/handlers/${name}/handler.ts`, directory));
  writeFileSync(join(directory, CONFIG_FILE), JSON.stringify(config));
  writeFileSync(join(directory, 'package.json'), '{"type":"commonjs"}');
}

/** How an entry file is bundled; what is compared with our functions is bundled the same way. */
export const bundleOptions = (name: FunctionName, config: RuntimeConfig, entry: string, directory: string) =>
  ({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: join(directory, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'error',
    alias: Object.fromEntries(NEVER_USED.map((module) => [module, STUBS])),
    plugins: [onlyProvidersOf(config), onlyApisOf(config), onlyHalfOf(name), onlyVersionOfClients],
  }) satisfies BuildOptions;

/** Puts a registry of the configured providers in place of the whole one: each of the others is code that this stack cannot reach. */
const onlyProvidersOf = ({ sources, heartbeat }: RuntimeConfig): Plugin => ({
  name: 'only-configured-providers',
  setup({ onLoad }) {
    const used = [...Object.values(sources), ...(heartbeat ? [heartbeat] : [])];
    const ids = [...new Set(used.map(({ provider }) => provider))].sort();
    onLoad({ filter: /[\\/]lambda[\\/]providers[\\/]index\.ts$/ }, () => ({
      contents: [
        ...ids.map((id) => `import { ${exportName(id)} } from './${id}/index.ts';`),
        `export const PROVIDERS = new Map([${ids.map(exportName)}].map((provider) => [provider.id, provider]));`,
      ].join('\n'),
      resolveDir: join(ROOT, 'lambda/providers'),
    }));
  },
});

/** The same for the ESPs' APIs: one import each, where the registry has it. */
const onlyApisOf = ({ sources }: RuntimeConfig): Plugin => ({
  name: 'only-configured-apis',
  setup({ onLoad }) {
    const used = new Set(Object.values(sources).map(({ provider }) => provider));
    onLoad({ filter: /[\\/]lambda[\\/]providers[\\/]apis\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(
        /^ {2}\['([a-z0-9-]+)', async \(\) => .*\n/gm,
        (line: string, id: string) => (used.has(id) ? line : ''),
      ),
      loader: 'ts',
      resolveDir: join(ROOT, 'lambda/providers'),
    }));
  },
});

/** Leaves out of each provider what the function does not use. */
const onlyHalfOf = (name: FunctionName): Plugin => ({
  name: 'only-used-members',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lambda[\\/]providers[\\/][a-z0-9-]+[\\/]index\.ts$/ }, async ({ path }) => ({
      contents: await providerHalf(await readFile(path, 'utf8'), name),
      loader: 'ts',
    }));
  },
});

/** A client of the SDK reads its own version out of its package.json, and would bring scripts and dependencies along: 2 KB each. */
const onlyVersionOfClients: Plugin = {
  name: 'only-version-of-clients',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** What a provider's file exports: its id in camel case. */
export const exportName = (id: string): string => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

if (import.meta.main) {
  const [name, directory = ''] = process.argv.slice(2);
  await buildFunction(name as FunctionName, JSON.parse(readFileSync(process.stdin.fd, 'utf8')), directory);
}
