import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lazyClients, type Service } from './clients.ts';
import { CannotKnow } from './errors.ts';
import type { Io } from './io.ts';
import type { SourceName, Target } from './target.ts';

/** What `npm start` writes once it is ready. */
interface LocalStack {
  readonly url: string;
  readonly endpoints: Readonly<Record<Service, string>>;
  readonly tables: { readonly events: string; readonly suppression: string };
  readonly queues: { readonly delivery: string; readonly deadLetter: string };
  readonly sources: Readonly<Record<string, SourceName>>;
  readonly secretArn: string;
  readonly keysFile?: string;
}

const STACK_FILE = '.local/stack.json';

export async function localTarget(io: Io): Promise<Target> {
  const stack = await readStack(io);
  const { url, tables, queues, secretArn, keysFile } = stack;
  return {
    kind: 'local',
    label: 'the local stack',
    names: {
      url,
      tables,
      queues,
      secretArn,
      sources: new Map(Object.entries(stack.sources)),
      ...(keysFile !== undefined && { keysFile: resolve(io.root, keysFile) }),
    },
    // Emulators check no credentials, the SDK insists on some.
    clients: lazyClients((service) => ({
      endpoint: stack.endpoints[service],
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })),
  };
}

async function readStack(io: Io): Promise<LocalStack> {
  let text: string;
  try {
    text = await readFile(join(io.root, STACK_FILE), 'utf8');
  } catch {
    throw new CannotKnow(`No local stack is running: ${STACK_FILE} is missing. Start one with "npm start".`);
  }
  try {
    return JSON.parse(text) as LocalStack;
  } catch {
    throw new CannotKnow(`${STACK_FILE} is not readable. Start the local stack again with "npm start".`);
  }
}
