import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EVERYTHING } from '../support/many-sources.ts';
import { settingsOf, VARIANTS } from '../support/stack/settings.ts';
import { type Resource, synthesize } from '../support/template.ts';

/**
 * A first deploy that fails anywhere can be repeated by the same command, and a stack that was destroyed can come back: shown by what
 * CloudFormation does with each resource that has a name of its own. Such a name is either free again, or what bears it can be adopted.
 */

/** Properties that name a resource for the whole account or Region. What is not here gets a name of CloudFormation's making. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::DomainName': 'DomainName',
  'AWS::Athena::NamedQuery': 'Name',
  'AWS::Athena::WorkGroup': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KinesisFirehose::DeliveryStream': 'DeliveryStreamName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Parameter': 'Name',
};

/**
 * What --import-existing-resources takes over: the type's primary identifier is its name and stands in the template. A secret's is its ARN,
 * a queue's its URL, which only AWS can give. From the CloudFormation registry's schemas.
 */
const ADOPTED_BY_NAME = ['AWS::DynamoDB::Table'];

const PAGE = 'docs/upgrade-and-remove.md';
/** What the page tells to write into the settings, to the letter: who follows it has no more than that. */
const GIVEN = JSON.parse(/^ {4}\{\n[^}]*"existingSecret"[^}]*\}/m.exec(readFileSync(PAGE, 'utf8'))?.[0] ?? '') as {
  readonly existingSecret: string;
};

const named = (resources: Readonly<Record<string, Resource>>) =>
  Object.entries(resources).flatMap(([id, resource]) => {
    const property = NAMES[resource.Type];
    const name = property === undefined ? undefined : resource.Properties?.[property];
    return name === undefined ? [] : [{ id, name, ...resource }];
  });

/** CloudFormation cannot take it away when a create rolls back. */
const staysAfterFailure = ({ DeletionPolicy, Properties }: Resource) =>
  DeletionPolicy === 'Retain' || Properties.DeletionProtectionEnabled === true;
const outlives = ({ DeletionPolicy }: Resource) => DeletionPolicy?.startsWith('Retain') === true;
const adoptable = ({ Type, DeletionPolicy, name }: Resource & { name: unknown }) =>
  ADOPTED_BY_NAME.includes(Type) && typeof name === 'string' && DeletionPolicy?.startsWith('Retain') === true;

describe.each(Object.entries(VARIANTS))('with settings "%s"', (_, settings) => {
  const { resources } = synthesize(settings);

  test('whatever of a failed first deploy still bears its name is adopted by the next', () => {
    const stays = named(resources).filter(staysAfterFailure);
    expect(stays.filter((resource) => !adoptable(resource)).map(({ id }) => id)).toEqual([]);
  });

  test('what a destroyed stack leaves under a name is adopted, or given by a setting', () => {
    const left = named(resources).filter(outlives);
    const settled = left.filter((resource) => !adoptable(resource)).map(({ id }) => id);
    const given = named(synthesize({ ...settings, ...GIVEN }).resources).map(({ id }) => id);
    expect(settled.filter((id) => given.includes(id))).toEqual([]);
  });
});

test('every deploy looks for what it can adopt', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  expect(scripts.deploy?.split(' ')).toContain('--import-existing-resources');
});

test('with everything on, the lines of the page name every secret that stayed: none is made, and each is read', () => {
  const settings = settingsOf({ ...EVERYTHING, ...GIVEN });
  const stack = synthesize(settings);
  expect(stack.ofType('AWS::SecretsManager::Secret')).toEqual([]);
  const { SecretArn, OwnKeysArn, UnsubscribeKeysArn, ApiKeysArn } = stack.outputs;
  expect([SecretArn, OwnKeysArn, UnsubscribeKeysArn, ApiKeysArn].map((output) => output?.Value)).toEqual(
    Object.values(GIVEN),
  );
  expect(() => settingsOf({ existingSecret: GIVEN.existingSecret.slice(0, -7) })).toThrow('six characters at its end');
});

test('"Delete for good" names every secret and table that stays', () => {
  const [, chapter = ''] = readFileSync(PAGE, 'utf8').split('## Delete for good');
  const words = new Set(chapter.replaceAll('quell-prod', 'quell-test').split(/[\s/;]+/));
  const kept = named(synthesize(settingsOf(EVERYTHING)).resources).filter(outlives);
  const missing = kept.map(({ name }) => String(name).replace('quell-test/', '')).filter((name) => !words.has(name));
  expect(kept.length).toBeGreaterThan(5);
  expect(missing).toEqual([]);
});
