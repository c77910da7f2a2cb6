import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sendgrid } from '../../../lambda/providers/sendgrid/index.ts';
import { type Io, processIo } from '../../../lib/ops/cli/io.ts';
import { deployedTarget } from '../../../lib/ops/target/deployed.ts';
import { ops, project, spawnOps, writeFile } from '../../support/ops.ts';
import { startTestDynamo, type TestDynamo } from '../../support/surroundings/dynamodb.ts';
import { STAGE_POLICY } from '../../support/surroundings/fake-target.ts';
import { type SecretServer, startSecretServer } from '../../support/surroundings/secret-server.ts';

const OUTPUTS = {
  ApiUrl: 'https://api.example.com',
  ActsQueueUrl: 'https://sqs.example.com/1/acts',
  FeedsQueueUrl: 'none',
  OwnKeysArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:quell-prod-own-abc123',
  DeliveryQueueUrl: 'https://sqs.example.com/1/delivery',
  DeadLetterQueueUrl: 'https://sqs.example.com/1/dead',
  EventsTableName: 'test-events',
  Policy: JSON.stringify(STAGE_POLICY),
  SuppressionTableName: 'suppression',
  SecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:quell-prod-abc123',
  Sources: '{"marketing":"sendgrid","aws":"ses"}',
  SilenceWindows: '{"marketing":15}',
};
const SES = { provider: 'ses', createTopic: true, expectEvery: '6h' };
const quietIo = (root: string): Io => ({ ...processIo(), root, say: () => undefined });
let cloudFormation: Server;
let secrets: SecretServer;
let dynamo: TestDynamo;
let env: Record<string, string>;
const { root, remove } = project();

/** DescribeStacks for one stack that exists. */
beforeAll(async () => {
  [secrets, dynamo] = await Promise.all([startSecretServer(), startTestDynamo()]);
  cloudFormation = createServer(async (request, response) => {
    const name = new URLSearchParams(await text(request)).get('StackName');
    const members = Object.entries(OUTPUTS).map(
      ([key, value]) =>
        `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`,
    );
    const found = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
    const missing = `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`;
    response.writeHead(name === 'quell-prod' ? 200 : 400, { 'content-type': 'text/xml' });
    response.end(name === 'quell-prod' ? found : missing);
  });
  await new Promise<void>((listening) => cloudFormation.listen(0, '127.0.0.1', listening));
  env = {
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}`,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: root,
  };
});
afterAll(async () => {
  cloudFormation?.close();
  await secrets?.stop();
  await dynamo?.stop();
  remove();
});

/** One command line in an environment of its own. */
async function within(own: NodeJS.ProcessEnv, args: readonly string[]) {
  const before = process.env;
  process.env = own;
  try {
    return await ops(args, { root });
  } finally {
    process.env = before;
  }
}

const prod = (args: readonly string[], over: Record<string, string> = {}) =>
  within({ ...env, AWS_REGION: 'eu-west-1', ...over }, [...args, '--stage', 'prod']);

describe('ops on a deployed stack', () => {
  test('finds the parts by the outputs of the stage', async () => {
    const { secret, signingKey } = sendgrid.generateKey();
    const set = await spawnOps(['secrets', 'set', 'marketing', '--actor', 'ada', '--stage', 'prod'], {
      root,
      input: secret as string,
      env: { ...env, AWS_REGION: 'eu-west-1' },
    });
    expect([set.code, set.out]).toEqual([0, 'marketing: stored, live values: 1\n']);
    expect(secrets.current()).toEqual({ marketing: secret });
    const common = {
      type: 'bounced',
      recipient: 'ada@example.com',
      at: Date.now(),
      id: 'c0ffee',
      options: {},
    } as const;
    const sample = sendgrid.sample({ ...common, signingKey });
    writeFile(root, 'body', sample?.body);
    writeFile(root, 'headers', sample?.headers);
    const verified = await prod(['verify', 'sendgrid', '--headers', 'headers', '--body', 'body']);
    expect([verified.code, verified.out]).toEqual([0, expect.stringContaining('Genuine.')]);
  });

  test('how long a source may be silent is the word of the stack, not of this checkout', async () => {
    const checkout = { sources: { marketing: { provider: 'sendgrid', expectEvery: '7d' }, aws: SES } };
    const other = project();
    mkdirSync(join(other.root, 'settings'));
    writeFile(other.root, 'settings/prod.json', checkout);
    const before = process.env;
    process.env = { ...before, ...env };
    try {
      const { names } = await deployedTarget({ stage: 'prod', region: 'eu-west-1' }, quietIo(other.root));
      expect(names.sources.get('marketing')?.expectEvery).toBe(15);
      // An older stack tells nothing.
      expect(names.sources.get('aws')?.expectEvery).toBe(360);
    } finally {
      process.env = before;
      other.remove();
    }
  });

  test.each([
    ['marketing', 'Test Your Integration'],
    ['aws', 'bounce@simulator.amazonses.com'],
  ])('a sample for %s can only come from the ESP: its own test is named', async (source, hint) => {
    const { code, out, err } = await prod(['send', source]);
    expect([code, out, err]).toEqual([3, '', expect.stringContaining(hint)]);
  });

  test('a stage that is not deployed, no region and no credentials are each said plainly', async () => {
    const other = await within({ ...env, AWS_REGION: 'eu-west-1' }, ['check', 'ada@example.com']);
    expect([other.code, other.err]).toEqual([3, expect.stringContaining('no stack quell-dev in eu-west-1')]);
    const nowhere = await within(env, ['check', 'ada@example.com']);
    expect([nowhere.code, nowhere.err]).toEqual([3, expect.stringContaining('--region')]);
    const nobody = await prod(['check', 'ada@example.com'], { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    expect([nobody.code, nobody.err]).toEqual([3, expect.stringContaining('No valid AWS credentials')]);
    const stranger = await prod(['check', 'ada@example.com', '--profile', 'nobody']);
    expect([stranger.code, stranger.err]).toEqual([3, expect.stringContaining('No valid AWS credentials')]);
  });
});
