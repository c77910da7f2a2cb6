import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '@aws-sdk/client-cloudformation';
import { stackName } from '../../../lambda/contract/outputs.ts';
import { CannotKnow } from '../cli/errors.ts';
import type { Io } from '../cli/io.ts';
import { type Connection, settings } from './clients.ts';
import { targetOf } from './outputs.ts';
import type { SourceName, Target, TargetValues } from './target.ts';

const DEFAULT_STAGE = 'dev';

/** The deployed stack of a stage, by what it says of itself in its outputs. */
export async function deployedTarget(values: TargetValues, io: Io): Promise<Target> {
  const stage = values.stage ?? DEFAULT_STAGE;
  const connection: Connection = {
    ...(values.region !== undefined && { region: values.region }),
    ...(values.profile !== undefined && { profile: values.profile }),
  };
  const name = stackName(stage);
  const outputs = await readOutputs(name, connection);
  return targetOf(
    stage,
    new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
    await sourceSettings(stage, io),
    connection,
  );
}

async function readOutputs(name: string, connection: Connection): Promise<readonly Output[]> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(settings(connection));
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0]?.Outputs ?? [];
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError') {
      const region = await client.config.region();
      throw new CannotKnow(
        `There is no stack ${name} in ${region}. Is it deployed? Another stage or region: --stage, --region. The stack on this machine: --local.`,
      );
    }
    throw error;
  }
}

/** Settings of the sources by name, where this checkout has the stage's file: outputs hold names and providers only. */
async function sourceSettings(
  stage: string,
  io: Io,
): Promise<ReadonlyMap<string, Pick<SourceName, 'options' | 'dedupeGroup' | 'expectEvery' | 'api'>>> {
  const directory = join(io.root, 'settings');
  if (!existsSync(join(directory, `${stage}.json`))) return new Map();
  const { loadSettings } = await import('../../settings/load.ts');
  try {
    const { sources } = loadSettings({ stage }, directory);
    return new Map(
      Object.entries(sources).map(([name, { options, dedupeGroup, expectEvery, api }]) => [
        name,
        { options, dedupeGroup, expectEvery, ...(api && { api }) },
      ]),
    );
  } catch {
    io.say(
      `settings/${stage}.json has mistakes: going on without it. "npm run synth -- -c stage=${stage}" lists them.`,
    );
    return new Map();
  }
}
