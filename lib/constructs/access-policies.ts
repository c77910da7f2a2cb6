import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { type CfnManagedPolicy, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { ARCHIVE_PREFIX } from '../../lambda/contract/archive.ts';
import type { Archive } from './archive.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { Secrets } from './secrets.ts';
import type { Storage } from './storage.ts';

export interface AccessPoliciesProps {
  readonly stage: string;
  readonly storage: Storage;
  readonly secrets: Secrets;
  readonly delivery: DeliveryQueue;
  /** What brings deliveries to `process`: to stop it is to pause. */
  readonly deliveries: IEventSourceMapping;
  /** Raw events, which `ops replay` reads. */
  readonly archive?: Archive | undefined;
}

/**
 * What others need in order to use the stack: a policy for services that read the suppression list, one for people with the CLI, and
 * the names of both at fixed paths of the parameter store, so that another stack needs to know the stage only.
 */
export class AccessPolicies extends Construct {
  readonly reader: ManagedPolicy;
  readonly operator: ManagedPolicy;

  constructor(scope: Construct, id: string, props: AccessPoliciesProps) {
    super(scope, id);
    const { suppression } = props.storage;
    this.reader = this.policy('Reader', 'Reads the suppression list, nothing else.', [
      allow([suppression.tableArn], 'dynamodb:GetItem', 'dynamodb:BatchGetItem'),
    ]);
    this.operator = this.operatorPolicy(props);
    const parameters = {
      'suppression-table-name': suppression.tableName,
      'suppression-table-arn': suppression.tableArn,
      'reader-policy-arn': this.reader.managedPolicyArn,
      'operator-policy-arn': this.operator.managedPolicyArn,
    };
    for (const [name, stringValue] of Object.entries(parameters)) {
      new StringParameter(this, name, { parameterName: `/quell/${props.stage}/${name}`, stringValue });
    }
  }

  /** Operators write to no table: what they change goes through the delivery queue, so that it is recorded. */
  private operatorPolicy({ storage, secrets, delivery, deliveries, archive }: AccessPoliciesProps): ManagedPolicy {
    const { stackName } = Stack.of(this);
    const tables = [storage.events.tableArn, storage.suppression.tableArn];
    const policy = this.policy('Operator', 'What the ops command line does.', [
      allow(tables, 'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan'),
      allow([`${storage.events.tableArn}/index/byMessage`], 'dynamodb:Query'),
      allow(
        [delivery.queue.queueArn, delivery.deadLetters.queueArn],
        'sqs:GetQueueAttributes',
        'sqs:SendMessage',
        'sqs:ReceiveMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
      ),
      allow([secrets.arn], 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'),
      allow([deliveries.eventSourceMappingArn], 'lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'),
    ]);
    if (archive) allowArchive(policy, archive.bucket.bucketArn);
    allowWide(policy, `cloudformation stack/${stackName}/*`, 'The name of this stack; a random id follows.', [
      'cloudformation:DescribeStacks',
    ]);
    allowWide(policy, `cloudwatch alarm:${stackName}-*`, 'The alarms of this stack: its name begins each.', [
      'cloudwatch:EnableAlarmActions',
      'cloudwatch:DisableAlarmActions',
    ]);
    allowWide(policy, '*', 'CloudWatch lists alarms, composite ones too, only to those who may see all of them.', [
      'cloudwatch:DescribeAlarms',
    ]);
    return policy;
  }

  /** No fixed name: the account has one list of names for all Regions. The id is pinned, because roles elsewhere hold on to the policy. */
  private policy(id: string, description: string, statements: PolicyStatement[]): ManagedPolicy {
    const policy = new ManagedPolicy(this, id, { description: `Quell: ${description}`, statements });
    (policy.node.defaultChild as CfnManagedPolicy).overrideLogicalId(`${id}Policy`);
    return policy;
  }
}

const allow = (resources: string[], ...actions: string[]) => new PolicyStatement({ actions, resources });

function allowArchive(policy: ManagedPolicy, bucketArn: string): void {
  policy.addStatements(allow([bucketArn], 's3:ListBucket'), allow([`${bucketArn}/${ARCHIVE_PREFIX}*`], 's3:GetObject'));
  const id = `AwsSolutions-IAM5[Resource::<ArchiveBucket.Arn>/${ARCHIVE_PREFIX}*]`;
  Validations.of(policy).acknowledge({ id, reason: 'The objects that hold raw events, and no others.' });
}

/** Allows what needs a wildcard, with the reason beside it. @param resource `*`, or service and the end of an ARN */
function allowWide(policy: ManagedPolicy, resource: string, reason: string, actions: string[]): void {
  const arn = (partition: string, region: string, account: string) =>
    resource.replace(/^(\w+) /, (_, service: string) => `arn:${partition}:${service}:${region}:${account}:`);
  policy.addStatements(allow([arn(Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID)], ...actions));
  const shown = arn('<AWS::Partition>', '<AWS::Region>', '<AWS::AccountId>');
  Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[Resource::${shown}]`, reason });
}
