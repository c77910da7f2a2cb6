import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { RuntimeConfig } from '../../lambda/contract/config.ts';
import { ENV, type FunctionName } from '../../lambda/contract/env.ts';
import { buildFunction } from '../../lib/constructs/bundle/build.ts';

export type Handler = (event: object, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

/** A function's own bundle, loaded into this process; variables that are not given are `x`. */
export async function loadBundle(
  name: FunctionName,
  config: RuntimeConfig,
  variables: Readonly<Record<string, string>>,
): Promise<Handler> {
  const folder = mkdtempSync(join(tmpdir(), `quell-${name}-`));
  await buildFunction(name, config, folder);
  const unset = Object.fromEntries(Object.keys(ENV[name]).map((variable) => [variable, 'x']));
  const aws = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  Object.assign(process.env, unset, aws, variables);
  return (createRequire(import.meta.url)(join(folder, 'index.js')) as { handler: Handler }).handler;
}

export interface Buried {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageAttributes: { readonly reason: { readonly StringValue: string } };
}

/** A queue that takes batches, or refuses them; it answers all else with nothing. */
export function sqsStandIn(isDown: () => boolean, take: (entries: Buried[]) => void): RequestListener {
  return async (request, response) => {
    const { Entries = [] } = (await json(request)) as { Entries?: Buried[] };
    if (!isDown()) take(Entries);
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    }));
    response.writeHead(isDown() ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(isDown() ? { __type: 'AccessDenied' } : { Successful }));
  };
}
