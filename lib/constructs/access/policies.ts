import { Aws, Stack, Token, Validations } from 'aws-cdk-lib';
import { type CfnManagedPolicy, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IEventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { alarmName, muteRuleName, SOURCE_ALARMS } from '../../../lambda/contract/alarms.ts';

import { ARCHIVE_PREFIX, archiveDatabase, archiveWorkGroup, RESULTS_PREFIX } from '../../../lambda/contract/archive.ts';
import {
  auditedKey,
  auditKey,
  BY_HOUR,
  BY_MESSAGE,
  bySearchKey,
  REQUEST_KEY,
  RETRACTIONS_KEY,
} from '../../../lambda/contract/tables.ts';
import type { DeliveryQueues } from '../delivery/queue.ts';
import type { Archive } from '../feeds/archive.ts';
import type { Secrets } from '../storage/secrets.ts';
import type { Storage } from '../storage/tables.ts';
import type { ConsoleFunction } from '../watch/console.ts';

export interface AccessPoliciesProps {
  readonly stage: string;
  readonly storage: Storage;
  readonly secrets: Secrets;
  readonly delivery: DeliveryQueues;
  /** What brings events and acts to `process`: to stop it is to pause. */
  readonly mappings: readonly IEventSourceMapping[];
  /** Raw events, which `ops replay` reads. */
  readonly archive?: Archive | undefined;
  /** Whose logs `ops doctor` asks. */
  readonly functions: readonly LambdaFunction[];
  /** Whose subscriptions `ops doctor` looks at: where alarms go, and where SES events come from. */
  readonly topicArns: readonly string[];
  /** The widget's function, which is a viewer itself. */
  readonly console?: ConsoleFunction | undefined;
}

/**
 * What others need in order to use the stack: a policy for services that read the suppression list, one for people with the CLI, one
 * more for those of them who erase, and the names of all at fixed paths of the parameter store, so that another stack needs to know the stage only.
 */
export class AccessPolicies extends Construct {
  readonly reader: ManagedPolicy;
  readonly operator: ManagedPolicy;
  readonly eraser: ManagedPolicy;
  readonly viewer: ManagedPolicy;
  /** For services that send mail with unsubscribe links. */
  readonly sender: ManagedPolicy | undefined;

  constructor(scope: Construct, id: string, props: AccessPoliciesProps) {
    super(scope, id);
    const { suppression } = props.storage;
    this.reader = this.policy('Reader', 'Reads the suppression list, nothing else.', [
      allow([suppression.tableArn], 'dynamodb:GetItem', 'dynamodb:BatchGetItem'),
    ]);
    this.operator = this.operatorPolicy(props);
    this.eraser = this.policy('Eraser', 'What ops erase does beside what operators may.', [
      allow([props.storage.events.tableArn], 'dynamodb:Query', 'dynamodb:BatchWriteItem'),
      allow([suppression.tableArn], 'dynamodb:PutItem', 'dynamodb:DeleteItem'),
      // The key of the marks that erased people leave.
      allow([props.secrets.ownKeys.arn], 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'),
    ]);
    this.viewer = this.viewerPolicy(props);
    const { unsubscribeKeys } = props.secrets;
    this.sender =
      unsubscribeKeys &&
      this.policy('Sender', 'Reads the keys of unsubscribe links, to make links.', [
        allow([unsubscribeKeys.arn], 'secretsmanager:GetSecretValue'),
      ]);
    const parameters = {
      'suppression-table-name': suppression.tableName,
      'suppression-table-arn': suppression.tableArn,
      'reader-policy-arn': this.reader.managedPolicyArn,
      'operator-policy-arn': this.operator.managedPolicyArn,
      'eraser-policy-arn': this.eraser.managedPolicyArn,
      'viewer-policy-arn': this.viewer.managedPolicyArn,
      ...(unsubscribeKeys && {
        'sender-policy-arn': this.sender?.managedPolicyArn ?? '',
        'unsubscribe-keys-arn': unsubscribeKeys.arn,
      }),
    };
    for (const [name, stringValue] of Object.entries(parameters)) {
      new StringParameter(this, name, { parameterName: `/quell/${props.stage}/${name}`, stringValue });
    }
  }

  /**
   * Operators write one item, by which the functions know what does not count, and the records of what they do; what else they change goes
   * through the acts queue.
   */
  private operatorPolicy(props: AccessPoliciesProps): ManagedPolicy {
    const { stage, storage, secrets, delivery, mappings, archive } = props;
    const { stackName } = Stack.of(this);
    const tables = [storage.events.tableArn, storage.suppression.tableArn];
    const policy = this.policy('Operator', 'What the ops command line does.', [
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
    ]);
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
    allowWide(
      policy,
      `logs log-group:/${stackName}/*`,
      'The log groups of this stack, each named after its function.',
      ['logs:StartQuery', 'logs:GetQueryResults'],
    );
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
    return policy;
  }

  /** Everything that is to be seen, no secret, and nothing that changes: for support, marketing, and a console that is read-only. */
  private viewerPolicy({
    stage,
    storage,
    delivery,
    mappings,
    archive,
    functions,
    console,
  }: AccessPoliciesProps): ManagedPolicy {
    const { stackName } = Stack.of(this);
    const policy = this.policy('Viewer', 'Looks, and changes nothing.', [
      allow(
        [storage.events.tableArn, storage.suppression.tableArn],
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
      ),
      allow([storage.suppression.tableArn], 'dynamodb:Scan'),
      allow(indexArns(storage), 'dynamodb:Query'),
      // Where little went wrong, all of it is one call.
      allow([`${storage.events.tableArn}/index/${BY_HOUR.name}`], 'dynamodb:Scan'),
      allow(
        [delivery.queue, delivery.acts, delivery.feeds, delivery.deadLetters].flatMap((queue) => queue?.queueArn ?? []),
        'sqs:GetQueueAttributes',
      ),
      allow(
        mappings.map(({ eventSourceMappingArn }) => eventSourceMappingArn),
        'lambda:GetEventSourceMapping',
      ),
      allow(
        functions.map(({ logGroup }) => logGroup.logGroupArn),
        'logs:StartQuery',
        'logs:GetQueryResults',
      ),
    ]);
    if (archive) {
      allowArchive(policy, archive.bucket.bucketArn);
      allowReports(policy, stage, archive.bucket.bucketArn);
    }
    allowWide(policy, `cloudformation stack/${stackName}/*`, 'The name of this stack; a random id follows.', [
      'cloudformation:DescribeStacks',
    ]);
    allowWide(policy, '*', 'CloudWatch shows metrics, and composite alarms, only to those who may see all of them.', [
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricData',
    ]);
    if (console) allowWidget(policy, console);
    return policy;
  }

  /** No fixed name: the account has one list of names for all Regions. The id is pinned, because roles elsewhere hold on to the policy. */
  private policy(id: string, description: string, statements: PolicyStatement[]): ManagedPolicy {
    const policy = new ManagedPolicy(this, id, { description: `Quell: ${description}`, statements });
    (policy.node.defaultChild as CfnManagedPolicy).overrideLogicalId(`${id}Policy`);
    return policy;
  }
}

/** That by request also where there is none: asked for, the table then says so, and not that it is forbidden. */
const indexArns = ({ events, searchKeys }: Storage): string[] =>
  [BY_MESSAGE, BY_HOUR, ...new Set([REQUEST_KEY, ...searchKeys])].map(
    (one) => `${events.tableArn}/index/${(typeof one === 'string' ? bySearchKey(one) : one).name}`,
  );

function acknowledgeIndexes(policy: ManagedPolicy, { events }: Storage): void {
  const reason = 'The indexes of the events table, which hold nothing that it does not hold.';
  // A table that was taken over has a name; that of our own is known to CloudFormation only.
  const arn = Token.isUnresolved(events.tableName)
    ? '<EventsTable.Arn>'
    : `arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${events.tableName}`;
  Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[Resource::${arn}/index/*]`, reason });
}

/** Writes items of partitions of this form only. */
const writesUnder = (table: string, partitions: string, ...actions: string[]): PolicyStatement =>
  new PolicyStatement({
    actions,
    resources: [table],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] } },
  });

const allow = (resources: string[], ...actions: string[]) => new PolicyStatement({ actions, resources });

function allowArchive(policy: ManagedPolicy, bucketArn: string): void {
  policy.addStatements(allow([bucketArn], 's3:ListBucket'), allow([`${bucketArn}/${ARCHIVE_PREFIX}*`], 's3:GetObject'));
  const id = `AwsSolutions-IAM5[Resource::<ArchiveBucket.Arn>/${ARCHIVE_PREFIX}*]`;
  Validations.of(policy).acknowledge({ id, reason: 'The objects that hold raw events, and no others.' });
}

/** Asks the archive in the stack's own workgroup, whose answers go into the bucket under a prefix of their own. */
function allowReports(policy: ManagedPolicy, stage: string, bucketArn: string): void {
  const arn = (service: string, name: string) =>
    `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${name}`;
  const database = archiveDatabase(stage);
  policy.addStatements(
    allow(
      [arn('athena', `workgroup/${archiveWorkGroup(stage)}`)],
      'athena:StartQueryExecution',
      'athena:GetQueryExecution',
      'athena:GetQueryResults',
      'athena:StopQueryExecution',
    ),
    allow(
      [arn('glue', 'catalog'), arn('glue', `database/${database}`), arn('glue', `table/${database}/archive`)],
      'glue:GetDatabase',
      'glue:GetTable',
      'glue:GetPartitions',
    ),
    allow([bucketArn], 's3:GetBucketLocation'),
    allow([`${bucketArn}/${RESULTS_PREFIX}*`], 's3:PutObject', 's3:GetObject'),
  );
  const id = `AwsSolutions-IAM5[Resource::<ArchiveBucket.Arn>/${RESULTS_PREFIX}*]`;
  Validations.of(policy).acknowledge({ id, reason: 'Answers to questions, which are deleted after days.' });
}

/** Whoever may look may look in CloudWatch too; the function behind it gets the same policy, and nothing beside it. */
function allowWidget(policy: ManagedPolicy, { console }: ConsoleFunction): void {
  const { stackName } = Stack.of(policy);
  policy.addStatements(
    allow([console.function.functionArn], 'lambda:InvokeFunction'),
    allow([`arn:${Aws.PARTITION}:cloudwatch::${Aws.ACCOUNT_ID}:dashboard/${stackName}`], 'cloudwatch:GetDashboard'),
  );
  // From the policy's side: the other way round, role and policy would wait for each other.
  if (console.function.role) policy.attachToRole(console.function.role);
}

/** Allows what needs a wildcard, with the reason beside it. @param resources `*`, or service and the end of an ARN */
function allowWide(
  policy: ManagedPolicy,
  resources: string | readonly string[],
  reason: string,
  actions: string[],
): void {
  const arns = (partition: string, region: string, account: string) =>
    [resources]
      .flat()
      .map((one) =>
        one.replace(/^(\w+) /, (_, service: string) => `arn:${partition}:${service}:${region}:${account}:`),
      );
  policy.addStatements(allow(arns(Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID), ...actions));
  for (const shown of arns('<AWS::Partition>', '<AWS::Region>', '<AWS::AccountId>'))
    Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[Resource::${shown}]`, reason });
}
