import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { constants, Script } from 'node:vm';
import { CONFIG_FILE, type RuntimeConfig } from '../../../lambda/contract/config.ts';
import { ENV, type FunctionName } from '../../../lambda/contract/env.ts';
import { buildFunction } from '../../../lib/constructs/bundle/build.ts';

export type Handler = (event: object, context: object) => Promise<unknown>;

/** One container of a function: its own module state, variables, log and fetches; many run side by side in this process. */
export interface Container {
  readonly handler: Handler;
  /** What it wrote, metrics lines among it. */
  readonly log: () => string;
}

export interface Given {
  /** Those of the function's contract that are not given are `x`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly fetch?: typeof fetch;
  /** What its clock says when it starts, epoch milliseconds: a message is as old in the last run as in the first. */
  readonly startsAt?: number;
  /** Beside the same code, with the same providers. */
  readonly config?: RuntimeConfig;
}

type Start = (given: Given) => Container;
const bundles = new Map<string, Promise<Start>>();

/** A bundle as a deploy would upload it, built once. Each start loads it anew, as a cold start does, and costs little more than running its first lines. */
export function bundleOf(name: FunctionName, config: RuntimeConfig): Promise<Start> {
  const key = JSON.stringify([name, config]);
  const known = bundles.get(key) ?? build(name, config);
  bundles.set(key, known);
  return known;
}

async function build(name: FunctionName, config: RuntimeConfig): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), `quell-${name}-`));
  await buildFunction(name, config, folder);
  const file = join(folder, 'index.js');
  const code = readFileSync(file, 'utf8');
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname, process, fetch, Date) {${code}\n})`,
    {
      filename: file,
      // The SDK loads its agents when they are first needed.
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  );
  const run = script.runInThisContext() as (...given: unknown[]) => void;
  const require = createRequire(file);
  const usual = {
    ...Object.fromEntries(Object.keys(ENV[name]).map((variable) => [variable, 'x'])),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  return ({ variables, fetch: own = fetch, startsAt, config: other }) => {
    const beside = other ? mkdtempSync(join(tmpdir(), `quell-${name}-config-`)) : folder;
    if (other) writeFileSync(join(beside, CONFIG_FILE), JSON.stringify(other));
    const written: string[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.toString());
        done();
      },
    });
    const shadow = Object.create(process, {
      env: { value: { ...usual, ...variables } },
      stdout: { value: sink },
      stderr: { value: sink },
    }) as NodeJS.Process;
    const module = { exports: {} as { handler: Handler } };
    run(
      module.exports,
      require,
      module,
      file,
      beside,
      shadow,
      own,
      startsAt === undefined ? Date : clockFrom(startsAt),
    );
    return { handler: module.exports.handler, log: () => written.join('') };
  };
}

function clockFrom(startsAt: number): DateConstructor {
  const began = performance.now();
  return class extends Date {
    static override now(): number {
      return Math.floor(startsAt + performance.now() - began);
    }
    constructor(...given: []) {
      super(...(given.length === 0 ? ([startsAt + performance.now() - began] as unknown as []) : given));
    }
  } as DateConstructor;
}
