import type { Provider } from '../../../../lambda/providers/provider.ts';
import { CannotKnow, UsageError } from '../../cli/errors.ts';
import type { Io } from '../../cli/io.ts';
import { resolveTarget } from '../../target/resolve.ts';
import { type SourceName, sourceOf, type Target, type TargetValues } from '../../target/target.ts';

/** What a captured request is checked with. */
export interface Keys {
  readonly secrets: readonly string[];
  readonly source?: SourceName;
  /** Secrets of the stack's other sources: one of them may be the one that signed. */
  readonly others: ReadonlyMap<string, readonly string[]>;
}

/** Which key was asked for. */
interface Given extends TargetValues {
  readonly secret?: string | undefined;
  readonly source?: string | undefined;
}

export async function findKeys(provider: Provider<unknown>, given: Given, io: Io): Promise<Keys> {
  const needsSecret = provider.keys !== 'none';
  const wantsStack = given.local === true || given.stage !== undefined || given.source !== undefined;
  const typed =
    given.secret === '-' && needsSecret ? [await io.readSecret(`Secret (${provider.secret.form}): `)] : undefined;
  if (!wantsStack) {
    if (typed === undefined && needsSecret) {
      throw new UsageError('verify: which secret? --secret - reads one, --local or --stage takes a stored one.');
    }
    return { secrets: typed ?? [], others: new Map() };
  }
  const target = await resolveTarget(given, io);
  const [name, source] = chooseSource(target, provider, given.source);
  const { liveValues, readSecretMap } = await import('../../stack/secret-map.ts');
  const map = await readSecretMap(target);
  const secrets = typed ?? liveValues(map, name);
  if (needsSecret && secrets.length === 0)
    throw new CannotKnow(`No secret is stored for ${name}: ops secrets set ${name}`);
  const others = [...map.keys()]
    .filter((other) => other !== name)
    .map((other) => [other, liveValues(map, other)] as const);
  return { secrets, source, others: new Map(others.filter(([, values]) => values.length > 0)) };
}

function chooseSource(target: Target, provider: Provider<unknown>, name: string | undefined): [string, SourceName] {
  if (name !== undefined) {
    const source = sourceOf(target, name);
    if (source.provider === provider.id) return [name, source];
    throw new UsageError(`The source ${name} is of provider ${source.provider}, not ${provider.id}.`);
  }
  const fitting = [...target.names.sources].filter(([, source]) => source.provider === provider.id);
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  if (!only) throw new UsageError(`${target.label} has no source of provider ${provider.id}.`);
  throw new UsageError(`Which source? --source ${fitting.map(([each]) => each).join(' or ')}`);
}
