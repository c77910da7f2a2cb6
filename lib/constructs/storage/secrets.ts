import { CfnDeletionPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Settings } from '../../settings/schema.ts';
import { type Access, access } from '../service-function.ts';

/**
 * The secrets: what ESPs share with us, which only `receive` reads; the stack's own keys, of its heartbeat and of the marks that erased
 * people leave; the keys of unsubscribe links, which services that send mail read too; and keys of the ESPs' APIs. Whoever parses hostile text, makes keys or sends
 * mail can so read no webhook's secret.
 */
export class Secrets extends Construct {
  /** A JSON map from source to its live values. */
  readonly webhooks: KeptSecret;
  readonly ownKeys: KeptSecret;
  /** Absent where there is no unsubscribe page. */
  readonly unsubscribeKeys: KeptSecret | undefined;
  /** Keys of the ESPs' own APIs, which only the comparison with them reads. Absent where there is none. */
  readonly apiKeys: KeptSecret | undefined;

  constructor(
    scope: Construct,
    id: string,
    { existingSecret, existingOwnKeys, existingUnsubscribeKeys, existingApiKeys, unsubscribe, reconcile }: Settings,
  ) {
    super(scope, id);
    this.webhooks = new KeptSecret(this, 'Webhooks', {
      logicalId: 'WebhookSecrets',
      name: 'webhook-secrets',
      description: 'Map from source to its live secrets. Set with "npm run ops -- secrets set".',
      rotation: 'The ESPs make these values; each is replaced at the ESP first, then here, with both live in between.',
      existing: existingSecret,
    });
    this.ownKeys = new KeptSecret(this, 'OwnKeys', {
      logicalId: 'OwnKeys',
      name: 'own-keys',
      description: "The stack's own keys: made by its functions and commands where there is none. Never set by hand.",
      rotation: 'The marks of erased people are made with one of these keys: replaced, they would be dead.',
      existing: existingOwnKeys,
    });
    this.unsubscribeKeys =
      unsubscribe &&
      new KeptSecret(this, 'UnsubscribeKeys', {
        logicalId: 'UnsubscribeKeys',
        name: 'unsubscribe-keys',
        description:
          'Keys of unsubscribe links, newest first. Made with "npm run ops -- secrets rotate quell-unsubscribe".',
        rotation:
          'Links in mail of years ago are opened with the key that made them: a new key is added, none is replaced.',
        existing: existingUnsubscribeKeys,
      });
    this.apiKeys =
      reconcile === undefined
        ? undefined
        : new KeptSecret(this, 'ApiKeys', {
            logicalId: 'ApiKeys',
            name: 'api-keys',
            description:
              'Map from source to a key of its ESP\'s own API. Set with "npm run ops -- secrets set --api-key".',
            rotation: 'The ESPs make these keys; each is replaced at the ESP first, then here.',
            existing: existingApiKeys,
          });
  }
}

interface KeptSecretProps {
  readonly logicalId: string;
  /** After the stack's. */
  readonly name: string;
  readonly description: string;
  /** Why AWS does not rotate it. */
  readonly rotation: string;
  /** ARN of one that an earlier stack left behind. */
  readonly existing: string | undefined;
}

/**
 * The stack makes it empty and never mentions a value: with `SecretString` or `GenerateSecretString` a later deploy could overwrite what
 * was set since. A first deploy that fails takes the empty secret away again, because CloudFormation cannot adopt a secret that is there,
 * and its name would stop the next.
 */
export class KeptSecret extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: KeptSecretProps) {
    super(scope, id);
    this.arn = props.existing ?? this.make(props);
  }

  /**
   * What `pulse` needs for the key that it makes for itself, so that nobody has to set one. The map is one value, and Secrets Manager knows
   * no narrower right than to replace it: the code keeps what others have stored.
   */
  readonly keep = (): Access =>
    access(this.arn, ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], this.arn);

  readonly read = (): Access => access(this.arn, ['secretsmanager:GetSecretValue'], this.arn);

  private make({ logicalId, name, description, rotation }: KeptSecretProps): string {
    const secret = new CfnSecret(this, 'Secret', { name: `${Stack.of(this).stackName}/${name}`, description });
    secret.overrideLogicalId(logicalId);
    secret.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    secret.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    Validations.of(secret).acknowledge({ id: 'AwsSolutions-SMG4', reason: rotation });
    return secret.ref;
  }
}
