import { CfnDeletionPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type Access, access } from '../service-function.ts';

/**
 * The webhooks' secret: a JSON map from source to its live values. The stack makes it empty and never mentions a value: with
 * `SecretString` or `GenerateSecretString` a later deploy could overwrite what was set since. A first deploy that fails takes the empty
 * secret away again, because CloudFormation cannot adopt a secret that is there, and its name would stop the next.
 */
export class Secrets extends Construct {
  readonly arn: string;

  /** @param existing ARN of a secret that an earlier stack left behind */
  constructor(scope: Construct, id: string, existing: string | undefined) {
    super(scope, id);
    this.arn = existing ?? this.make();
  }

  private make(): string {
    const secret = new CfnSecret(this, 'Secret', {
      name: `${Stack.of(this).stackName}/webhook-secrets`,
      description: 'Map from source to its live secrets. Set with "npm run ops -- secrets set".',
    });
    secret.overrideLogicalId('WebhookSecrets');
    secret.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    secret.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The ESPs make these values; each is replaced at the ESP first, then here, with both live in between.',
    });
    return secret.ref;
  }

  /**
   * What `pulse` needs for the key that it makes for itself, so that nobody has to set one. The map is one value, and Secrets Manager knows
   * no narrower right than to replace it: the code keeps what others have stored.
   */
  readonly keepOwnKey = (): Access =>
    access(this.arn, ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], this.arn);

  readonly read = (): Access => access(this.arn, ['secretsmanager:GetSecretValue'], this.arn);
}
