import type { StagePolicy } from '../../../lambda/contract/config.ts';
import { type OutputName, stackName } from '../../../lambda/contract/outputs.ts';
import { webhookPath } from '../../../lambda/contract/paths.ts';
import { CannotKnow } from '../cli/errors.ts';
import { type Connection, lazyClients } from './clients.ts';
import { judgingBy } from './judging.ts';
import type { SourceName, Target } from './target.ts';

/**
 * A stack by its outputs.
 * @param own settings of sources, where they are known
 */
export function targetOf(
  stage: string,
  known: ReadonlyMap<string, string>,
  own: ReadonlyMap<string, Partial<SourceName>>,
  connection: Connection,
): Target {
  const name = stackName(stage);
  const output = (key: OutputName): string => {
    const value = known.get(key);
    if (value === undefined) throw new CannotKnow(`The stack ${name} has no output ${key}: deploy this version first.`);
    return value;
  };
  const apiKeysArn = known.get('ApiKeysArn');
  const unsubscribeKeysArn = known.get('UnsubscribeKeysArn');
  const url = output('ApiUrl').replace(/\/$/, '');
  const providers = Object.entries(JSON.parse(output('Sources')) as Record<string, string>);
  // By the stack and not by a checkout: on call, everybody must come to the same verdict. Older stacks do not say it.
  const windows = JSON.parse(known.get('SilenceWindows') ?? '{}') as Record<string, SourceName['expectEvery']>;
  const sources = providers.map(([source, provider]): [string, SourceName] => [
    source,
    { provider, url: url + webhookPath(source), ...own.get(source), ...windowOf(windows[source]) },
  ]);
  return {
    kind: 'deployed',
    label: name,
    names: {
      url,
      tables: { events: output('EventsTableName'), suppression: output('SuppressionTableName') },
      queues: {
        delivery: output('DeliveryQueueUrl'),
        acts: output('ActsQueueUrl'),
        ...(output('FeedsQueueUrl') !== 'none' && { feeds: output('FeedsQueueUrl') }),
        deadLetter: output('DeadLetterQueueUrl'),
      },
      secretArn: output('SecretArn'),
      ownKeysArn: output('OwnKeysArn'),
      ...(unsubscribeKeysArn !== undefined && { unsubscribeKeysArn }),
      ...(apiKeysArn !== undefined && { apiKeysArn }),
      output,
      stage,
      sources: new Map(sources),
    },
    ...judgingBy(() => JSON.parse(output('Policy')) as StagePolicy),
    clients: lazyClients(() => connection),
  };
}

const windowOf = (expectEvery: SourceName['expectEvery']) => (expectEvery === undefined ? {} : { expectEvery });
