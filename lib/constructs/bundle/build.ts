import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import type { RuntimeConfig } from '../../../lambda/contract/config.ts';
import type { FunctionName } from '../../../lambda/contract/env.ts';
import { CODE_FILE, providersOf, writeBesideCode } from './contents.ts';
import { providerHalf } from './provider-half.ts';
import { WIDGET_STYLE, widgetStyle } from './widget-style.ts';

const ROOT = join(import.meta.dirname, '../../..');
const STUBS = join(import.meta.dirname, 'sdk-stubs.ts');

const EVENT_STREAMS = '@smithy/core/event-streams';

/**
 * What the SDK can do that no function of ours does: search a workstation, a container or an EC2 instance for credentials (Lambda puts
 * them into the environment), event streams, and a cache of hosts that nobody asks for. It would be 40 % of each bundle, and loading is most of a cold start.
 */
const NEVER_USED = [
  '@aws-sdk/credential-provider-node',
  '@smithy/credential-provider-imds',
  EVENT_STREAMS,
  '@aws-sdk/endpoint-cache',
];

/** The console's clients have operations with event streams, and resolve the settings of those when they are made. */
const neverUsedBy = (name: FunctionName): readonly string[] =>
  name === 'console' ? NEVER_USED.filter((module) => module !== EVENT_STREAMS) : NEVER_USED;

/** Functions that are not made of `lambda/` alone: the console is the application that `ops console` serves. */
const ENTRIES: Readonly<Partial<Record<FunctionName, string>>> = { console: 'lib/ops/console/widget/handler.ts' };

/** Written anew for the configured providers. */
const REGISTRY = 'lambda/providers/index.ts';

/**
 * Writes what one function runs into `directory`: its code in one file, the config beside it.
 * @returns `ofProviders`: whether other providers would make other code
 */
export async function buildFunction(
  name: FunctionName,
  config: RuntimeConfig,
  directory: string,
): Promise<{ readonly ofProviders: boolean }> {
  mkdirSync(directory, { recursive: true });
  const entry = ENTRIES[name] ?? `lambda/handlers/${name}/handler.ts`;
  const { metafile } = await build({ ...bundleOptions(name, config, entry, directory), metafile: true });
  if (name === 'console') writeFileSync(join(directory, WIDGET_STYLE), await widgetStyle());
  writeBesideCode(directory, config);
  return { ofProviders: REGISTRY in metafile.inputs };
}

/** How an entry file is bundled; what is compared with our functions is bundled the same way. */
export const bundleOptions = (name: FunctionName, config: RuntimeConfig, entry: string, directory: string) =>
  ({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: join(directory, CODE_FILE),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'error',
    // Of the local stack's reports only; it is no JavaScript.
    external: ['@duckdb/node-api'],
    alias: Object.fromEntries(neverUsedBy(name).map((module) => [module, STUBS])),
    plugins: [
      pureCore,
      onlyProvidersOf(config),
      onlyHalfOf(name),
      onlyOffered(config),
      onlyVersionOfClients,
      noWorkstation,
    ],
  }) satisfies BuildOptions;

/**
 * The core does nothing when it is loaded: what of it nobody uses may go, tables that are computed included. Without it `receive` would
 * compile the rules by which `process` reads mail servers' replies.
 */
const pureCore: Plugin = {
  name: 'pure-core',
  setup({ onResolve }) {
    const core = ['domain', 'providers', 'contract'].map((folder) => join(ROOT, 'lambda', folder) + sep);
    // Packages import none of their own files so, and there are thousands of those: each would be asked about here.
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => {
      const file = resolve(resolveDir, path);
      return core.some((folder) => file.startsWith(folder)) ? { path: file, sideEffects: false } : undefined;
    });
  },
};

/** Puts a registry of the configured providers in place of the whole one: each of the others is code that this stack cannot reach. */
const onlyProvidersOf = (config: RuntimeConfig): Plugin => ({
  name: 'only-configured-providers',
  setup({ onLoad }) {
    const ids = providersOf(config);
    onLoad({ filter: /[\\/]lambda[\\/]providers[\\/]index\.ts$/ }, () => ({
      contents: [
        ...ids.map((id) => `import { ${exportName(id)} } from './${id}/index.ts';`),
        `export const PROVIDERS = new Map([${ids.map(exportName)}].map((provider) => [provider.id, provider]));`,
      ].join('\n'),
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

/** Where no unsubscribe links are offered, `receive` holds neither their page nor the words of it. */
const onlyOffered = ({ unsubscribe }: RuntimeConfig): Plugin => ({
  name: 'only-offered-links',
  setup({ onLoad }) {
    if (!unsubscribe)
      onLoad({ filter: /[\\/]lambda[\\/]handlers[\\/]receive[\\/]unsubscribe\.ts$/ }, () => ({
        contents: 'export const isUnsubscribe = () => false; export const unsubscriber = undefined;',
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

/** The SDK reads the files of a workstation's user (`~/.aws/config`) before its first request. Lambda has no such user, and says everything in the environment. */
const noWorkstation: Plugin = {
  name: 'no-workstation',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]shared-ini-file-loader[\\/]loadSharedConfigFiles\.js$/ }, () => ({
      contents: `export { CONFIG_PREFIX_SEPARATOR } from './constants';
        export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
    }));
  },
};

/** What a provider's file exports: its id in camel case. */
export const exportName = (id: string): string => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

if (import.meta.main) {
  const [name, directory = ''] = process.argv.slice(2);
  const built = await buildFunction(
    name as FunctionName,
    JSON.parse(readFileSync(process.stdin.fd, 'utf8')),
    directory,
  );
  process.stdout.write(JSON.stringify(built));
}
