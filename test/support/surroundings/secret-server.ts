import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Version {
  readonly id: string;
  readonly value: string;
}

export interface SecretServer {
  readonly url: string;
  /** Versions, the current one last. */
  readonly versions: Version[];
  readonly current: () => unknown;
  /** Runs between a reader's look and the next write. */
  beforePut: (() => void) | undefined;
  /** Answers everything with this error. */
  refuse: string | undefined;
  stop(): Promise<void>;
}

/** Secrets Manager with its two stages, as far as the CLI uses it. */
export async function startSecretServer(): Promise<SecretServer> {
  const versions: Version[] = [];
  const actions = new Map<string, (input: Record<string, string>) => object | undefined>([
    [
      'GetSecretValue',
      ({ VersionStage }) => {
        const version = versions.at(VersionStage === 'AWSPREVIOUS' ? -2 : -1);
        return version && { SecretString: version.value, VersionId: version.id };
      },
    ],
    [
      'PutSecretValue',
      ({ ClientRequestToken: id = '', SecretString: value = '' }) => {
        self.beforePut?.();
        self.beforePut = undefined;
        versions.push({ id, value });
        return { VersionId: id };
      },
    ],
  ]);
  const server = createServer(async (request, response) => {
    const input = JSON.parse(await text(request)) as Record<string, string>;
    const action = actions.get(String(request.headers['x-amz-target']).split('.')[1] ?? '');
    const answer = self.refuse === undefined ? action?.(input) : undefined;
    const error = { __type: self.refuse ?? 'ResourceNotFoundException', message: 'refused' };
    response.writeHead(answer ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer ?? error));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const self: SecretServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    versions,
    current: () => JSON.parse(versions.at(-1)?.value ?? 'null') as unknown,
    beforePut: undefined,
    refuse: undefined,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return self;
}
