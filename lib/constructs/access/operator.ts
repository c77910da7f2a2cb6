import { Stack, Token, Validations } from 'aws-cdk-lib';
import { type ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { alarmName, muteRuleName, SOURCE_ALARMS } from '../../../lambda/contract/alarms.ts';
import { auditedKey, auditKey, RETRACTIONS_KEY } from '../../../lambda/contract/tables.ts';
import type { Storage } from '../storage/tables.ts';
import type { AccessPoliciesProps } from './props.ts';
import { allow, allowArchive, allowReports, allowWide, writesUnder } from './statements.ts';

/**
 * Operators write one item, by which the functions know what does not count, and the records of what they do; what else they change goes
 * through the acts queue.
 */
export function allowOperating(policy: ManagedPolicy, props: AccessPoliciesProps): void {
  const { stage, storage, secrets, delivery, mappings, archive } = props;
  const { stackName } = Stack.of(policy);
  const tables = [storage.events.tableArn, storage.suppression.tableArn];
  policy.addStatements(
    allow(
      tables,
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:Scan',
      'dynamodb:DescribeTable',
    ),
    // One item, which says what does not count. All else of the list is written by `process`.
    new PolicyStatement({
      actions: ['dynamodb:UpdateItem'],
      resources: [storage.suppression.tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [RETRACTIONS_KEY] } },
    }),
    // What operators did, and by what it is found; no event. Nothing may be deleted of what they did.
    writesUnder(storage.events.tableArn, auditKey('*'), 'dynamodb:PutItem', 'dynamodb:UpdateItem'),
    writesUnder(storage.events.tableArn, auditedKey('*'), 'dynamodb:BatchWriteItem'),
    // Every index, in one word: whoever may scan the table sees no more by them, and each by its name would not fit.
    allow([`${storage.events.tableArn}/index/*`], 'dynamodb:Query', 'dynamodb:Scan'),
    allow(
      [delivery.queue, delivery.acts, delivery.feeds, delivery.deadLetters].flatMap((queue) => queue?.queueArn ?? []),
      'sqs:GetQueueAttributes',
      'sqs:SendMessage',
      'sqs:ReceiveMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
    ),
    allow(
      [secrets.webhooks, secrets.unsubscribeKeys, secrets.apiKeys].flatMap((secret) => secret?.arn ?? []),
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
    ),
    allow(
      mappings.map(({ eventSourceMappingArn }) => eventSourceMappingArn),
      'lambda:GetEventSourceMapping',
      'lambda:UpdateEventSourceMapping',
    ),
  );
  acknowledgeIndexes(policy, storage);
  const foreign = props.topicArns.filter((arn) => !Token.isUnresolved(arn));
  if (foreign.length > 0) policy.addStatements(allow(foreign, 'sns:ListSubscriptionsByTopic'));
  allowWide(policy, `sns ${stackName}-*`, 'Who hears the topics of this stack: each by its name would not fit.', [
    'sns:ListSubscriptionsByTopic',
  ]);
  if (archive) {
    allowArchive(policy, archive.bucket.bucketArn);
    allowReports(policy, stage, archive.bucket.bucketArn);
  }
  allowWide(policy, `cloudformation stack/${stackName}/*`, 'The name of this stack; a random id follows.', [
    'cloudformation:DescribeStacks',
  ]);
  allowWide(policy, `logs log-group:/${stackName}/*`, 'The log groups of this stack, each named after its function.', [
    'logs:StartQuery',
    'logs:GetQueryResults',
  ]);
  // Not all that begins with the stack's name: so begin the alarms of another stage, `prod-eu` beside `prod`.
  allowWide(
    policy,
    SOURCE_ALARMS.map((heading) => `cloudwatch alarm:${alarmName(stage, heading)}-*`),
    'The alarms of a source, which end in its name.',
    ['cloudwatch:PutAlarmMuteRule'],
  );
  const rules = `cloudwatch alarm-mute-rule:${muteRuleName(stage, '*')}`;
  allowWide(policy, rules, 'One rule per muted source, which its name ends in.', [
    'cloudwatch:PutAlarmMuteRule',
    'cloudwatch:GetAlarmMuteRule',
    'cloudwatch:DeleteAlarmMuteRule',
  ]);
  allowWide(policy, '*', 'CloudWatch shows metrics, and composite alarms, only to those who may see all of them.', [
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
  ]);
}

function acknowledgeIndexes(policy: ManagedPolicy, { events }: Storage): void {
  const reason = 'The indexes of the events table, which hold nothing that it does not hold.';
  // A table that was taken over has a name; that of our own is known to CloudFormation only.
  const arn = Token.isUnresolved(events.tableName)
    ? '<EventsTable.Arn>'
    : `arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${events.tableName}`;
  Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[Resource::${arn}/index/*]`, reason });
}
