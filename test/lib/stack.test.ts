import { describe, expect, test } from '@jest/globals';
import { ENV, type FunctionName } from '../../lambda/contract/env.ts';
import { OUTPUTS } from '../../lambda/contract/outputs.ts';
import { EVENTS, SUPPRESSION } from '../../lambda/contract/tables.ts';
import { EVERYTHING } from '../support/many-sources.ts';
import { settingsOf, VARIANTS, withSource } from '../support/stack/settings.ts';
import { type Resource, show, synthesize } from '../support/template.ts';

const smallest = synthesize(VARIANTS.smallest);
const everything = synthesize(VARIANTS.everything);
const attached = synthesize(VARIANTS.attached);

type Synthesized = typeof smallest;
const NAMES = Object.keys(ENV) as FunctionName[];
/** The console's function and the comparison's are made where the settings ask for them; all others always. */
const namesIn = ({ outputs }: Synthesized): FunctionName[] =>
  NAMES.filter(
    (name) =>
      (name !== 'console' || outputs.ConsoleFunctionName !== undefined) &&
      (name !== 'reconcile' || outputs.ReconcileFunctionName !== undefined),
  );

/** A function is known by the log group it writes to. */
function functionOf({ ofType, resources }: Synthesized, name: FunctionName): Resource['Properties'] {
  const found = ofType('AWS::Lambda::Function').find(([, { Properties }]) => {
    const group = resources[show((Properties.LoggingConfig as { LogGroup: unknown }).LogGroup)];
    return show(group?.Properties.LogGroupName).endsWith(`/${name}`);
  });
  if (!found) throw new Error(`no function logs as ${name}`);
  return found[1].Properties;
}

describe.each(Object.entries({ smallest, everything, attached }))('with settings "%s"', (_, stack) => {
  test('there is a function for every name of the contract and no other', () => {
    expect(stack.ofType('AWS::Lambda::Function')).toHaveLength(namesIn(stack).length);
  });

  test.each(namesIn(stack))('%s is given exactly the variables of its contract', (name) => {
    const { Environment } = functionOf(stack, name) as { Environment?: { Variables: object } };
    expect(Object.keys(Environment?.Variables ?? {}).sort()).toEqual(Object.keys(ENV[name]).sort());
  });

  test.each(namesIn(stack))(
    '%s runs on arm64 and Node 24, logs JSON to a group of its own, and reserves no concurrency',
    (name) => {
      const fn = functionOf(stack, name);
      expect(fn).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN', ApplicationLogLevel: 'INFO' },
      });
      expect(fn).not.toHaveProperty('ReservedConcurrentExecutions');
    },
  );

  test('log groups are not shared, and each forgets', () => {
    const groups = stack.ofType('AWS::Logs::LogGroup');
    expect(groups.every(([, { Properties }]) => Properties.RetentionInDays === 30)).toBe(true);
    expect(new Set(groups.map(([, { Properties }]) => Properties.LogGroupName)).size).toBe(groups.length);
  });

  test('receive gives up before API Gateway does', () => {
    const integration = stack.first('AWS::ApiGatewayV2::Integration');
    const milliseconds = Number(functionOf(stack, 'receive').Timeout) * 1000;
    expect(milliseconds).toBeLessThan(Number(integration.TimeoutInMillis));
    expect(integration).toMatchObject({ PayloadFormatVersion: '2.0' });
  });

  test('a message stays hidden for six times what its consumer may take, and the queues keep it as long as SQS can', () => {
    const queue = stack.resources.DeliveryQueue?.Properties;
    expect(Number(queue?.VisibilityTimeout)).toBeGreaterThanOrEqual(6 * Number(functionOf(stack, 'process').Timeout));
    for (const [, { Properties }] of stack.ofType('AWS::SQS::Queue')) {
      expect(Properties).toMatchObject({ MessageRetentionPeriod: 14 * 86_400, SqsManagedSseEnabled: true });
    }
    // With a capacity, what a full table gives back is no crash loop.
    expect(queue?.RedrivePolicy).toMatchObject({ maxReceiveCount: stack === everything ? 100 : 10 });
  });

  test('the event source reports partial failures and is the only limit of concurrency', () => {
    const source = stack.first('AWS::Lambda::EventSourceMapping');
    expect(source).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  test('every source has a route and a throttle of its own, whatever no route names is not ours, and the API keeps its id', () => {
    const routes = stack.ofType('AWS::ApiGatewayV2::Route');
    const keys = routes.map(([, { Properties }]) => String(Properties.RouteKey));
    const sources = Object.keys(JSON.parse(String(stack.outputs.Sources?.Value)) as object);
    expect(keys.sort()).toEqual(
      [
        ...[...sources, 'quell-heartbeat'].map((source) => `POST /webhooks/v1/${source}`),
        ...['GET /health', 'HEAD /health'],
        ...(stack.outputs.UnsubscribeKeysArn ? ['GET', 'HEAD', 'POST'].map((method) => `${method} /u/v1/{token}`) : []),
      ].sort(),
    );
    expect(stack.resources.WebhookApi?.Type).toBe('AWS::ApiGatewayV2::Api');
    const [[, stage] = []] = stack.ofType('AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 },
    });
    expect(Object.keys(stage?.Properties.RouteSettings as object).sort()).toEqual(keys);
    // A throttle of a route that is not there yet fails the deploy.
    expect(stage?.DependsOn).toEqual(expect.arrayContaining(routes.map(([id]) => id)));
  });

  test('every route leads to receive, asks for no AWS credentials, and may call it: by one permission', () => {
    const integrations = stack.ofType('AWS::ApiGatewayV2::Integration');
    expect(integrations).toHaveLength(1);
    for (const [, { Properties }] of stack.ofType('AWS::ApiGatewayV2::Route')) {
      expect(show(Properties.Target)).toBe(`integrations/${integrations[0]?.[0]}`);
      expect(Properties.AuthorizationType).toBe('NONE');
      expect(show(Properties.ApiId)).toBe('WebhookApi');
    }
    const [receive] = stack.ofType('AWS::Lambda::Function').find(([id]) => id.includes('Receive')) ?? [];
    expect(show(integrations[0]?.[1].Properties.IntegrationUri)).toBe(`${receive}.Arn`);
    const calls = stack
      .ofType('AWS::Lambda::Permission')
      .filter(([, { Properties }]) => show(Properties.FunctionName) === `${receive}.Arn`);
    expect(
      calls.map(
        ([
          ,
          {
            Properties: { Principal, SourceArn },
          },
        ]) => [Principal, show(SourceArn)],
      ),
    ).toEqual([
      ['apigateway.amazonaws.com', 'arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:WebhookApi/*/*/*'],
    ]);
    expect(stack.resources.WebhookApi?.Properties).not.toHaveProperty('CorsConfiguration');
  });

  test('the template never mentions a secret value', () => {
    const secret = stack.first('AWS::SecretsManager::Secret');
    expect(Object.keys(secret).sort()).toEqual(['Description', 'Name']);
  });

  test('the outputs are those of the contract, which the ops CLI reads', () => {
    const written = (outputs: object) => Object.keys(outputs).filter((name) => !/^SesCommand\d+$/.test(name));
    expect(Object.keys(OUTPUTS)).toEqual(expect.arrayContaining(written(stack.outputs)));
    expect(written(everything.outputs).sort()).toEqual(Object.keys(OUTPUTS).sort());
  });
});

describe('what holds data', () => {
  test.each([
    ['EventsTable', 'Retain'],
    ['SuppressionTable', 'Retain'],
    ['WebhookSecrets', 'RetainExceptOnCreate'],
    ['DeliveryQueue', 'RetainExceptOnCreate'],
    ['DeadLetterQueue', 'RetainExceptOnCreate'],
  ])('%s keeps its id, and outlives the stack and a replacement', (id, deletionPolicy) => {
    expect(everything.resources[id]).toMatchObject({ DeletionPolicy: deletionPolicy, UpdateReplacePolicy: 'Retain' });
  });

  test('a deploy with other settings leaves the secret as it is', () => {
    expect(everything.resources.WebhookSecrets).toEqual(smallest.resources.WebhookSecrets);
  });

  test('tables have the keys that readers were promised, are paid per request and protected', () => {
    const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' });
    expect(smallest.resources.EventsTable?.Properties).toMatchObject({
      KeySchema: [hash(EVENTS.partitionKey), { AttributeName: EVENTS.sortKey, KeyType: 'RANGE' }],
      TimeToLiveSpecification: { AttributeName: EVENTS.expiry, Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    });
    expect(smallest.resources.SuppressionTable?.Properties).toMatchObject({
      KeySchema: [hash(SUPPRESSION.partitionKey)],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    for (const [, { Properties }] of smallest.ofType('AWS::DynamoDB::Table')) {
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
    expect(smallest.resources.SuppressionTable?.Properties).not.toHaveProperty('TimeToLiveSpecification');
  });

  test('with a capacity the events table and each of its indexes are provisioned and follow their use; nothing of it is paid per request', () => {
    const stack = synthesize(settingsOf({ capacity: { min: 50, max: 400 }, byMessageIndex: true }));
    const { EventsTable: events, SuppressionTable: list, DeliveryQueue: queue } = stack.resources;
    const units = (WriteCapacityUnits: number, ReadCapacityUnits: number) => ({
      ProvisionedThroughput: { WriteCapacityUnits, ReadCapacityUnits },
    });
    expect(events?.Properties).toMatchObject({
      ...units(50, 5),
      GlobalSecondaryIndexes: [
        { IndexName: 'byMessage', ...units(50, 5) },
        { IndexName: 'byHour', ...units(5, 1) },
      ],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    });
    // CloudFormation's word for provisioned is none.
    expect(events?.Properties).not.toHaveProperty('BillingMode');
    expect(JSON.stringify(events)).not.toContain('OnDemand');
    // Whoever asks before a send asks at moments that nobody can foresee.
    expect(list?.Properties).toMatchObject({ BillingMode: 'PAY_PER_REQUEST' });

    const targets = stack.ofType('AWS::ApplicationAutoScaling::ScalableTarget').map(([id, { Properties }]) => {
      const { ResourceId, ScalableDimension, MinCapacity, MaxCapacity, ServiceNamespace } = Properties;
      const policies = stack
        .ofType('AWS::ApplicationAutoScaling::ScalingPolicy')
        .filter(([, policy]) => show(policy.Properties.ScalingTargetId) === id);
      expect(policies).toHaveLength(1);
      expect(policies[0]?.[1].Properties).toMatchObject({
        TargetTrackingScalingPolicyConfiguration: { TargetValue: 80 },
      });
      expect(ServiceNamespace).toBe('dynamodb');
      return [
        `${show(ResourceId)} ${String(ScalableDimension).split(':').slice(1).join(' ')}`,
        MinCapacity,
        MaxCapacity,
      ];
    });
    expect(targets.sort()).toEqual([
      ['table/EventsTable table ReadCapacityUnits', 5, 400],
      ['table/EventsTable table WriteCapacityUnits', 50, 400],
      ['table/EventsTable/index/byHour index ReadCapacityUnits', 1, 400],
      ['table/EventsTable/index/byHour index WriteCapacityUnits', 5, 400],
      ['table/EventsTable/index/byMessage index ReadCapacityUnits', 5, 400],
      ['table/EventsTable/index/byMessage index WriteCapacityUnits', 50, 400],
    ]);
    // A burst above the capacity is given back and received again until it fits: that is no crash loop.
    expect(queue?.Properties.RedrivePolicy).toMatchObject({ maxReceiveCount: 100 });
  });

  test('the index by message is made only where it is wanted', () => {
    const indexes = ({ resources }: typeof smallest) =>
      (
        (resources.EventsTable?.Properties.GlobalSecondaryIndexes ?? []) as { IndexName: string; Projection: object }[]
      ).map(({ IndexName, Projection }) => [IndexName, Projection]);
    const byHour = ['byHour', { ProjectionType: 'ALL' }];
    expect(indexes(smallest)).toEqual([byHour]);
    const bySearch = EVERYTHING.searchKeys.map((key) => [`bySearch-${key}`, { ProjectionType: 'KEYS_ONLY' }]);
    expect(indexes(everything)).toEqual([['byMessage', { ProjectionType: 'KEYS_ONLY' }], byHour, ...bySearch]);
    const searched = synthesize(settingsOf({ byHourIndex: false, searchKeys: ['requestId', 'Order_ID'] })).resources
      .EventsTable?.Properties as {
      GlobalSecondaryIndexes: { IndexName: string; KeySchema: { AttributeName: string }[] }[];
    };
    expect(
      searched.GlobalSecondaryIndexes.map(({ IndexName, KeySchema }) => [IndexName, KeySchema[0]?.AttributeName]),
    ).toEqual([
      ['bySearch-requestId', 'requestId'],
      ['bySearch-order_id', 'custom:order_id'],
    ]);
    expect(synthesize(settingsOf({ byHourIndex: false })).resources.EventsTable?.Properties).not.toHaveProperty(
      'GlobalSecondaryIndexes',
    );
  });

  test('existing tables are attached, by name or ARN, and none is made', () => {
    expect(attached.ofType('AWS::DynamoDB::Table')).toEqual([]);
    const { Environment } = functionOf(attached, 'process') as { Environment: { Variables: object } };
    expect(Environment.Variables).toMatchObject({ EVENTS_TABLE: 'old-events', SUPPRESSION_TABLE: 'old-list' });
  });
});

describe('routes', () => {
  const throttlesOf = (settings: Parameters<typeof synthesize>[0]) =>
    synthesize(settings).first<{ RouteSettings: Record<string, unknown> }>('AWS::ApiGatewayV2::Stage').RouteSettings;

  test.each([
    ['sendgrid', ['POST']],
    ['mandrill', ['POST', 'HEAD']],
    ['mailchimp', ['POST', 'GET', 'HEAD']],
    ['unisender-go', ['POST', 'GET', 'HEAD']],
    ['elastic-email', ['POST', 'GET', 'HEAD']],
  ])('%s is asked by the methods that this ESP uses: %p', (provider, methods) => {
    const routes = Object.keys(throttlesOf(withSource(settingsOf(), 'x', { provider })));
    expect(routes.filter((key) => key.endsWith('/x'))).toEqual(methods.map((method) => `${method} /webhooks/v1/x`));
  });

  test("a source's own throttle holds for its routes alone; what it leaves out is as for all", () => {
    const limit = (rate: number, burst: number) => ({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });
    const settings = settingsOf({
      throttling: { rate: 100, burst: 200 },
      sources: {
        quiet: { provider: 'mandrill', throttling: { rate: 5 } },
        busy: { provider: 'sendgrid', throttling: { rate: 2000, burst: 3000 } },
        other: { provider: 'sendgrid' },
      },
    });
    expect(throttlesOf(settings)).toMatchObject({
      'POST /webhooks/v1/quiet': limit(5, 200),
      'HEAD /webhooks/v1/quiet': limit(5, 200),
      'POST /webhooks/v1/busy': limit(2000, 3000),
      'POST /webhooks/v1/other': limit(100, 200),
      'POST /webhooks/v1/quell-heartbeat': limit(100, 200),
    });
  });

  test('without a heartbeat its URL is not there', () => {
    expect(Object.keys(throttlesOf(settingsOf({ heartbeat: false })))).not.toContain(
      'POST /webhooks/v1/quell-heartbeat',
    );
  });
});

describe('addresses', () => {
  const urlGivenTo = (stack: Synthesized) =>
    show((functionOf(stack, 'receive').Environment as { Variables: { PUBLIC_URL: unknown } }).Variables.PUBLIC_URL);

  test("the public URL is the API's own, the custom domain's, or the one that the settings name", () => {
    expect(urlGivenTo(smallest)).toBe('WebhookApi.ApiEndpoint');
    expect(urlGivenTo(everything)).toBe('https://hooks.example.com');
    expect(urlGivenTo(synthesize(settingsOf({ publicUrl: 'https://edge.example.com/mail' })))).toBe(
      'https://edge.example.com/mail',
    );
    expect(show(everything.outputs.WebhookUrl?.Value)).toBe('https://hooks.example.com/webhooks/v1/{source}');
  });

  test('a custom domain leaves the first address alive', () => {
    expect(everything.resources.WebhookApi?.Properties).not.toHaveProperty('DisableExecuteApiEndpoint');
    expect(everything.ofType('AWS::ApiGatewayV2::ApiMapping')).toHaveLength(1);
    expect(everything.ofType('AWS::Route53::RecordSet')).toHaveLength(1);
  });

  test('the access log names the route, never path, query, address or user agent', () => {
    const stage = everything.first<{ AccessLogSettings: { Format: string } }>('AWS::ApiGatewayV2::Stage');
    expect(Object.values(JSON.parse(stage.AccessLogSettings.Format)).sort()).toEqual([
      '$context.integrationStatus',
      '$context.requestId',
      '$context.requestTimeEpoch',
      '$context.responseLatency',
      '$context.routeKey',
      '$context.status',
    ]);
    expect(smallest.first('AWS::ApiGatewayV2::Stage')).not.toHaveProperty('AccessLogSettings');
  });
});
