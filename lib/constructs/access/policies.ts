import { type CfnManagedPolicy, ManagedPolicy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { allowOperating } from './operator.ts';
import type { AccessPoliciesProps } from './props.ts';
import { allow } from './statements.ts';
import { allowLooking } from './viewer.ts';

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
    this.operator = this.policy('Operator', 'What the ops command line does.');
    allowOperating(this.operator, props);
    this.eraser = this.policy('Eraser', 'What ops erase does beside what operators may.', [
      allow([props.storage.events.tableArn], 'dynamodb:Query', 'dynamodb:BatchWriteItem'),
      allow([suppression.tableArn], 'dynamodb:PutItem', 'dynamodb:DeleteItem'),
      // The key of the marks that erased people leave.
      allow([props.secrets.ownKeys.arn], 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'),
    ]);
    this.viewer = this.policy('Viewer', 'Looks, and changes nothing.');
    allowLooking(this.viewer, props);
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

  /** No fixed name: the account has one list of names for all Regions. The id is pinned, because roles elsewhere hold on to the policy. */
  private policy(id: string, description: string, statements: PolicyStatement[] = []): ManagedPolicy {
    const policy = new ManagedPolicy(this, id, { description: `Quell: ${description}`, statements });
    (policy.node.defaultChild as CfnManagedPolicy).overrideLogicalId(`${id}Policy`);
    return policy;
  }
}
