import { Aws, Stack } from 'aws-cdk-lib';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { BY_HOUR, BY_MESSAGE, bySearchKey, REQUEST_KEY } from '../../../lambda/contract/tables.ts';
import type { Storage } from '../storage/tables.ts';
import type { ConsoleFunction } from '../watch/console.ts';
import type { AccessPoliciesProps } from './props.ts';
import { allow, allowArchive, allowReports, allowWide } from './statements.ts';

/** Everything that is to be seen, no secret, and nothing that changes: for support, marketing, and a console that is read-only. */
export function allowLooking(
  policy: ManagedPolicy,
  { stage, storage, delivery, mappings, archive, functions, console }: AccessPoliciesProps,
): void {
  const { stackName } = Stack.of(policy);
  policy.addStatements(
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
  );
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
}

/** That by request also where there is none: asked for, the table then says so, and not that it is forbidden. */
const indexArns = ({ events, searchKeys }: Storage): string[] =>
  [BY_MESSAGE, BY_HOUR, ...new Set([REQUEST_KEY, ...searchKeys])].map(
    (one) => `${events.tableArn}/index/${(typeof one === 'string' ? bySearchKey(one) : one).name}`,
  );

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
