import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputName } from '../../../lambda/contract/outputs.ts';
import { LocalError } from '../error.ts';
import type { Known } from './reasons.ts';
import { isIntrinsic } from './resolve.ts';
import { SUPPORTED } from './supported.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Assembly {
  readonly resources: Readonly<Record<string, Resource>>;
  /** What the template says of itself, by name; text only, what refers to resources is left out. */
  readonly outputs: Readonly<Partial<Record<OutputName, string>>>;
  /** Folder of an asset, from the key it would be uploaded under. */
  assetFolder(s3Key: string): string;
}

interface Manifest {
  readonly artifacts: Readonly<Record<string, { type: string; properties: Readonly<Record<string, string>> }>>;
}
interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}
interface AssetManifest {
  readonly files: Readonly<Record<string, { source: { path: string; packaging: string } }>>;
}

const readJson = <T>(folder: string, file: string): T => JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;

/** What `cdk synth` wrote: the one stack, and where its bundles are. */
export function readAssembly(folder: string): Assembly {
  const artifacts = Object.values(readJson<Manifest>(folder, 'manifest.json').artifacts);
  const stacks = artifacts.filter(({ type }) => type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (!stack || stacks.length > 1) throw new LocalError(`expected one stack in the assembly, found ${stacks.length}`);
  const { Resources, Outputs = {} } = readJson<Template>(folder, stack.properties.templateFile ?? '');
  const outputs = Object.entries(Outputs).flatMap(([name, { Value }]) =>
    typeof Value === 'string' ? [[name, Value]] : [],
  );
  const assets = artifacts
    .filter(({ type }) => type === 'cdk:asset-manifest')
    .flatMap(({ properties }) => Object.entries(readJson<AssetManifest>(folder, properties.file ?? '').files));
  const folders = new Map(assets.map(([id, { source }]) => [id, join(folder, source.path)]));
  return {
    resources: Resources,
    outputs: Object.fromEntries(outputs),
    assetFolder(s3Key) {
      const found = folders.get(s3Key.replace(/\.zip$/, ''));
      if (!found) throw new LocalError(`the assembly holds no asset for ${s3Key}`);
      return found;
    },
  };
}

const ENTRIES: Known = {
  Type: '',
  Properties: '',
  DependsOn: 'everything is made before anything runs',
  Metadata: 'a note',
  DeletionPolicy: 'nothing is deleted here',
  UpdateReplacePolicy: 'nothing is replaced here',
};

/**
 * Every part of the template that the local run does not know, as a path. Empty = all of it is emulated, or left out for a reason
 * that {@link SUPPORTED} states.
 */
export function unknownParts(
  resources: Assembly['resources'],
  supported: Readonly<Record<string, Known>> = SUPPORTED,
): string[] {
  return Object.entries(resources).flatMap(([id, resource]) => {
    // The one condition CDK adds by itself belongs to its usage statistics.
    if (resource.Type === 'AWS::CDK::Metadata') return [];
    if (!Object.hasOwn(supported, resource.Type)) return [`${resource.Type} (${id})`];
    const entries = unknownKeys(resource, ENTRIES, '');
    const properties = unknownKeys(resource.Properties ?? {}, supported[resource.Type] as Known, '');
    return [...entries, ...properties].map((path) => `${resource.Type}${path} (${id})`);
  });
}

/** @throws LocalError listing every unknown type and property at once. */
export function refuseUnknown(resources: Assembly['resources']): void {
  const unknown = unknownParts(resources);
  if (unknown.length === 0) return;
  throw new LocalError(
    `the stack holds what the local run does not know: ${unknown.join(', ')}. Emulate it, or add it to lib/local/template/supported.ts with the reason why it may be left out`,
  );
}

function unknownKeys(value: unknown, known: Known, path: string): string[] {
  if (typeof known === 'string') return [];
  if (Array.isArray(value)) return value.flatMap((item) => unknownKeys(item, known, path));
  // A word out of a closed list, such as an authorization type.
  if (typeof value !== 'object' || value === null)
    return Object.hasOwn(known, String(value)) ? [] : [`${path}=${value}`];
  return Object.entries(value).flatMap(([key, item]) => {
    if (isIntrinsic(key)) return [];
    return Object.hasOwn(known, key) ? unknownKeys(item, known[key] as Known, `${path}.${key}`) : [`${path}.${key}`];
  });
}
