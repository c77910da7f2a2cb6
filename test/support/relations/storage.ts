/** What holds data: what it is, how long it keeps it, and that it outlives the stack. */
import { BY_HOUR, BY_MESSAGE, bySearchKey, EVENTS, SUPPRESSION } from '../../../lambda/contract/tables.ts';
import type { Settings } from '../../../lib/settings/schema.ts';
import { show } from '../template.ts';
import { functionOf, hasFeeds, type Rule, same, sameSet, sesTopicsOf, undescribed } from './view.ts';

const TWO_WEEKS = 14 * 86_400;

/** Tables stay whatever happens; all else that holds data may be taken back by a first deploy that fails. */
export const kept: Rule = function* ({ resources }) {
  for (const [id, { Type, DeletionPolicy, UpdateReplacePolicy }] of Object.entries(resources)) {
    const table = Type === 'AWS::DynamoDB::Table';
    if (!table && !/^AWS::(SQS::Queue|S3::Bucket|SecretsManager::Secret)$/.test(Type)) continue;
    yield* same(
      `what stays of ${id}`,
      [DeletionPolicy, UpdateReplacePolicy],
      [table ? 'Retain' : 'RetainExceptOnCreate', 'Retain'],
    );
  }
};

export const queues: Rule = function* (view) {
  const { settings, ofType } = view;
  const made = ofType('AWS::SQS::Queue');
  const { received } = sesTopicsOf(view);
  const consumed = ['DeliveryQueue', 'ActsQueue', ...(hasFeeds(view) ? ['FeedsQueue'] : [])];
  const pinned = [
    ...consumed,
    'DeadLetterQueue',
    ...(settings.archive ? ['UnarchivedQueue'] : []),
    ...(settings.publish ? ['UnpublishedQueue'] : []),
  ];
  const others = made.map(([id]) => id).filter((id) => !pinned.includes(id));
  yield* sameSet(
    'the queues',
    made.map(([id]) => id),
    [...pinned, ...others],
  );
  // One for each source whose events AWS brings: what it could not bring.
  const brought = received.filter(({ via, make }) => make || via !== 'https');
  yield* same('queues for what could not be brought', others.length, brought.length);
  const seconds = Number(functionOf(view, 'process')[1].Timeout);
  for (const [id, { Properties }] of made)
    yield* same(id, Properties, {
      MessageRetentionPeriod: TWO_WEEKS,
      ...(consumed.includes(id) && {
        RedrivePolicy: { deadLetterTargetArn: 'DeadLetterQueue.Arn', maxReceiveCount: settings.capacity ? 100 : 10 },
        VisibilityTimeout: 6 * seconds,
      }),
      ...(id === 'UnarchivedQueue' && { VisibilityTimeout: 1800 }),
      SqsManagedSseEnabled: true,
    });
};

/** Empty, whatever is put into them later. */
export const secrets: Rule = function* ({ settings, ofType }) {
  const names = {
    WebhookSecrets: 'webhook-secrets',
    OwnKeys: 'own-keys',
    ...(settings.unsubscribe && { UnsubscribeKeys: 'unsubscribe-keys' }),
    ...(settings.reconcile !== undefined && { ApiKeys: 'api-keys' }),
  };
  yield* same(
    'the secrets',
    Object.fromEntries(
      ofType('AWS::SecretsManager::Secret').map(([id, { Properties }]) => [id, undescribed(Properties)]),
    ),
    Object.fromEntries(Object.entries(names).map(([id, name]) => [id, { Name: `quell-${settings.stage}/${name}` }])),
  );
};

/** Writes that a table or an index begins with; an index that holds few of the events begins lower. */
const unitsOf = ({ capacity }: Settings, share = 1) =>
  capacity && {
    ReadCapacityUnits: Math.ceil(Math.ceil(capacity.min * share) * 0.1),
    WriteCapacityUnits: Math.ceil(capacity.min * share),
  };

const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' });
const range = { AttributeName: EVENTS.sortKey, KeyType: 'RANGE' };

function indexesOf(settings: Settings) {
  const index = (
    { name, partitionKey }: { name: string; partitionKey: string },
    ProjectionType: string,
    share?: number,
  ) => {
    const ProvisionedThroughput = unitsOf(settings, share);
    return {
      IndexName: name,
      KeySchema: [hash(partitionKey), range],
      Projection: { ProjectionType },
      ...(ProvisionedThroughput && { ProvisionedThroughput }),
    };
  };
  return [
    ...(settings.byMessageIndex ? [index(BY_MESSAGE, 'KEYS_ONLY')] : []),
    ...(settings.byHourIndex ? [index(BY_HOUR, 'ALL', 0.1)] : []),
    ...(settings.searchKeys ?? []).map((key) => index(bySearchKey(key), 'KEYS_ONLY')),
  ];
}

export const tables: Rule = function* ({ settings, ofType, resources }) {
  const { events, suppression } = settings.existingTables;
  yield* sameSet(
    'the tables',
    ofType('AWS::DynamoDB::Table').map(([id]) => id),
    [...(events ? [] : ['EventsTable']), ...(suppression ? [] : ['SuppressionTable'])],
  );
  const common = {
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: settings.pointInTimeRecovery },
  };
  const strings = (names: readonly string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  const indexes = indexesOf(settings);
  const units = unitsOf(settings);
  if (!events)
    yield* same('the events table', resources.EventsTable?.Properties, {
      ...common,
      AttributeDefinitions: strings([
        EVENTS.partitionKey,
        EVENTS.sortKey,
        ...indexes.map(({ KeySchema: [key] }) => key?.AttributeName ?? ''),
      ]),
      ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
      KeySchema: [hash(EVENTS.partitionKey), range],
      ...(units ? { ProvisionedThroughput: units } : { BillingMode: 'PAY_PER_REQUEST' }),
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TableName: `quell-${settings.stage}-events`,
      TimeToLiveSpecification: { AttributeName: EVENTS.expiry, Enabled: true },
    });
  if (!suppression)
    yield* same('the suppression table', resources.SuppressionTable?.Properties, {
      ...common,
      AttributeDefinitions: strings([SUPPRESSION.partitionKey]),
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [hash(SUPPRESSION.partitionKey)],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TableName: `quell-${settings.stage}-suppression`,
    });
};

/** Everything provisioned follows its use, both ways of use, from what it begins with to what the settings allow. */
export const scaling: Rule = function* ({ settings, ofType, resources }) {
  const targets = ofType('AWS::ApplicationAutoScaling::ScalableTarget');
  const policies = ofType('AWS::ApplicationAutoScaling::ScalingPolicy').map(([, { Properties }]) => Properties);
  const own = settings.existingTables.events ? undefined : unitsOf(settings);
  const scaled = own
    ? [
        { ResourceId: 'table/EventsTable', of: 'table', units: own },
        ...indexesOf(settings).map(({ IndexName, ProvisionedThroughput: units = own }) => ({
          ResourceId: `table/EventsTable/index/${IndexName}`,
          of: 'index',
          units,
        })),
      ]
    : [];
  yield* same('what is scaled', targets.length, 2 * scaled.length);
  yield* same('what it follows', policies.length, targets.length);
  for (const { ResourceId, of, units } of scaled)
    for (const way of ['Write', 'Read'] as const) {
      const ScalableDimension = `dynamodb:${of}:${way}CapacityUnits`;
      const [id, target] =
        targets.find(
          ([, { Properties: one }]) =>
            show(one.ResourceId) === ResourceId && one.ScalableDimension === ScalableDimension,
        ) ?? [];
      const { RoleARN, ...properties } = target?.Properties ?? {};
      yield* same(`${ResourceId} ${way}`, properties, {
        MaxCapacity: settings.capacity?.max,
        MinCapacity: units[`${way}CapacityUnits`],
        ResourceId,
        ScalableDimension,
        ServiceNamespace: 'dynamodb',
      });
      if (!show(RoleARN).endsWith('/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable'))
        yield `${ResourceId} is scaled as ${show(RoleARN)}`;
      const { PolicyName: _, ...policy } = policies.find(({ ScalingTargetId }) => show(ScalingTargetId) === id) ?? {};
      yield* same(`${ResourceId} ${way}`, policy, {
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: id,
        TargetTrackingScalingPolicyConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType: `DynamoDB${way}CapacityUtilization` },
          TargetValue: 80,
        },
      });
    }
  if (targets.length > 0 && resources.EventsTable === undefined) yield 'what is scaled is not there';
};
