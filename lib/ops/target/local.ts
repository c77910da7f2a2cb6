import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StagePolicy } from '../../../lambda/contract/config.ts';
import { FUNCTION_OUTPUTS, type OutputName } from '../../../lambda/contract/outputs.ts';
import { CannotKnow } from '../cli/errors.ts';
import type { Io } from '../cli/io.ts';
import { lazyClients, type Service } from './clients.ts';
import { judgingBy } from './judging.ts';
import type { Queues, SourceName, Target } from './target.ts';

/** What `npm start` writes once it is ready. */
export interface LocalStack {
  readonly url: string;
  readonly endpoints: Readonly<Partial<Record<Service, string>>>;
  readonly tables: { readonly events: string; readonly suppression: string };
  readonly queues: Queues;
  readonly sources: Readonly<Record<string, SourceName>>;
  readonly archive?: { readonly bucket: string };
  readonly secretArn: string;
  readonly policy?: StagePolicy;
  readonly ownKeysArn: string;
  readonly unsubscribeKeysArn?: string;
  readonly apiKeysArn?: string;
  readonly keysFile?: string;
  readonly logsDir?: string;
}

const STACK_FILE = '.local/stack.json';

/** What a deployed stack's outputs would call its functions, and what feeds one of them: here an event source goes by its queue. */
const FUNCTIONS = new Map<OutputName, string>([
  ...Object.entries(FUNCTION_OUTPUTS).map(([name, output]) => [output, name] as const),
  ['DeliveriesMappingId', 'DeliveryQueue'],
  ['ActsMappingId', 'ActsQueue'],
]);

export const localTarget = async (io: Io): Promise<Target> => localTargetOf(await readStack(io), io.root);

/** @param root what the paths of the file are relative to */
export function localTargetOf(stack: LocalStack, root: string): Target {
  const { url, tables, queues, secretArn, ownKeysArn, keysFile, logsDir } = stack;
  const known = new Map(FUNCTIONS).set('FeedsMappingId', queues.feeds === undefined ? 'none' : 'FeedsQueue');
  return {
    kind: 'local',
    label: 'the local stack',
    names: {
      url,
      tables,
      queues,
      secretArn,
      ownKeysArn,
      ...(stack.unsubscribeKeysArn !== undefined && { unsubscribeKeysArn: stack.unsubscribeKeysArn }),
      ...(stack.apiKeysArn !== undefined && { apiKeysArn: stack.apiKeysArn }),
      sources: new Map(Object.entries(stack.sources)),
      output: (key) => {
        const name = key === 'ArchiveBucketName' ? stack.archive?.bucket : known.get(key);
        if (name !== undefined) return name;
        throw new CannotKnow('The local stack has no such part: this works on a deployed stack only.');
      },
      ...(keysFile !== undefined && { keysFile: resolve(root, keysFile) }),
      ...(logsDir !== undefined && { logsDir: resolve(root, logsDir) }),
    },
    ...judgingBy(() => {
      if (stack.policy) return stack.policy;
      throw new CannotKnow(`${STACK_FILE} does not say by which policy: start the local stack again with "npm start".`);
    }),
    // Emulators check no credentials, the SDK insists on some.
    clients: lazyClients((service) => ({
      endpoint: endpointOf(stack, service),
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })),
  };
}

/** Never AWS itself: what has no emulator is not there. */
function endpointOf({ endpoints }: LocalStack, service: Service): string {
  const endpoint = endpoints[service];
  if (endpoint !== undefined) return endpoint;
  throw new CannotKnow(`The local stack has no ${service}: this works on a deployed stack only.`);
}

async function readStack(io: Io): Promise<LocalStack> {
  let text: string;
  try {
    text = await readFile(join(io.root, STACK_FILE), 'utf8');
  } catch {
    throw new CannotKnow(`No local stack is running: ${STACK_FILE} is missing. Start one with "npm start".`);
  }
  try {
    const stack: unknown = JSON.parse(text);
    if (isStack(stack)) return stack;
  } catch {
    // As below.
  }
  throw new CannotKnow(`${STACK_FILE} is not readable. Start the local stack again with "npm start".`);
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** As far as every command needs it: the rest is of the version that wrote it. */
const isStack = (value: unknown): value is LocalStack =>
  isObject(value) &&
  typeof (value as LocalStack).url === 'string' &&
  (['endpoints', 'tables', 'queues', 'sources'] as const).every((part) => isObject((value as LocalStack)[part]));
