import { Aws, Validations } from 'aws-cdk-lib';
import { type ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ARCHIVE_PREFIX, archiveDatabase, archiveWorkGroup, RESULTS_PREFIX } from '../../../lambda/contract/archive.ts';

/** Writes items of partitions of this form only. */
export const writesUnder = (table: string, partitions: string, ...actions: string[]): PolicyStatement =>
  new PolicyStatement({
    actions,
    resources: [table],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] } },
  });

export const allow = (resources: string[], ...actions: string[]) => new PolicyStatement({ actions, resources });

export function allowArchive(policy: ManagedPolicy, bucketArn: string): void {
  policy.addStatements(allow([bucketArn], 's3:ListBucket'), allow([`${bucketArn}/${ARCHIVE_PREFIX}*`], 's3:GetObject'));
  const id = `AwsSolutions-IAM5[Resource::<ArchiveBucket.Arn>/${ARCHIVE_PREFIX}*]`;
  Validations.of(policy).acknowledge({ id, reason: 'The objects that hold raw events, and no others.' });
}

/** Asks the archive in the stack's own workgroup, whose answers go into the bucket under a prefix of their own. */
export function allowReports(policy: ManagedPolicy, stage: string, bucketArn: string): void {
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

/** Allows what needs a wildcard, with the reason beside it. @param resources `*`, or service and the end of an ARN */
export function allowWide(
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
