/** What roles may, by what their functions are told of; what the policies for others allow. */

import { HEARTBEAT_SOURCE } from '../../../lambda/contract/config.ts';
import type { FunctionName } from '../../../lambda/contract/env.ts';
import { clicksKey } from '../../../lambda/contract/surges.ts';
import { internalKey } from '../../../lambda/contract/tables.ts';
import { PROVIDERS } from '../../../lambda/providers/index.ts';
import { signedFor } from '../../../lib/settings/watch/reconcile.ts';
import { show } from '../template.ts';
import {
  functionOf,
  functionsOf,
  hasFeeds,
  idOf,
  type Rule,
  same,
  sameSet,
  sesTopicsOf,
  shown,
  type View,
} from './view.ts';

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

/** `action on resource`, with the condition if there is one; of a statement that denies, that it does. */
export function rightsIn(document: unknown): string[] {
  const { Statement: statements = [] } = (document ?? {}) as { Statement?: Statement[] };
  return statements.flatMap(({ Effect, Action, Resource, Condition }) =>
    [Action].flat().flatMap((action) =>
      [Resource].flat().map((on) => {
        const only = Condition === undefined ? '' : ` if ${JSON.stringify(shown(Condition))}`;
        return `${Effect === 'Allow' ? '' : `${Effect} `}${action} on ${show(on)}${only}`;
      }),
    ),
  );
}

export const may = (service: string, actions: string, ...on: readonly string[]): string[] =>
  actions.split(' ').flatMap((action) => on.map((one) => `${service}:${action} on ${one}`));

/** Of items in partitions of this form only. */
export const within = (rights: readonly string[], keys: string, like = 'StringLike'): string[] =>
  rights.map(
    (right) => `${right} if ${JSON.stringify({ [`ForAllValues:${like}`]: { 'dynamodb:LeadingKeys': [keys] } })}`,
  );

export function tablesOf({ outputs }: View): { events: string; list: string } {
  return { events: show(outputs.EventsTableArn?.Value), list: show(outputs.SuppressionTableArn?.Value) };
}

const READ = 'GetSecretValue';

const OF: Record<FunctionName, (view: View) => string[]> = {
  receive: ({ settings }) => [
    ...may('sqs', 'SendMessage', 'DeliveryQueue.Arn'),
    ...may('secretsmanager', READ, 'WebhookSecrets'),
    ...(settings.heartbeat ? may('secretsmanager', READ, 'OwnKeys') : []),
    ...(settings.unsubscribe ? may('secretsmanager', READ, 'UnsubscribeKeys') : []),
  ],
  process: (view) => {
    const { settings } = view;
    const { events, list } = tablesOf(view);
    const archive = settings.archive !== false;
    const { arns } = sesTopicsOf(view);
    const tokens = Object.values(settings.sources).some(
      ({ provider }) => PROVIDERS.get(provider)?.bindToken !== undefined,
    );
    return [
      ...may('dynamodb', 'PartiQLInsert Query', events),
      ...(archive ? may('dynamodb', 'BatchWriteItem', events) : []),
      ...(tokens ? may('dynamodb', 'PartiQLUpdate', events) : []),
      ...(settings.publish && settings.publish.surgeClicks !== undefined
        ? within(may('dynamodb', 'UpdateItem', events), clicksKey('*'))
        : []),
      ...may('dynamodb', 'GetItem BatchGetItem PartiQLInsert PartiQLUpdate', list),
      ...may('secretsmanager', READ, 'OwnKeys'),
      ...may('sqs', 'SendMessage', 'DeadLetterQueue.Arn', ...(archive ? ['UnarchivedQueue.Arn'] : [])),
      ...may(
        'sqs',
        'ReceiveMessage DeleteMessage GetQueueAttributes',
        ...['DeliveryQueue.Arn', 'ActsQueue.Arn'],
        ...(hasFeeds(view) ? ['FeedsQueue.Arn'] : []),
        ...(archive ? ['UnarchivedQueue.Arn'] : []),
      ),
      ...(archive
        ? may('firehose', 'PutRecordBatch', `${idOf(view, 'AWS::KinesisFirehose::DeliveryStream')}.Arn`)
        : []),
      ...may('sns', 'ConfirmSubscription', ...arns),
    ];
  },
  pulse: (view) =>
    view.settings.heartbeat
      ? [
          ...within(may('dynamodb', 'GetItem DeleteItem', tablesOf(view).events), internalKey(HEARTBEAT_SOURCE, '*')),
          ...may('secretsmanager', `${READ} PutSecretValue`, 'OwnKeys'),
        ]
      : [],
  publish: (view) => [
    ...may('events', 'PutEvents', `${idOf(view, 'AWS::Events::EventBus')}.Arn`),
    ...may('sqs', 'SendMessage', 'UnpublishedQueue.Arn'),
    ...may(
      'dynamodb',
      'DescribeStream GetRecords GetShardIterator ListStreams',
      ...view
        .ofType('AWS::Lambda::EventSourceMapping')
        .map(([, { Properties }]) => show(Properties.EventSourceArn))
        .filter((from) => /StreamArn$|\/stream\//.test(from)),
    ),
  ],
  reconcile: (view) => [
    ...may('dynamodb', 'BatchGetItem Query', tablesOf(view).events),
    ...may('dynamodb', 'BatchGetItem', tablesOf(view).list),
    ...may('secretsmanager', READ, 'ApiKeys'),
    ...(signedFor(view.settings).length > 0 ? may('ses', 'ListSuppressedDestinations', '*') : []),
  ],
  // By the viewer policy, which is attached to its role.
  console: () => [],
};

export const rolesOfFunctions: Rule = function* (view) {
  for (const name of functionsOf(view)) {
    const [, { Role, LoggingConfig }] = functionOf(view, name);
    const role = show(Role).replace('.Arn', '');
    const policies = view
      .ofType('AWS::IAM::Policy')
      .filter(([, { Properties }]) => JSON.stringify(shown(Properties.Roles)) === JSON.stringify([role]));
    yield* same(`the policies of ${name}`, policies.length, 1);
    const rights = policies.flatMap(([, { Properties }]) => rightsIn(Properties.PolicyDocument));
    const logs = `${show((LoggingConfig as { LogGroup?: unknown } | undefined)?.LogGroup)}.Arn`;
    yield* sameSet(`what ${name} may`, rights, [
      ...OF[name](view),
      ...may('logs', 'CreateLogStream PutLogEvents', logs),
    ]);
  }
};

/** Who may take on a role: one service, and of Firehose only this account's. */
export const trust: Rule = function* (view) {
  for (const [id, { Properties }] of view.ofType('AWS::IAM::Role')) {
    const ofArchive = id === idOf(view, 'AWS::IAM::Role', 'Archive');
    yield* same(id, Properties, {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            ...(ofArchive && { Condition: { StringEquals: { 'sts:ExternalId': 'AWS::AccountId' } } }),
            Effect: 'Allow',
            Principal: { Service: ofArchive ? 'firehose.amazonaws.com' : 'lambda.amazonaws.com' },
          },
        ],
        Version: '2012-10-17',
      },
    });
  }
};

/** Every policy is written in the language of 2012: in the older one its variables and wildcards mean something else. */
export const language: Rule = function* (view) {
  for (const [id, { Type, Properties }] of Object.entries(view.resources)) {
    if (!/Policy$/.test(Type) || Type.startsWith('AWS::ApplicationAutoScaling')) continue;
    yield* same(id, (Properties.PolicyDocument as { Version?: string } | undefined)?.Version, '2012-10-17');
    if (Type === 'AWS::IAM::ManagedPolicy') yield* same(id, Properties.Path, '/');
    if (Type === 'AWS::IAM::Policy') yield* same(id, Properties.PolicyName, id);
  }
};
