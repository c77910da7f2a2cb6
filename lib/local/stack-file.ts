import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE, type RuntimeConfig, type StagePolicy } from '../../lambda/contract/config.ts';
import type { FunctionName } from '../../lambda/contract/env.ts';
import { webhookPath } from '../../lambda/contract/paths.ts';
import { LocalError } from './error.ts';
import type { Lambda } from './functions/lambdas.ts';
import type { Home, StackFile } from './home.ts';
import type { Assembly } from './template/assembly.ts';
import type { StackView } from './template/stack-view.ts';

/** The sources this stack was synthesized with: they stand beside the bundle that serves them. */
export function sourcesOf(lambdas: readonly Lambda[]): RuntimeConfig['sources'] {
  const file = join(find(lambdas, 'receive').setup.folder, CONFIG_FILE);
  return (JSON.parse(readFileSync(file, 'utf8')) as RuntimeConfig).sources;
}

interface Described {
  readonly home: Home;
  readonly url: string;
  readonly endpoints: StackFile['endpoints'];
  readonly stack: StackView;
  readonly outputs: Assembly['outputs'];
  readonly lambdas: readonly Lambda[];
  readonly pid: (lambda: Lambda) => number;
  readonly consoleUrl?: string | undefined;
}

/** What others need to know of the run. Functions may reach the emulators through a proxy; these addresses are the emulators' own. */
export function describeStack({
  home,
  url,
  endpoints,
  stack,
  outputs,
  lambdas,
  pid,
  consoleUrl,
}: Described): StackFile {
  const queue = (address: string) => `${endpoints.sqs}${new URL(address).pathname}`;
  const queueOf = (arn: string) => `${endpoints.sqs}/${arn.split(':').slice(-2).join('/')}`;
  const unsubscribeKeys = variable(lambdas, 'receive', 'UNSUBSCRIBE_KEYS_ARN');
  const apiKeys = lambdas.some(({ name }) => name === 'reconcile')
    ? variable(lambdas, 'reconcile', 'API_KEYS_ARN')
    : undefined;
  const feeds = variable(lambdas, 'process', 'FEEDS_QUEUE_ARN');
  const tables = {
    events: variable(lambdas, 'process', 'EVENTS_TABLE'),
    suppression: variable(lambdas, 'process', 'SUPPRESSION_TABLE'),
  };
  refuseAttached(stack, Object.values(tables));
  const [bucket] = stack.ofType('AWS::S3::Bucket');
  return {
    url,
    endpoints,
    tables,
    queues: {
      delivery: queue(variable(lambdas, 'receive', 'DELIVERY_QUEUE_URL')),
      acts: queueOf(variable(lambdas, 'process', 'ACTS_QUEUE_ARN')),
      ...(feeds !== 'none' && { feeds: queueOf(feeds) }),
      deadLetter: queue(variable(lambdas, 'process', 'DEAD_LETTER_QUEUE_URL')),
    },
    ...(bucket && { archive: { bucket: bucket.place.ref } }),
    functions: Object.fromEntries(lambdas.map((lambda) => [lambda.name, { pid: pid(lambda) }])),
    sources: describeSources(lambdas, url),
    policy: JSON.parse(outputs.Policy ?? '{}') as StagePolicy,
    secretArn: variable(lambdas, 'receive', 'SECRET_ARN'),
    ownKeysArn: variable(lambdas, 'receive', 'OWN_KEYS_ARN'),
    ...(unsubscribeKeys !== 'none' && { unsubscribeKeysArn: unsubscribeKeys }),
    ...(apiKeys !== undefined && { apiKeysArn: apiKeys }),
    keysFile: home.keys,
    logsDir: home.logs,
    ...(consoleUrl !== undefined && { console: { url: consoleUrl } }),
  };
}

function describeSources(lambdas: readonly Lambda[], url: string): StackFile['sources'] {
  const made = JSON.parse(variable(lambdas, 'receive', 'TOPIC_ARNS') || '{}') as Record<string, string>;
  const sources = Object.entries(sourcesOf(lambdas)).map(([name, { provider, options, dedupeGroup, api }]) => {
    const topicArns = made[name] && [...((options.topicArns as string[] | undefined) ?? []), made[name]];
    const source = { provider, url: url + webhookPath(name) };
    return [
      name,
      {
        ...source,
        options: { ...options, ...(topicArns && { topicArns }) },
        ...(dedupeGroup && { dedupeGroup }),
        ...(api && { api }),
      },
    ] as const;
  });
  return Object.fromEntries(sources);
}

/** `existingTables` names tables in an account: nothing here holds them. */
function refuseAttached(stack: StackView, names: readonly string[]): void {
  const made = stack.ofType('AWS::DynamoDB::Table').map(({ place }) => place.ref);
  const missing = names.filter((name) => !made.includes(name));
  if (missing.length === 0) return;
  throw new LocalError(
    `the settings attach existing tables (${missing.join(', ')}): leave "existingTables" out of the file for a local run`,
  );
}

const variable = (lambdas: readonly Lambda[], name: FunctionName, key: string): string =>
  find(lambdas, name).environment[key] ?? '';

function find(lambdas: readonly Lambda[], name: FunctionName): Lambda {
  const found = lambdas.find((lambda) => lambda.name === name);
  if (!found) throw new LocalError(`the template holds no function for ${name}`);
  return found;
}
