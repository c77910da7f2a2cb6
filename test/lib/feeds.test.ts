import { describe, expect, test } from '@jest/globals';
import { AwsSolutionsChecks } from 'cdk-nag';
import { eventFields } from '../../lambda/contract/event/fields.ts';
import { archivedName } from '../../lib/reports/columns.ts';
import { REPORTS } from '../../lib/reports/reports.ts';
import type { Settings } from '../../lib/settings/schema.ts';
import { settingsOf } from '../support/stack/settings.ts';
import { show, stackOf, synthesize } from '../support/template.ts';

const ses = { provider: 'ses', dedupeGroup: 'ses' };
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:feedback';
const VARIANTS = {
  off: settingsOf({ publish: false }),
  on: settingsOf({
    sources: {
      sendgrid: { provider: 'sendgrid' },
      bus: { ...ses, via: 'eventbridge', configurationSets: ['marketing'] },
      queue: { ...ses, via: 'sns-queue', topicArns: [TOPIC] },
      made: { ...ses, via: 'sns-queue', createTopic: true },
    },
    archive: {},
  }),
  'nothing but suppression': settingsOf({ publish: { types: [] } }),
  'suppression and surges': settingsOf({ publish: { types: [], surgeClicks: 500 } }),
} satisfies Record<string, Settings>;

const on = synthesize(VARIANTS.on);
const off = synthesize(VARIANTS.off);

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: { readonly Service?: string };
  readonly Condition?: unknown;
}
const statements = (properties: Record<string, unknown> | undefined): Statement[] =>
  ((properties?.PolicyDocument as { Statement?: Statement[] } | undefined)?.Statement ?? []).flat();
const short = (text: string) => text.replace(/([A-Za-z]+)[0-9A-F]{8}\b/g, '$1');

test.each(Object.entries(VARIANTS))('AwsSolutions has nothing to say about settings "%s"', (_, settings) => {
  expect(new AwsSolutionsChecks().validateScope(stackOf(settings)).violations).toEqual([]);
});

test('the settings off, none of these resources exist', () => {
  const types = new Set(Object.values(off.resources).map(({ Type }) => Type));
  for (const type of [
    'AWS::Events::EventBus',
    'AWS::KinesisFirehose::DeliveryStream',
    'AWS::S3::Bucket',
    'AWS::Glue::Table',
  ])
    expect(types).not.toContain(type);
  expect(Object.keys(off.resources).filter((id) => /Bus|Archive|Publish|SesDirect|Unpublished/.test(id))).toEqual([]);
  const read = off
    .ofType('AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => show(Properties.EventSourceArn));
  expect(read.sort()).toEqual(['ActsQueue.Arn', 'DeliveryQueue.Arn']);
});

describe('the bus', () => {
  const mapping = (id: string, stack = on) =>
    stack.ofType('AWS::Lambda::EventSourceMapping').find(([name]) => name.startsWith(`Bus${id}`))?.[1].Properties;
  const pattern = (id: string) =>
    JSON.parse(
      (mapping(id)?.FilterCriteria as { Filters: { Pattern: string }[] } | undefined)?.Filters[0]?.Pattern ?? '{}',
    );

  test('publish may read both streams, put on its own bus, and bury; nothing else', () => {
    const policy = on.ofType('AWS::IAM::Policy').find(([id]) => id.startsWith('BusPublish'))?.[1].Properties;
    const rights = statements(policy).flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} on ${short(show(resource))}`)),
    );
    const reads = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
    expect(rights.sort()).toEqual(
      [
        ...reads.flatMap((act) => [
          `dynamodb:${act} on EventsTable.StreamArn`,
          `dynamodb:${act} on SuppressionTable.StreamArn`,
        ]),
        'events:PutEvents on Bus.Arn',
        'logs:CreateLogStream on BusPublishLogs.Arn',
        'logs:PutLogEvents on BusPublishLogs.Arn',
        'sqs:SendMessage on UnpublishedQueue.Arn',
      ].sort(),
    );
  });

  test('only what was written, of the types of the settings, costs an invocation', () => {
    expect(pattern('Suppression')).toEqual({ eventName: ['INSERT', 'MODIFY'] });
    expect(pattern('Events')).toEqual({
      eventName: ['INSERT', 'MODIFY'],
      dynamodb: { NewImage: { type: { S: ['bounced', 'complained', 'unsubscribed', 'resubscribed'] } } },
    });
    const none = synthesize(VARIANTS['nothing but suppression']);
    expect(mapping('Events', none)).toBeUndefined();
    expect(mapping('Suppression', none)).toBeDefined();
    const surges = synthesize(VARIANTS['suppression and surges']);
    const { Filters = [] } = (mapping('Events', surges)?.FilterCriteria ?? {}) as { Filters?: { Pattern: string }[] };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern) as object)).toEqual([
      { eventName: ['INSERT', 'MODIFY'], dynamodb: { Keys: { eventKey: { S: ['surge'] } } } },
    ]);
  });

  test('process counts clicks in partitions of their own only, and only where surges are published', () => {
    const counting = ({ ofType }: ReturnType<typeof synthesize>) =>
      ofType('AWS::IAM::Policy')
        .flatMap(([, { Properties }]) => statements(Properties))
        .filter(({ Action }) => [Action].flat().includes('dynamodb:UpdateItem'));
    expect(counting(on)).toEqual([]);
    expect(counting(synthesize(VARIANTS['suppression and surges']))).toEqual([
      expect.objectContaining({
        Action: 'dynamodb:UpdateItem',
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['~quell-clicks#*'] } },
      }),
    ]);
  });

  test('no record holds up those behind it for ever', () => {
    for (const id of ['Suppression', 'Events'])
      expect(mapping(id)).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        // More would take a new account's whole concurrency, that of `receive` too.
        ParallelizationFactor: 1,
        MaximumRecordAgeInSeconds: 7200,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['UnpublishedQueue', 'Arn'] } } },
      });
  });
});

describe('the archive', () => {
  test('process may hand it lines, and write records anew; without an archive neither', () => {
    const rights = (stack: typeof on) =>
      statements(
        stack.ofType('AWS::IAM::Policy').find(([id]) => id.startsWith('ProcessorProcess'))?.[1].Properties,
      ).flatMap(({ Action, Resource }) =>
        [Action].flat().map((action) => `${action} on ${short(show([Resource].flat()[0]))}`),
      );
    expect(rights(on)).toEqual(
      expect.arrayContaining([
        'firehose:PutRecordBatch on ArchiveStream.Arn',
        'dynamodb:BatchWriteItem on EventsTable.Arn',
      ]),
    );
    expect(rights(off).join()).not.toMatch(/firehose|BatchWrite/);
  });

  test('its bucket is private, encrypted, reached over TLS only, forgets, and outlives the stack', () => {
    const bucket = on.resources.ArchiveBucket;
    expect(bucket).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(bucket?.Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      LifecycleConfiguration: {
        Rules: expect.arrayContaining([expect.objectContaining({ Prefix: 'events/', ExpirationInDays: 365 })]),
      },
    });
    const policy = on.first('AWS::S3::BucketPolicy', 'Archive');
    expect(statements(policy)).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]);
  });

  test('with it, point-in-time recovery is off unless it is asked for', () => {
    expect(VARIANTS.on.pointInTimeRecovery).toBe(false);
    expect(VARIANTS.off.pointInTimeRecovery).toBe(true);
    expect(settingsOf({ archive: {}, pointInTimeRecovery: true }).pointInTimeRecovery).toBe(true);
  });

  test("Athena's table finds each day where Firehose writes it", () => {
    const { TableInput } = on.first<{ TableInput: { Parameters: Record<string, unknown> } }>('AWS::Glue::Table');
    const { ExtendedS3DestinationConfiguration: to } = on.first<{
      ExtendedS3DestinationConfiguration: { Prefix: string };
    }>('AWS::KinesisFirehose::DeliveryStream');
    expect(to.Prefix).toBe('events/day=!{timestamp:yyyy-MM-dd}/');
    expect(show(TableInput.Parameters['storage.location.template'])).toBe(
      ['s3://ArchiveBucket/events/day=$', '{day}/'].join(''),
    );
    expect(TableInput.Parameters).toMatchObject({ 'projection.day.range': 'NOW-366DAYS,NOW' });
    expect(on.ofType('AWS::Athena::NamedQuery')).toHaveLength(REPORTS.length);
  });

  test("Athena's table has a column for every member of an event that lines hold, and of a type that holds it", () => {
    const { TableInput } = on.first<{
      TableInput: { StorageDescriptor: { Columns: { Name: string; Type: string }[] } };
    }>('AWS::Glue::Table');
    const columns = new Map(TableInput.StorageDescriptor.Columns.map(({ Name, Type }) => [Name, Type]));
    const inEvents = /^array<struct<(.*)>>$/.exec(columns.get('events') ?? '')?.[1] ?? '';
    const members = eventFields
      .filter(([, { archived }]) => archived === undefined)
      .map(([name]) => archivedName(name).toLowerCase());
    expect(
      [...inEvents.replace(/<[^<>]*(<[^<>]*>)?[^<>]*>/g, '').matchAll(/(?:^|,)([a-z]+):/g)]
        .map(([, name]) => name)
        .sort(),
    ).toEqual(members.sort());
    for (const [name, { archived }] of eventFields)
      if (archived === 'line') expect([name, columns.get(name.toLowerCase())]).toEqual([name, 'string']);
    // "For ever" is past what an int holds.
    expect(inEvents).toContain(',until:bigint,');
    expect(inEvents).toContain(',smtpcode:int,');
    expect(inEvents).toContain(',machine:boolean,tags:array<string>,custom:array<struct<key:string,value:string>>,');
  });
});

interface Equals {
  readonly ArnEquals: { readonly 'aws:SourceArn': unknown };
}
const policyOf = (queue: string, stack = on) =>
  stack
    .ofType('AWS::SQS::QueuePolicy')
    .map(([, { Properties }]) => Properties)
    .find(({ Queues }) => show((Queues as unknown[])[0]) === queue);

describe('SES without HTTP', () => {
  test("a rule takes SES's events about mail, of the named configuration sets, to the feeds queue, and keeps what it cannot bring", () => {
    const [[ruleId, rule] = ['', undefined]] = on
      .ofType('AWS::Events::Rule')
      .filter(([id]) => id.startsWith('SesDirect'));
    expect(rule?.Properties.EventPattern).toEqual({
      source: ['aws.ses'],
      'detail-type': expect.arrayContaining(['Email Bounced', 'Email Complaint Received']),
      detail: { mail: { tags: { 'ses:configuration-set': ['marketing'] } } },
    });
    const [target] = (rule?.Properties.Targets ?? []) as Record<string, unknown>[];
    expect(show(target?.Arn)).toBe('FeedsQueue.Arn');
    expect(target).toMatchObject({ RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } });
    const undelivered = show((target?.DeadLetterConfig as { Arn: unknown } | undefined)?.Arn).replace('.Arn', '');
    const writers = statements(policyOf(undelivered)).filter(({ Effect }) => Effect === 'Allow');
    expect(
      writers.flatMap(({ Condition }) => [(Condition as Equals).ArnEquals['aws:SourceArn']].flat().map(show)),
    ).toEqual([`${ruleId}.Arn`]);
  });

  test('the feeds queue takes messages of exactly these rules and topics, in two statements however many there are', () => {
    const allowed = statements(policyOf('FeedsQueue')).filter(({ Effect }) => Effect === 'Allow');
    const sources = Object.fromEntries(
      allowed.map(({ Principal, Condition }) => [
        Principal?.Service,
        [(Condition as Equals).ArnEquals['aws:SourceArn']].flat().map(show),
      ]),
    );
    const rules = on.ofType('AWS::Events::Rule').filter(([id]) => id.startsWith('SesDirect'));
    const subscribed = on
      .ofType('AWS::SNS::Subscription')
      .filter(([, { Properties }]) => Properties.Protocol === 'sqs');
    expect(sources).toEqual({
      'events.amazonaws.com': rules.map(([id]) => `${id}.Arn`),
      'sns.amazonaws.com': subscribed.map(([, { Properties }]) => show(Properties.TopicArn)),
    });
    expect(allowed.map(({ Action }) => Action)).toEqual(['sqs:SendMessage', 'sqs:SendMessage']);
    for (const [, { Properties }] of subscribed) expect(show(Properties.Endpoint)).toBe('FeedsQueue.Arn');
  });

  test('no other queue of process takes a message of anybody outside the account', () => {
    for (const stack of [on, off])
      for (const queue of ['DeliveryQueue', 'ActsQueue', 'DeadLetterQueue', 'UnarchivedQueue'])
        expect(statements(policyOf(queue, stack)).filter(({ Effect }) => Effect === 'Allow')).toEqual([]);
    expect(off.resources.FeedsQueue).toBeUndefined();
  });

  test('topics are subscribed to the queue with their envelope, and not to the URL', () => {
    const subscriptions = on
      .ofType('AWS::SNS::Subscription')
      .filter(([, { Properties }]) => Properties.Protocol !== 'email')
      .map(([, { Properties }]) => Properties);
    expect(subscriptions.map(({ Protocol }) => Protocol)).toEqual(['sqs', 'sqs']);
    for (const { RawMessageDelivery = false, RedrivePolicy } of subscriptions) {
      expect(RawMessageDelivery).toBe(false);
      expect(RedrivePolicy).toBeDefined();
    }
  });
});
